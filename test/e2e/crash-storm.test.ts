import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { ApiClient, type EventView, sampleOrder } from '../../local/client.ts';
import type { Order } from '../../shared/domain/order.ts';
import { isNotified } from '../../shared/notifications/notified-types.ts';
import { seeded } from '../model/world.ts';
import { auditShop } from './audit.ts';
import { Storm } from './crash-storm.ts';
import { owed, Receipts } from './crash-storm-receipts.ts';
import { startPartner, until } from './fixture.ts';
import { type ShopAddress, ShopProcess, tablesOf } from './shop-process.ts';

/** `BATUTA_STORM=250/40` for a smaller one. */
const [orders = 2000, kills = 300] = (process.env.BATUTA_STORM ?? '2000/300').split('/').map(Number);
const seed = Number(process.env.BATUTA_SEED ?? 11);
const clients = 8;
/**
 * For what is still under way when the last kill has come, on a busy machine. Less than the six minutes that a failed message stays hidden: what
 * is received only then was not taken up where the kill left it.
 */
const patience = 240_000;
const stock = { 'mug-batuta': 3 * orders, 'coffee-beans-1kg': 2 * orders };

const directory = mkdtempSync(join(tmpdir(), 'batuta-storm-'));
const shop = new ShopProcess(directory);
let partner: Awaited<ReturnType<typeof startPartner>> | undefined;

afterAll(async () => {
  await shop.stop();
  await partner?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test.runIf(process.env.BATUTA_TEST_LONG)(
  `${orders} orders, killed ${kills} times (seed ${seed}): no acknowledged order lost, no unit or cent created or lost, no webhook missing`,
  async () => {
    await bundleAndSynth();
    const hooks = await startPartner();
    partner = hooks;
    const firstAt = await shop.start();
    await prepare(firstAt, hooks);
    const storm = new Storm(shop, firstAt, { orders, kills, random: seeded(seed), report: console.info });
    const receipts = new Receipts(hooks.received);

    const began = Date.now();
    const acknowledged = new Map<string, number>();
    let next = 0;
    const client = async () => {
      for (let n = next++; n < orders; n = next++) await liveOf(storm, n, (id) => acknowledged.set(id, n));
    };
    await Promise.all([storm.rage(() => acknowledged.size), ...Array.from({ length: clients }, client)]);
    const ended = Date.now();
    const { at } = storm;

    const { orders: all, buckets, violations } = await auditShop(at.aws, await tablesOf(at.aws));
    expect(violations).toEqual([]);
    expect(all.map(({ id }) => id).sort()).toEqual([...acknowledged.keys()].sort());
    for (const order of all) expectEnd(order, isCanceled(acknowledged.get(order.id) ?? 0));
    for (const [sku, units] of Object.entries(stock)) {
      const left = buckets.filter((each) => each.sku === sku).reduce((sum, { onHand }) => sum + onHand, 0);
      expect(left + unitsDelivered(all, sku), sku).toBe(units);
    }

    const api = new ApiClient(at.api, at.keys);
    const events: EventView[] = [];
    for (const { id } of all) events.push(...(await api.events(id)));
    const due = new Set(events.map(({ id }) => id));
    await until(() => receipts.missing(due).length === 0, 'a webhook for each event', patience).catch(() => {});
    const received = Date.now();
    const mailed = events.filter(({ type }) => isNotified(type)).map(({ id }) => id);
    await until(async () => (await owed(at.aws, mailed)).length === 0, 'nothing owed', patience).catch(() => {});

    const seconds = (from: number, to: number) => `${Math.round((to - from) / 1000)} s`;
    console.info(
      `seed ${seed}: ${orders} orders, ${storm.killed} kills (${storm.killedStarting} of them while it started) in ${seconds(began, ended)}; ` +
        `starts took ${storm.startTimes()}. ${due.size} events of orders, ${receipts.missing(due).length} without a webhook ` +
        `${seconds(ended, received)} later; ${receipts.figures()}; ${mailed.length} mails due`,
    );
    expect(receipts.missing(due)).toEqual([]);
    expect(hooks.refused).toEqual([]);
    expect(await owed(at.aws, mailed)).toEqual([]);
  },
  // Some 5 s of CPU for each of 255 lives, of which half goes into starting cold; twice that and more on a machine that is shared.
  120 * 60_000,
);

async function prepare(at: ShopAddress, hooks: Awaited<ReturnType<typeof startPartner>>): Promise<void> {
  const api = new ApiClient(at.api, at.keys);
  const { secret } = await api.must<{ secret: string }>('admin', 'POST', '/v1/webhook-endpoints', { url: hooks.url });
  hooks.use(secret);
  for (const [sku, onHand] of Object.entries(stock)) {
    for (const location of ['dc-north', 'dc-south', 'store-center']) {
      const count = { onHand: location === 'dc-south' ? onHand : 0 };
      await api.must('admin', 'PUT', `/v1/inventory/${sku}/locations/${location}`, count);
    }
  }
}

/** Every seventh customer changes their mind. */
const isCanceled = (n: number): boolean => n % 7 === 3;

async function liveOf(storm: Storm, n: number, acknowledge: (id: string) => void): Promise<void> {
  const lines = [
    { sku: 'mug-batuta', quantity: 1 + (n % 3), unitPrice: 1200 },
    { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 },
  ];
  const post = <T>(role: 'storefront' | 'agent' | 'warehouse', path: string, key: string, body?: unknown) =>
    storm.persist((api) => api.must<T>(role, 'POST', path, body, { 'idempotency-key': key }));

  const order = sampleOrder(`storm-${n}`, lines);
  const { id } = await post<{ id: string }>('storefront', '/v1/orders', `storm-${n}`, order);
  acknowledge(id);
  const confirmed = await storm.persist((api) => api.waitFor(id, ({ status }) => status === 'CONFIRMED', 60_000));
  if (isCanceled(n)) {
    await post('agent', `/v1/orders/${id}/cancel`, `${id}-cancel`, { reason: 'changed my mind' });
    await storm.persist((api) => api.waitFor(id, ({ balance }) => balance.voided === balance.authorized, 60_000));
    return;
  }
  for (const fulfillment of confirmed.fulfillments) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      await post('warehouse', `/v1/fulfillments/${fulfillment.id}/${verb}`, `${fulfillment.id}-${verb}`);
    }
  }
}

function expectEnd(order: Order, canceled: boolean): void {
  const [payment] = order.payments;
  if (canceled) {
    expect(order.deliveredAt, order.id).toBeUndefined();
    expect(payment, order.id).toMatchObject({ captured: 0 });
  } else {
    expect(order.deliveredAt, order.id).toBeDefined();
    expect(payment?.captured, order.id).toBe(order.total);
  }
}

const unitsDelivered = (all: Order[], sku: string): number =>
  all
    .filter(({ deliveredAt }) => deliveredAt !== undefined)
    .flatMap(({ lines }) => lines)
    .filter((line) => line.sku === sku)
    .reduce((sum, { quantity }) => sum + quantity, 0);
