import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle.ts';
import { ApiClient, sampleOrder } from '../../local/client.ts';
import { seeded } from '../model/world.ts';
import { auditShop } from './audit.ts';
import { until } from './fixture.ts';
import { ShopProcess, tablesOf } from './shop-process.ts';

const long = Boolean(process.env.BATUTA_TEST_LONG);
const [orders, kills] = long ? [100, 8] : [20, 2];
const seed = Number(process.env.BATUTA_SEED ?? 7);
const clients = 6;

const directory = mkdtempSync(join(tmpdir(), 'batuta-crash-'));
const shopProcess = new ShopProcess(directory);

afterAll(async () => {
  await shopProcess.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('kill -9', () => {
  test(`${orders} orders, killed ${kills} times (seed ${seed}): every acknowledged order reaches its end, invariants hold`, async () => {
    await bundleAndSynth();
    const random = seeded(seed);
    let shop = await shopProcess.start();
    const acknowledged = new Set<string>();
    let restarting: Promise<void> | undefined;

    /** A client tries again until it is answered, with the same key: what a well-written storefront does. */
    const persist = async <T>(attempt: (api: ApiClient) => Promise<T>): Promise<T> => {
      for (;;) {
        await restarting;
        try {
          return await attempt(new ApiClient(shop.api, shop.keys));
        } catch (error) {
          if (!(error instanceof TypeError) && !/: 5\d\d |: 409 .*in_flight/.test(String(error))) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };

    let next = 0;
    const client = async () => {
      while (next < orders) {
        const n = next++;
        const body = sampleOrder(`crash-${n}`, [
          { sku: 'donut-glazed', quantity: 1 + (n % 3), unitPrice: 180 },
          { sku: 'apron-baker', quantity: 1, unitPrice: 2500 },
        ]);
        const placed = await persist((api) =>
          api.must<{ id: string }>('storefront', 'POST', '/v1/orders', body, { 'idempotency-key': `crash-${n}` }),
        );
        acknowledged.add(placed.id);
        await persist((api) => api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED', 60_000));
        const { fulfillments } = await persist((api) => api.order(placed.id));
        for (const { id } of fulfillments) {
          for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
            await persist((api) =>
              api.must('warehouse', 'POST', `/v1/fulfillments/${id}/${verb}`, undefined, {
                'idempotency-key': `${id}-${verb}`,
              }),
            );
          }
        }
      }
    };
    const killer = async () => {
      for (let n = 0; n < kills; n++) {
        // Somewhere in the middle of the work: what is hit differs from run to run, the outcome may not.
        const target = Math.floor(((n + random()) * orders) / kills);
        await until(() => acknowledged.size > target, 'some orders to be acknowledged', 60_000);
        await new Promise((resolve) => setTimeout(resolve, random() * 100));
        restarting = (async () => {
          await shopProcess.stop('SIGKILL');
          shop = await shopProcess.start();
        })();
        await restarting;
        restarting = undefined;
      }
    };
    await Promise.all([killer(), ...Array.from({ length: clients }, client)]);

    expect(acknowledged.size).toBe(orders);
    const tables = await tablesOf(shop.aws);
    const { orders: all, violations } = await auditShop(shop.aws, tables);
    expect(violations).toEqual([]);
    expect(all.map(({ id }) => id).sort()).toEqual([...acknowledged].sort());
    for (const order of all) {
      expect(order.deliveredAt, order.id).toBeDefined();
      expect(order.payments[0]?.captured, order.id).toBe(order.total);
    }
    console.info(`${orders} orders, ${kills} kills: all delivered, no violation`);
  }, 600_000);
});
