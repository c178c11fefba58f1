import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Sku } from '../../../domain/ids.ts';
import type { Inventory } from '../../../ports/inventory.ts';
import type { System } from '../../../ports/system.ts';
import { fromAttributes, toAttributes } from '../client.ts';
import { pk } from '../keys.ts';

/** The one thing that placing an order asks of the inventory: apart from the rest, which its function need not carry. */
export const dynamoKnownSkus = (
  client: DynamoDBClient,
  table: string,
  system: System,
): Pick<Inventory, 'knownSkus'> => ({
  async knownSkus(skus) {
    const known = new Set<Sku>();
    // BatchGetItem takes 100 keys; what it leaves unprocessed is asked for again, after a pause.
    let left = skus.map((sku) => ({ pk: pk.sku(sku), sk: 'ITEM' }));
    for (let incomplete = 0; left.length > 0; ) {
      if (incomplete > 0) await system.sleep(Math.min(1000, 20 * 2 ** incomplete) * system.random());
      const asked = left.slice(0, 100);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: asked.map(toAttributes), ProjectionExpression: 'sku' } },
        }),
      );
      for (const row of Responses?.[table] ?? []) known.add(String(fromAttributes(row).sku) as Sku);
      const again = (UnprocessedKeys?.[table]?.Keys ?? []).map((key) => ({
        pk: String(key.pk?.S),
        sk: String(key.sk?.S),
      }));
      incomplete = again.length > 0 ? incomplete + 1 : 0;
      left = [...again, ...left.slice(100)];
    }
    return known;
  },
});
