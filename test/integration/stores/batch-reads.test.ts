import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoKnownSkus } from '../../../shared/adapters/dynamodb/inventory/known-skus.ts';
import { getRows } from '../../../shared/adapters/dynamodb/inventory/rows.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { count, dynamoStores } from './stores-for-tests.ts';

let stores: Awaited<ReturnType<typeof dynamoStores>>;
beforeAll(async () => {
  stores = await dynamoStores([]);
});
afterAll(() => stores.stop());

test('500 keys are five calls, one after the other without a pause', async () => {
  const skus = Array.from({ length: 500 }, (_, n) => Sku.parse(`sku-${n}`));
  await count(stores, 'sku-7', 'dc-1', 1);
  await count(stores, 'sku-499', 'dc-1', 1);
  let pauses = 0;
  const system = {
    ...stores.system,
    sleep: async () => {
      pauses += 1;
    },
  };
  const keys = skus.map((sku) => ({ pk: `SKU#${sku}`, sk: 'ITEM' }));
  expect(await getRows(stores.client, 'inventory', keys, system)).toMatchObject([{ sku: 'sku-7' }, { sku: 'sku-499' }]);
  const { knownSkus } = dynamoKnownSkus(stores.client, 'inventory', system);
  expect(await knownSkus(skus)).toEqual(new Set(['sku-7', 'sku-499']));
  expect(pauses).toBe(0);
});
