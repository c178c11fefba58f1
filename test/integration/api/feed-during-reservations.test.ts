import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromAttributes } from '../../../shared/adapters/dynamodb/client.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { bucketsBalance, commitmentsMatch, stockIsFoldOfLedger } from '../../../shared/domain/invariants.ts';
import { stockAdjustedData } from '../../../shared/domain/stock/entry.ts';
import type { FeedId } from '../../../shared/domain/stock/feed.ts';
import { Bucket } from '../../../shared/domain/stock.ts';
import { applyFeed } from '../../../shared/use-cases/stock/apply-feed.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const skus = 25;
const rows = 300;
const sku = (n: number) => `golden-${n}`;
let keys = 0;

async function submitted(counted: (n: number) => number): Promise<FeedId> {
  const { body } = await api.ask('POST', '/v1/inventory/feeds', {
    body: { mode: 'reset', source: 'WMS', format: 'json', onError: 'skip' },
    headers: { 'idempotency-key': `golden-${++keys}` },
  });
  const { id } = body as { id: FeedId };
  const all = Array.from({ length: rows }, (_, n) => ({ sku: sku(n), locationId: 'dc-1', quantity: counted(n) }));
  await api.ask('PUT', `/v1/inventory/feeds/${id}/parts/1`, { body: { rows: all } });
  expect(await api.ask('POST', `/v1/inventory/feeds/${id}/submit`)).toMatchObject({ status: 202 });
  // What moves from now on moves after the count.
  api.later(1000);
  return id;
}

async function everyRow() {
  const items: Record<string, string | number>[] = [];
  let start: ScanCommand['input']['ExclusiveStartKey'];
  do {
    const page = await api.client.send(
      new ScanCommand({ TableName: 'inventory', ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    );
    items.push(...(page.Items ?? []).map(fromAttributes));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

test('golden 22: reset inventory feed during reservations: promises never change, and what left since the count is known', async () => {
  const first = await submitted(() => 10);
  await applyFeed(api.deps, first, () => true);

  // Some orders reserve before the next count, all ship or reserve while its feed is applied, by two executions at once.
  const early = await Promise.all(Array.from({ length: 10 }, (_, n) => ordered(n)));
  const second = await submitted((n) => 6 + (n % 3));
  const [, , , ...late] = await Promise.all([
    applyFeed(api.deps, second, () => true),
    applyFeed(api.deps, second, () => true),
    Promise.all(early.map(({ fulfillments }) => shipped(fulfillments[0] ?? ''))),
    ...Array.from({ length: 15 }, (_, n) => ordered(10 + n)),
  ]);
  await applyFeed(api.deps, second, () => true);
  const { body: feed } = await api.ask('GET', `/v1/inventory/feeds/${second}`);
  expect(feed).toMatchObject({ state: 'DONE', total: rows, applied: rows, failed: 0 });

  for (let n = 0; n < skus; n++) {
    const left = n < early.length ? 2 : 0;
    const committed = n < early.length ? 0 : 2;
    const onHand = 6 + (n % 3) - left;
    const bucket = await api.bucket(sku(n), 'dc-1');
    expect(bucket, sku(n)).toMatchObject({ onHand, committed, held: 0, available: onHand - committed });
  }
  const all = await everyRow();
  const buckets = all.filter(({ sk }) => String(sk).startsWith('LOC#')).map((row) => Bucket.parse(row));
  const entries = all
    .filter(({ type }) => type === 'stock.adjusted')
    .map(({ data }) => stockAdjustedData.parse(JSON.parse(String(data))));
  const ids = [...early, ...late].map(({ id }) => OrderId.parse(id));
  const orders = (await Promise.all(ids.map((id) => api.orders.load(id)))).filter((order) => order !== undefined);
  const events = (await Promise.all(ids.map((id) => api.orders.events(id)))).flat();
  expect(orders).toHaveLength(skus);
  expect(buckets.length).toBeGreaterThanOrEqual(rows);
  expect(buckets.flatMap(bucketsBalance)).toEqual([]);
  expect(commitmentsMatch(orders, buckets)).toEqual([]);
  expect(stockIsFoldOfLedger([], entries, events, buckets)).toEqual([]);
}, 240_000);

/** Two units of a SKU, confirmed. */
async function ordered(n: number): Promise<{ id: string; fulfillments: string[] }> {
  const { id } = await api.place({ lines: [{ sku: sku(n), title: 'Golden', quantity: 2, unitPrice: 100 }] });
  return { id, fulfillments: await api.confirm(id) };
}

async function shipped(fulfillment: string): Promise<void> {
  for (const verb of ['accept', 'pick', 'pack', 'ship']) {
    expect(await api.ask('POST', `/v1/fulfillments/${fulfillment}/${verb}`, { as: 'warehouse' })).toMatchObject({
      status: 200,
    });
  }
}
