import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { auditShop } from './audit.ts';
import { type Shop, startShop, until } from './fixture.ts';

/** Golden scenario 23, on disk, over HTTP. */
const dataDirectory = mkdtempSync(join(tmpdir(), 'batuta-large-order-'));
let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ dataDirectory });
}, 120_000);
afterAll(async () => {
  await shop?.cloud.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** The workflow's own test has 1,000 always; here every parcel loads the order again, which takes minutes on a busy machine. */
const lineCount = process.env.BATUTA_TEST_LONG ? 1000 : 250;
const sku = (n: number) => `bulk-${String(n).padStart(4, '0')}`;
const lines = Array.from({ length: lineCount }, (_, n) => ({ sku: sku(n), quantity: 1 + (n % 3), unitPrice: 100 + n }));
const cost = (some: typeof lines) => some.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);

interface Fulfillment {
  id: string;
  status: string;
  lines: { sku: string; quantity: number }[];
}
interface LargeOrder {
  status: string;
  total: number;
  balance: { authorized: number; captured: number; voided: number; refunded: number };
  fulfillments: Fulfillment[];
}

async function stockUp(): Promise<void> {
  const { api } = shop;
  const feeds = '/v1/inventory/feeds';
  const begun = { mode: 'reset', source: 'ERP', format: 'json', onError: 'reject' };
  const { id } = await api.must<{ id: string }>('warehouse', 'POST', feeds, begun);
  const rows = lines.map((line) => ({ sku: line.sku, locationId: 'dc-north', quantity: 10 }));
  await api.must('warehouse', 'PUT', `${feeds}/${id}/parts/1`, { rows });
  await api.must('warehouse', 'POST', `${feeds}/${id}/submit`);
  const read = () => api.must<{ state: string; applied: number }>('warehouse', 'GET', `${feeds}/${id}`);
  await until(async () => (await read()).state === 'DONE', 'the stock', 120_000);
}

const read = (id: string) => shop.api.must<LargeOrder>('agent', 'GET', `/v1/orders/${id}`);

test(`golden 23: a B2B order of ${lineCount} lines is confirmed, ships in many parcels, each paid for, and its remainder is canceled`, async () => {
  const { api, cloud } = shop;
  await stockUp();
  const started = performance.now();
  const placed = await api.place(sampleOrder('b2b-1000', lines));
  expect(placed).toMatchObject({ status: 'PLACED', total: cost(lines) });
  await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED', 240_000);
  const confirmedAfter = (performance.now() - started) / 1000;
  const confirmed = await read(placed.id);
  expect(confirmed).toMatchObject({ total: cost(lines), balance: { authorized: cost(lines), captured: 0 } });
  const assigned = confirmed.fulfillments.flatMap((one) => one.lines);
  expect(assigned.map((one) => one.sku).sort()).toEqual(lines.map((one) => one.sku));

  const [shipping, waiting] = [confirmed.fulfillments.slice(0, 4), confirmed.fulfillments.slice(4)];
  for (const { id } of shipping) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await api.verb(id, verb);
  }
  const gone = new Set(shipping.flatMap((one) => one.lines.map((line) => line.sku)));
  const due = cost(lines.filter((line) => gone.has(line.sku)));
  await until(async () => (await read(placed.id)).balance.captured === due, 'every parcel to be paid for', 120_000);

  // No other site has any of it.
  for (const { id } of waiting) {
    await api.must('warehouse', 'POST', `/v1/fulfillments/${id}/reject`, { reason: 'no_capacity' });
  }
  const isCanceled = async () => {
    const { status } = await api.call('agent', 'POST', `/v1/orders/${placed.id}/cancel-remainder`, {
      reason: 'customer',
    });
    // Re-routing goes on meanwhile: units that it has in hand can be canceled when it has found no site for them.
    expect([200, 409]).toContain(status);
    return (await read(placed.id)).balance.voided === cost(lines) - due;
  };
  await until(isCanceled, 'the rest to be canceled, and its authorization to be given back', 240_000);
  const ended = await read(placed.id);
  expect(ended.balance).toMatchObject({ captured: due, voided: cost(lines) - due, refunded: 0 });
  expect(ended.fulfillments.filter(({ status }) => status === 'COMPLETED')).toHaveLength(shipping.length);
  expect(ended.fulfillments.filter(({ status }) => status === 'REJECTED')).toHaveLength(waiting.length);

  const { orders, buckets, violations } = await auditShop(cloud.awsUrl, {
    orders: cloud.outputs.OrdersTable ?? '',
    inventory: cloud.outputs.InventoryTable ?? '',
  });
  expect(violations).toEqual([]);
  expect(orders).toHaveLength(1);
  const bySku = new Map(buckets.map((bucket) => [bucket.sku as string, bucket]));
  for (const line of lines) {
    const left = gone.has(line.sku) ? 10 - line.quantity : 10;
    expect(bySku.get(line.sku), line.sku).toMatchObject({ onHand: left, available: left, committed: 0 });
  }
  expect(shop.failures).toEqual([]);
  const parcels = `${confirmed.fulfillments.length} fulfillments`;
  console.info(`${lineCount} lines: confirmed after ${confirmedAfter.toFixed(1)} s, ${parcels}`);
}, 600_000);
