import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queryRange } from '../../../shared/adapters/dynamodb/order-store.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { tendShards } from '../../../shared/use-cases/stock/tend-shards.ts';
import { watchLevel } from '../../../shared/use-cases/stock/watch-level.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
let sku = '';
let numbered = 0;
let keys = 0;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => {
  sku = `hot-${++numbered}`;
});

const stock = (onHand: number, locationId = 'dc-1') =>
  api.ask('PUT', `/v1/inventory/${sku}/locations/${locationId}`, { body: { onHand }, as: 'warehouse' });
const move = async (what: string, body: object) => {
  const path = `/v1/inventory/${sku}/locations/dc-1/${what}`;
  const answer = await api.ask('POST', path, {
    body,
    headers: { 'idempotency-key': `move-${++keys}` },
    as: 'warehouse',
  });
  if (answer.status !== 201) throw new Error(answer.text);
};
const shards = (body: object, as: 'warehouse' | 'storefront' = 'warehouse') =>
  api.ask('PUT', `/v1/inventory/${sku}/shards`, { body, as });
interface Shown {
  locations: { locationId: string; reservations: number; shards: Record<string, number>[] }[];
}
const rows = async () => {
  const { body } = await api.ask('GET', `/v1/inventory/${sku}/shards`, { as: 'warehouse' });
  return (body as Shown).locations.map(({ locationId, shards: all }) => [locationId, all.length]);
};
const bucket = () => api.bucket(sku, 'dc-1');
const hold = (quantity: number) =>
  api.ask('POST', '/v1/cart-holds', {
    body: { storefront: 'web', lines: [{ sku, quantity }], seconds: 60 },
    headers: { 'idempotency-key': `hot-hold-${++keys}` },
    as: 'storefront',
  });
const tend = () => tendShards(api.deps);

