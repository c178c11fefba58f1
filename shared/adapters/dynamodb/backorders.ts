import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Waiting } from '../../domain/backorders.ts';
import { LocationId, OrderId } from '../../domain/ids.ts';
import type { BackorderQueue } from '../../ports/backorder-queue.ts';
import type { System } from '../../ports/system.ts';
import { fromAttributes } from './client.ts';
import { indexPartitions } from './keys.ts';

type Key = Record<string, AttributeValue>;

const orderIdOf = ({ pk }: Key): string => String(pk?.S).slice('ORDER#'.length);

/** Orders that wait for a SKU, as they are served, at most `limit`. `isReleased`: parts of the order are with their sites already. */
export async function ordersWaitingFor(
  client: DynamoDBClient,
  table: string,
  sku: string,
  limit: number,
): Promise<{ orderId: string; isReleased: boolean }[]> {
  const waiting: { orderId: string; isReleased: boolean }[] = [];
  for await (const keys of pages(client, table, sku, undefined)) {
    for (const key of keys) {
      const orderId = orderIdOf(key);
      // Several lines may wait for one SKU; rows of an order stand together.
      if (waiting.at(-1)?.orderId === orderId) continue;
      waiting.push({ orderId, isReleased: String(key.gsi1sk?.S).endsWith('#released') });
      if (waiting.length >= limit) return waiting;
    }
  }
  return waiting;
}

const Row = z.object({ pk: z.string(), sk: z.string(), data: z.string() });
const Body = z.object({
  quantity: z.int().positive(),
  excludedSites: z.array(LocationId),
  /** Rows of version 0.4 and before have none. */
  channel: z.string().default(''),
  capabilities: z.array(z.string()).default([]),
});

/**
 * Who is ahead is found through the index and read from the table: the index lags behind, and an order that has just been served must not keep
 * its units from the next.
 */
export const dynamoBackorderQueue = (client: DynamoDBClient, table: string, system: System): BackorderQueue => ({
  async ahead(sku, rank, isEnough) {
    const ahead: Waiting[] = [];
    for await (const keys of pages(client, table, sku, rank)) {
      for (let start = 0; start < keys.length; start += 100) {
        const chunk = keys.slice(start, start + 100);
        const rows = await current(client, table, chunk, system);
        for (const key of chunk) {
          const row = rows.get(nameOf(key));
          if (row) ahead.push({ orderId: OrderId.parse(orderIdOf(key)), rank: rankIn(key), ...row });
        }
        if (isEnough(ahead)) return ahead;
      }
    }
    return ahead;
  },
});

const nameOf = ({ pk, sk }: Key): string => `${pk?.S} ${sk?.S}`;

/** The sort key without its last part. */
const rankIn = ({ gsi1sk }: Key): string => String(gsi1sk?.S).replace(/#[^#]*$/, '');

async function* pages(
  client: DynamoDBClient,
  table: string,
  sku: string,
  below: string | undefined,
): AsyncGenerator<Key[]> {
  let start: Key | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'gsi1',
        KeyConditionExpression: below === undefined ? 'gsi1pk = :sku' : 'gsi1pk = :sku AND gsi1sk < :below',
        ExpressionAttributeValues: {
          ':sku': { S: indexPartitions.backorder(sku) },
          ...(below !== undefined && { ':below': { S: below } }),
        },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}

/** The rows of these keys as they are now; one that is gone waits no more. What BatchGetItem leaves out is asked for again, after a pause. */
async function current(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
  system: System,
): Promise<Map<string, z.infer<typeof Body>>> {
  const rows = new Map<string, z.infer<typeof Body>>();
  let left = keys.flatMap(({ pk, sk }) => (pk && sk ? [{ pk, sk }] : []));
  for (let round = 0; left.length > 0; round++) {
    if (round > 0) await system.sleep(system.random() * Math.min(1000, 20 * 2 ** round));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    for (const item of Responses?.[table] ?? []) {
      const row = Row.parse(fromAttributes(item));
      rows.set(`${row.pk} ${row.sk}`, Body.parse(JSON.parse(row.data)));
    }
    left = (UnprocessedKeys?.[table]?.Keys ?? []).flatMap(({ pk, sk }) => (pk && sk ? [{ pk, sk }] : []));
  }
  return rows;
}
