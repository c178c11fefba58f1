import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { demandCounts } from '../../../domain/stock/demand.ts';
import type { Move, Shard } from '../../../domain/stock/shards.ts';
import { bucketCounters } from '../../../domain/stock.ts';
import { toAttributes } from '../client.ts';
import { commitStep } from '../commit-step.ts';
import type { Item } from '../order-items.ts';
import { bucketKeyOf, shardCount } from './shard-rows.ts';

/**
 * Units between the rows of a bucket, and rows more or fewer. Each step is one transaction that leaves a whole bucket behind, so that a crash
 * between two of them loses nothing, and changes what it found only if that is still so. None moves a unit between accounts: the ledger has
 * nothing to say about them.
 */

/** SKUs that are split, or are to be: who tends them need not look at all others. */
export const splitSkusPk = 'SPLIT_SKUS';

/** Available units from one row to another. */
export const moveUnits = (
  client: DynamoDBClient,
  table: string,
  { sku, locationId }: { sku: string; locationId: string },
  { from, to, units }: Move,
): Promise<boolean> => {
  const add = (shard: number, quantity: number, condition: string, remove: string): TransactWriteItem => ({
    Update: {
      TableName: table,
      Key: toAttributes(bucketKeyOf(sku, locationId, shard)),
      UpdateExpression: `ADD available :units, onHand :units, moved :units${remove}`,
      ConditionExpression: condition,
      ExpressionAttributeValues: toAttributes({
        ':units': quantity,
        ...(condition.includes(':least') && { ':least': units }),
      }),
    },
  });
  return commitStep(client, [
    add(from, -units, 'available >= :least', ''),
    // There are available units, so the bucket is not marked as sold out; the row may still be.
    add(to, units, 'attribute_exists(pk)', ' REMOVE closed'),
  ]);
};

/** Adds rows, and gives each its part of what is available in the first. */
export function addRows(client: DynamoDBClient, table: string, base: Item, wanted: number): Promise<boolean> {
  const { sku, locationId } = base;
  const before = shardCount(base);
  const share = Math.floor(Number(base.available) / wanted);
  const given = share * (wanted - before);
  const first: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: toAttributes(bucketKeyOf(String(sku), String(locationId))),
      UpdateExpression: 'SET shards = :wanted ADD available :less, onHand :less, moved :less REMOVE soldOut',
      ConditionExpression: `available >= :given AND ${before === 1 ? 'attribute_not_exists(shards)' : 'shards = :before'}`,
      ExpressionAttributeValues: toAttributes({
        ':wanted': wanted,
        ':given': given,
        ':less': -given,
        ...(before > 1 && { ':before': before }),
      }),
    },
  };
  const rows = Array.from({ length: wanted - before }, (_, n) => newRow(table, base, before + n, share));
  return commitStep(client, [first, ...rows, listed(table, String(sku))]);
}

function newRow(TableName: string, base: Item, shard: number, units: number): TransactWriteItem {
  const { sku, locationId, lowAt, updatedAt } = base;
  const counters = Object.fromEntries(bucketCounters.map((name) => [name, 0]));
  const item: Item = {
    sku: String(sku),
    locationId: String(locationId),
    ...counters,
    onHand: units,
    available: units,
    moved: units,
    updatedAt: String(updatedAt),
    ...(lowAt !== undefined && { lowAt }),
  };
  return {
    Update: {
      TableName,
      Key: toAttributes(bucketKeyOf(String(sku), String(locationId), shard)),
      UpdateExpression: `SET ${Object.keys(item)
        .map((name) => `${name} = :${name}`)
        .join(', ')}`,
      ConditionExpression: 'attribute_not_exists(pk)',
      ExpressionAttributeValues: toAttributes(
        Object.fromEntries(Object.entries(item).map(([name, value]) => [`:${name}`, value])),
      ),
    },
  };
}

/** Counted, so that who finds a SKU in one row again does not take it off the list while somebody splits it. */
export const listed = (TableName: string, sku: string): TransactWriteItem => ({
  Update: {
    TableName,
    Key: toAttributes({ pk: splitSkusPk, sk: sku }),
    UpdateExpression: 'SET sku = :sku ADD splits :one',
    ExpressionAttributeValues: toAttributes({ ':sku': sku, ':one': 1 }),
  },
});

/** Gives everything of the last row, promises too, to the first, and takes the row away. @param row as it was read: reservations and what orders want, which it counted, go with it */
export function removeRow(
  client: DynamoDBClient,
  table: string,
  { index, bucket, moved }: Shard,
  row: Item | undefined,
): Promise<boolean> {
  const { sku, locationId } = bucket;
  const counters = bucketCounters.map((name) => [name, bucket[name]] as const);
  const counts = Object.entries({ taken: Number(row?.taken ?? 0), ...demandCounts(row ?? {}) });
  const values = toAttributes(Object.fromEntries(counters.map(([name, units]) => [`:${name}`, units])));
  return commitStep(client, [
    {
      Delete: {
        TableName: table,
        Key: toAttributes(bucketKeyOf(sku, locationId, index)),
        ConditionExpression: [...counters.map(([name]) => `${name} = :${name}`), 'moved = :moved'].join(' AND '),
        ExpressionAttributeValues: { ...values, ...toAttributes({ ':moved': moved }) },
      },
    },
    {
      Update: {
        TableName: table,
        Key: toAttributes(bucketKeyOf(sku, locationId)),
        UpdateExpression: [
          index === 1 ? '' : 'SET shards = :fewer',
          `ADD ${[...counters, ['moved'] as const, ...counts].map(([name]) => `${name} :${name}`).join(', ')}`,
          ...(index === 1 ? ['REMOVE shards, soldOut'] : bucket.available > 0 ? ['REMOVE soldOut'] : []),
        ].join(' '),
        ConditionExpression: 'shards = :before',
        ExpressionAttributeValues: {
          ...values,
          ...toAttributes({
            ':moved': moved,
            ...Object.fromEntries(counts.map(([name, count]) => [`:${name}`, count])),
            ':before': index + 1,
            ...(index > 1 && { ':fewer': index }),
          }),
        },
      },
    },
  ]);
}

/**
 * Marks the first row when nothing is left in any: readers then need no other row to know. Each row is marked, too, so that units that come
 * back to it take the mark of the first away in the same transaction.
 */
export function markSoldOut(
  client: DynamoDBClient,
  table: string,
  sku: string,
  locationId: string,
  shards: number,
): Promise<boolean> {
  const first: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: toAttributes(bucketKeyOf(sku, locationId)),
      UpdateExpression: 'SET soldOut = :yes',
      ConditionExpression: 'available = :none AND shards = :shards',
      ExpressionAttributeValues: toAttributes({ ':yes': 'yes', ':none': 0, ':shards': shards }),
    },
  };
  return commitStep(client, [first, ...closedRows(table, sku, locationId, shards)]);
}

/** The marks of the rows after the first. */
export const closedRows = (TableName: string, sku: string, locationId: string, shards: number): TransactWriteItem[] =>
  Array.from({ length: shards - 1 }, (_, n) => ({
    Update: {
      TableName,
      Key: toAttributes(bucketKeyOf(sku, locationId, n + 1)),
      UpdateExpression: 'SET closed = :yes',
      ConditionExpression: 'available = :none',
      ExpressionAttributeValues: toAttributes({ ':yes': 'yes', ':none': 0 }),
    },
  }));
