import { BatchWriteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bulkLoad, type CallDynamoDb } from '../../../bench/scale/bulk-load.ts';
import { locationOf, type Scale, skuOf, unitsAt } from '../../../bench/scale/distribution.ts';
import { bucketsBalance } from '../../../shared/domain/invariants.ts';
import { executeStock } from '../../../shared/use-cases/stock/execute-stock.ts';
import { dynamoStores } from './stores-for-tests.ts';

const scale: Scale = { skus: 250, locations: 6, density: 0.5 };
const stocked = Array.from({ length: scale.skus }, (_, sku) =>
  Array.from({ length: scale.locations }, (_, at) => unitsAt(scale, sku, at)),
);

let stores: Awaited<ReturnType<typeof dynamoStores>>;
beforeEach(async () => {
  stores = await dynamoStores([]);
});
afterEach(() => stores.stop());

/** @param writes how many calls that write are carried out before the process dies */
function caller(writes: number): { call: CallDynamoDb; written(): number } {
  let left = writes;
  let rows = 0;
  return {
    written: () => rows,
    async call(operation, input) {
      if (operation === 'GetItem') {
        return { ...(await stores.client.send(new GetItemCommand(input as GetItemCommand['input']))) };
      }
      left -= 1;
      if (left < 0) throw new Error('the process died');
      const request = input as BatchWriteItemCommand['input'];
      rows += Object.values(request.RequestItems ?? {}).flat().length;
      return { ...(await stores.client.send(new BatchWriteItemCommand(request))) };
    },
  };
}

test('stock is taken over in blocks; a load that is cut off goes on, and leaves alone what has moved since', async () => {
  const dying = caller(25);
  const table = 'inventory';
  const load = (call: CallDynamoDb) => bulkLoad({ call, table, scale, progress: () => undefined });
  await expect(load(dying.call)).rejects.toThrow('died');

  // The first SKU is done: it moves before the rest is loaded.
  const at = stocked[0]?.findIndex((units) => units > 0) ?? -1;
  const place = { sku: skuOf(0), locationId: locationOf(at) };
  const receive = { type: 'receive', ...place, quantity: 1000, into: 'available' } as const;
  const actor = { id: 'test', role: 'warehouse' } as const;
  const stock = { ...stores.stock, knowsLocation: async () => true };
  const done = await executeStock({ ...stores, stock }, receive, { actor, correlationId: 'c', causationId: 'c' });
  expect(done).toMatchObject({ outcome: 'done', events: [{ sequence: 1 }] });

  const rest = caller(Number.POSITIVE_INFINITY);
  await load(rest.call);
  const all = stocked.flat().filter((units) => units > 0).length + scale.skus;
  expect(rest.written()).toBeLessThan(all);
  expect(await load(caller(0).call)).toBe(0);
  for (const n of [0, 99, 100, 249]) {
    const wanted = stocked[n]?.flatMap((units, location) => (units > 0 ? [[locationOf(location), units]] : []));
    const buckets = await stores.inventory.buckets(skuOf(n));
    expect(buckets.flatMap(bucketsBalance)).toEqual([]);
    const moved = n === 0 ? 1000 : 0;
    expect(
      buckets.map(({ locationId, available }) => [
        locationId,
        available - (locationId === place.locationId ? moved : 0),
      ]),
    ).toEqual(wanted);
  }
}, 60_000);

test('the share of pairs with stock is what was asked for; the first SKUs are in more stores than the last', () => {
  const large: Scale = { skus: 2000, locations: 200, density: 0.05 };
  const stores = Array.from({ length: large.skus }, (_, sku) =>
    Array.from({ length: large.locations }, (_, at) => at).filter((at) => unitsAt(large, sku, at) > 0),
  );
  const pairs = stores.reduce((sum, { length }) => sum + length, 0) / (large.skus * large.locations);
  expect(pairs).toBeGreaterThan(0.047);
  expect(pairs).toBeLessThan(0.053);
  const inFirst = stores.slice(0, 200).flat().length;
  expect(inFirst).toBeGreaterThan(2 * stores.slice(-200).flat().length);
  expect(unitsAt({ ...large, density: 1 }, 1999, 199)).toBeGreaterThan(0);
});