describe('preparing a SKU for many buyers', () => {
  test('an expected peak is a row for each 500 reservations a second, at every location, and says so again', async () => {
    await stock(100);
    await stock(40, 'dc-2');
    const answer = await shards({ expectedPeak: 1501 });
    expect(answer).toMatchObject({ status: 200, body: { sku, expectedPeak: 1501, shards: null } });
    expect(await rows()).toEqual([
      ['dc-1', 4],
      ['dc-2', 4],
    ]);
    expect((await shards({ expectedPeak: 1501 })).body).toEqual(answer.body);
    expect(await shards({ shards: 2 })).toMatchObject({ status: 200, body: { expectedPeak: null, shards: 2 } });
    expect(await rows()).toEqual([
      ['dc-1', 2],
      ['dc-2', 2],
    ]);
  });

  test('what is wrong is refused with its field, and changes nothing', async () => {
    await stock(10);
    for (const [body, pointer] of [
      [{ shards: 17 }, '/shards'],
      [{ shards: 0 }, '/shards'],
      [{ expectedPeak: 8001 }, '/expectedPeak'],
      [{ expectedPeak: 1000, shards: 2 }, '/shards'],
      [{ peak: 10 }, '/peak'],
    ] as const) {
      expect(await shards(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    }
    expect(await shards({ shards: 2 }, 'storefront')).toMatchObject({ status: 403 });
    expect(await api.ask('PUT', '/v1/inventory/unheard-of/shards', { body: { shards: 2 } })).toMatchObject({
      status: 404,
      body: { code: 'sku_not_found' },
    });
    expect(await api.ask('GET', '/v1/inventory/unheard-of/shards')).toMatchObject({ status: 404 });
    expect(await rows()).toEqual([['dc-1', 1]]);
  });

  test('receipts, adjustments, counts, setting aside, transfers and the ledger see one bucket', async () => {
    await stock(20);
    await shards({ shards: 8 });
    await move('receipts', { quantity: 10 });
    await move('adjustments', { delta: -25, reason: 'lost' });
    expect(await bucket()).toMatchObject({ onHand: 5, available: 5 });
    await move('adjustments', { delta: 15, reason: 'found' });
    await move('unavailable', { quantity: 12, from: 'available', to: 'damaged' });
    expect(await bucket()).toMatchObject({ onHand: 20, available: 8, damaged: 12 });
    await move('counts', { counted: 14 });
    expect(await bucket()).toMatchObject({ onHand: 14, available: 2, damaged: 12 });
    await move('unavailable', { quantity: 11, from: 'damaged', to: 'available' });
    const body = { from: 'dc-1', to: 'dc-2', lines: [{ sku, quantity: 13 }], mode: 'immediate' };
    const headers = { 'idempotency-key': `move-${++keys}` };
    expect(await api.ask('POST', '/v1/transfers', { body, headers, as: 'warehouse' })).toMatchObject({ status: 201 });
    expect(await bucket()).toMatchObject({ onHand: 1, available: 0, damaged: 1 });
    const { body: ledger } = await api.ask('GET', `/v1/inventory/${sku}/ledger?location=dc-1&limit=50`);
    const changes = (ledger as { data: { change: number }[] }).data.map(({ change }) => change);
    expect(changes.reduce((sum, change) => sum + change, 0)).toBe(1);
  });

  test('an order is placed, shipped and canceled from rows as from a bucket; promises are given back to where they came from', async () => {
    await stock(8);
    await shards({ shards: 4 });
    const lines = [{ sku, title: 'Hot', quantity: 7, unitPrice: 100 }];
    const { id } = await api.place({ ...orderBody, externalId: `hot-order-${++keys}`, lines });
    const [fulfillment] = await api.confirm(id);
    expect(await bucket()).toMatchObject({ onHand: 8, available: 1, committed: 7 });
    for (const verb of ['accept', 'pick', 'pack', 'ship']) {
      expect(await api.ask('POST', `/v1/fulfillments/${fulfillment}/${verb}`, { as: 'warehouse' })).toMatchObject({
        status: 200,
      });
    }
    expect(await bucket()).toMatchObject({ onHand: 1, available: 1, committed: 0 });

    await stock(9);
    const again = await api.place({ ...orderBody, externalId: `hot-order-${++keys}`, lines });
    await api.confirm(again.id);
    expect(await bucket()).toMatchObject({ available: 2, committed: 7 });
    const canceled = await api.ask('POST', `/v1/orders/${again.id}/cancel`, {
      body: { reason: 'customer' },
      headers: { 'idempotency-key': `cancel-${++keys}` },
    });
    expect(canceled.status).toBe(200);
    expect(await bucket()).toMatchObject({ onHand: 9, available: 9, committed: 0 });
  });

  test('a cart whose time is over gives its units to the next buyer, whichever rows hold them', async () => {
    await stock(4);
    await shards({ shards: 4 });
    expect(await hold(4)).toMatchObject({ status: 201 });
    expect(await hold(1)).toMatchObject({ status: 409, body: { code: 'stock_short' } });
    api.later(61_000);
    expect(await hold(4)).toMatchObject({ status: 201 });
    expect(await bucket()).toMatchObject({ available: 0, held: 4 });
  });

  test('low, out and back are of all rows together', async () => {
    await stock(8);
    await api.ask('PUT', `/v1/inventory/${sku}/threshold`, { body: { lowAt: 3 } });
    await shards({ shards: 4 });
    const watch = async () => {
      const watched = { levels: api.levels, system: api.system };
      return watchLevel(watched, Sku.parse(sku), LocationId.parse('dc-1'), 'test');
    };
    // A row is empty before the bucket is low: no news.
    await move('adjustments', { delta: -2, reason: 'lost' });
    expect(await watch()).toBe('same');
    await move('adjustments', { delta: -3, reason: 'lost' });
    expect(await watch()).toBe('announced');
    await move('adjustments', { delta: -3, reason: 'lost' });
    expect(await watch()).toBe('announced');
    const [first] = await queryRange(api.client, 'inventory', `SKU#${sku}`, 'LOC#', 'LOC#~');
    expect(first).toMatchObject({ announced: 'out', soldOut: 'yes' });
    await move('receipts', { quantity: 5 });
    expect(await watch()).toBe('announced');
    expect(await watch()).toBe('same');
    const events = await queryRange(api.client, 'inventory', `SKU#${sku}`, 'EVENT#', 'EVENT#~');
    expect(events.map(({ type }) => type).filter((type) => type !== 'stock.adjusted')).toEqual([
      'stock.low',
      'stock.out',
      'stock.back',
    ]);
    const copies = await Promise.all(
      [1, 2, 3].map((n) => queryRange(api.client, 'inventory', `SKU#${sku}#${n}`, 'LOC#', 'LOC#~')),
    );
    expect(copies.flat().map(({ lowAt }) => lowAt)).toEqual([3, 3, 3]);
  });
});

describe('without an operator', () => {
  /** Carts that are held within a second, and released. */
  const rush = async (buyers: number) => {
    for (let n = 0; n < buyers; n++) {
      const { body } = await hold(1);
      await api.ask('DELETE', `/v1/cart-holds/${(body as { id: string }).id}`, { as: 'storefront' });
    }
  };

  test('a SKU that is measured to be hot is split, and merged again when it has cooled', async () => {
    await stock(600);
    await rush(1);
    // 130 reservations in a second: a row is for 125, a quarter of what it can take.
    await rush(130);
    api.later(1000);
    await rush(1);
    expect(await rows()).toEqual([['dc-1', 2]]);

    // The first look after it only notes how many there were.
    api.later(300_000);
    await tend();
    expect(await rows()).toEqual([['dc-1', 2]]);
    api.later(300_000);
    expect(await tend()).toMatchObject({ resized: 1, merged: 1 });
    expect(await rows()).toEqual([['dc-1', 1]]);
    expect(await bucket()).toMatchObject({ onHand: 600, available: 600 });
    expect((await api.deps.shards.splitSkus(100)).map((one) => String(one.sku))).not.toContain(sku);
  }, 120_000);

  test('rows that run uneven are made even, and what an operator planned stays as it is', async () => {
    await stock(8);
    await shards({ shards: 8 });
    await move('receipts', { quantity: 792 });
    api.later(300_000);
    await tend();
    api.later(300_000);
    await tend();
    const { body } = await api.ask('GET', `/v1/inventory/${sku}/shards`);
    const [{ shards: all = [] } = {}] = (body as Shown).locations;
    expect(all.map(({ available }) => available)).toEqual(Array.from({ length: 8 }, () => 100));
    // A location that the SKU comes to later is split, too.
    await stock(5, 'dc-2');
    await tend();
    expect(await rows()).toEqual([
      ['dc-1', 8],
      ['dc-2', 8],
    ]);
    // Nobody plans any more: it cools like any other.
    await shards({});
    api.later(300_000);
    await tend();
    expect(await rows()).toEqual([
      ['dc-1', 1],
      ['dc-2', 1],
    ]);
  });
});
