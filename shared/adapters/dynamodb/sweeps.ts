import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { OrderId } from '../../domain/ids.ts';
import type { OrderStatus } from '../../domain/status.ts';
import { indexPartitions, listShards } from './keys.ts';

const shards = Array.from({ length: listShards }, (_, shard) => shard);

/** Timers due by `now` (ISO 8601), soonest first in each shard, at most `limit` a shard. */
export async function dueTimers(
  client: DynamoDBClient,
  table: string,
  now: string,
  limit: number,
): Promise<{ orderId: OrderId; name: string }[]> {
  const found = await Promise.all(
    shards.map((shard) => keysBelow(client, table, 'gsi1', `TIMER#${shard}`, `${now}~`, limit)),
  );
  return found.flat().map(({ pk, sk }) => ({
    orderId: OrderId.parse(String(pk?.S).slice('ORDER#'.length)),
    name: String(sk?.S).slice('TIMER#'.length),
  }));
}

/** Orders that have `status` and were placed before `before` (ISO 8601), oldest first in each shard, at most `limit` a shard. */
export const ordersInStatus = (client: DynamoDBClient, table: string, status: string, before: string, limit: number) =>
  ordersBelow(client, table, 'gsi2', (shard) => `STATUS#${status}#${shard}`, before, limit);

/** Orders that owe: ended with money still to be given back, or declined with stock still to be; placed before `before` (ISO 8601), at most `limit` a shard. */
export const unsettledOrders = (client: DynamoDBClient, table: string, before: string, limit: number) =>
  ordersBelow(client, table, 'gsi1', (shard) => `UNSETTLED#${shard}`, before, limit);

/** Released orders with units that no site has, or digital ones not delivered, placed before `before` (ISO 8601), at most `limit` a shard. */
export const ordersToReroute = (client: DynamoDBClient, table: string, before: string, limit: number) =>
  ordersBelow(client, table, 'gsi1', (shard) => indexPartitions.reroute(shard), before, limit);

async function ordersBelow(
  client: DynamoDBClient,
  table: string,
  index: 'gsi1' | 'gsi2',
  partitionOf: (shard: number) => string,
  before: string,
  limit: number,
): Promise<OrderId[]> {
  const found = await Promise.all(
    shards.map((shard) => keysBelow(client, table, index, partitionOf(shard), before, limit)),
  );
  return found.flat().map(({ pk }) => OrderId.parse(String(pk?.S).slice('ORDER#'.length)));
}

/** The statuses that an order with units on backorder may have: some of it may be under way. */
const mayWait = [
  'BACKORDERED',
  'PICKING',
  'PACKED',
  'PARTIALLY_SHIPPED',
  'PARTIALLY_DELIVERED',
] as const satisfies OrderStatus[];

/** Orders that may have units on backorder, longest waiting first in each shard. */
export async function* ordersThatMayWait(client: DynamoDBClient, table: string): AsyncGenerator<OrderId> {
  for (const partition of mayWait.flatMap((status) =>
    shards.map((shard) => indexPartitions.orderStatus(status, shard)),
  )) {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi2',
          KeyConditionExpression: 'gsi2pk = :status',
          ExpressionAttributeValues: { ':status': { S: partition } },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const { pk } of page.Items ?? []) yield OrderId.parse(String(pk?.S).slice('ORDER#'.length));
      start = page.LastEvaluatedKey;
    } while (start);
  }
}

async function keysBelow(
  client: DynamoDBClient,
  table: string,
  index: 'gsi1' | 'gsi2',
  key: string,
  below: string,
  limit: number,
): Promise<Record<string, AttributeValue>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: `${index}pk = :pk AND ${index}sk < :below`,
      ExpressionAttributeValues: { ':pk': { S: key }, ':below': { S: below } },
      Limit: limit,
    }),
  );
  return Items;
}
