import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { Sku } from '../../../domain/ids.ts';
import type { StockItem } from '../../../ports/stock-store.ts';
import type { System } from '../../../ports/system.ts';
import { fromAttributes, toAttributes } from '../client.ts';
import type { Item } from '../order-items.ts';

const ItemRow = z.object({
  sku: Sku,
  sequence: z.number().default(0),
  lastAt: z.string().default(''),
  lowAt: z.number().optional(),
});

export function itemOf(row: unknown): StockItem {
  const { lowAt, ...item } = ItemRow.parse(row);
  return { ...item, ...(lowAt !== undefined && { lowAt }) };
}

export async function getRow(client: DynamoDBClient, table: string, key: Item): Promise<Item | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
  );
  return Item && fromAttributes(Item);
}

/** Rows by key, strongly consistent, in any order; those that are not there are left out. What a call leaves unprocessed is asked for again. */
export async function getRows(
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  system: Pick<System, 'sleep' | 'random'>,
): Promise<Item[]> {
  const rows: Item[] = [];
  let left = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
  // Calls in a row that left something out: only then there is a reason to wait.
  for (let incomplete = 0; left.length > 0; ) {
    if (incomplete > 0) await system.sleep(Math.min(1000, 20 * 2 ** incomplete) * system.random());
    // BatchGetItem takes 100 keys.
    const asked = left.slice(0, 100);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: asked.map(toAttributes), ConsistentRead: true } } }),
    );
    rows.push(...(Responses?.[table] ?? []).map(fromAttributes));
    const again = (UnprocessedKeys?.[table]?.Keys ?? []).map(fromAttributes);
    incomplete = again.length > 0 ? incomplete + 1 : 0;
    left = [...again, ...left.slice(100)];
  }
  return rows;
}
