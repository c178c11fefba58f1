import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { dynamoStockLevels } from '../../../shared/adapters/dynamodb/inventory/levels.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { bucket } from '../../model/world.ts';
import { count, dynamoStores } from './stores-for-tests.ts';

const tea = Sku.parse('tea');
const dc = LocationId.parse('dc-1');

test('a threshold is set on every row although a transaction is at each of them when it is first tried', async () => {
  const stores = await dynamoStores([bucket('tea', 'dc-1', 0)]);
  await count(stores, 'tea', 'dc-1', 5);
  const { client, system } = stores;
  const met = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const row = JSON.stringify((args.input as { Key?: unknown }).Key);
        if (commandName === 'UpdateItemCommand' && !met.has(row)) {
          met.add(row);
          throw new TransactionConflictException({ $metadata: {}, message: 'Transaction is ongoing for the item' });
        }
        return next(args);
      },
    { step: 'initialize', name: 'conflicts' },
  );
  const levels = dynamoStockLevels(client, 'inventory', system);
  expect(await levels.setThreshold(tea, 3)).toBe(true);
  // The SKU's own row and the bucket's.
  expect(met.size).toBe(2);
  expect(await levels.level(tea, dc)).toMatchObject({ lowAt: 3 });
});
