import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type Piece, spread, sumShards } from '../../../domain/stock/shards.ts';
import { noChange } from '../../../domain/stock.ts';
import type { BucketWrite } from '../../../ports/stock-store.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import type { Item } from '../order-items.ts';
import { bucketPut, bucketUpdate } from './buckets.ts';
import { getRows } from './rows.ts';
import { bucketKeyOf, type ReadShards, readShards, shardHints } from './shard-rows.ts';

/** An action of a transaction, and the bucket that it is about. */
export interface BucketAction {
  sku: string;
  locationId: string;
  action: TransactWriteItem;
}

/**
 * What operators do to buckets, as actions of one transaction. What was read a moment ago says which buckets are split: their rows are read
 * again, because the decision was made on their sum, and a count holds on to each of them.
 * @returns undefined when the rows are not any more what was decided on
 */
export async function bucketWrites(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'now' | 'sleep' | 'random'>,
  writes: readonly BucketWrite[],
  at: string,
): Promise<BucketAction[] | undefined> {
  const hints = shardHints(client, table);
  const isSplit = ({ change }: BucketWrite) => hints.of(change.sku, change.locationId) > 1;
  const split = writes.filter(isSplit);
  const keys = split.map(({ change }) => bucketKeyOf(change.sku, change.locationId));
  const bases = split.length === 0 ? [] : await getRows(client, table, keys, system);
  const read = await readShards(client, table, bases, system);
  const actions: BucketAction[] = [];
  for (const write of writes) {
    const { sku, locationId } = write.change;
    const rows = read.find(({ base }) => base.sku === sku && base.locationId === locationId);
    const ofBucket = rows ? splitWrite(table, write, rows, at) : [plainWrite(table, write, at)];
    if (!ofBucket) return undefined;
    actions.push(...ofBucket.map((action) => ({ sku, locationId, action })));
  }
  return actions;
}

function plainWrite(TableName: string, write: BucketWrite, at: string): TransactWriteItem {
  const { change, isNew, onHandWas, availableWas, missing, lowAt } = write;
  const set: Item = { ...(missing !== undefined && { missing }) };
  if (isNew) return bucketPut(TableName, change, at, { ...set, ...(lowAt !== undefined && { lowAt }) });
  return { Update: bucketUpdate(TableName, change, at, { onHandWas, availableWas, set }) };
}

/** A count is of all rows: each must have what it had. What an operator takes or brings touches as few as can be. */
function splitWrite(
  table: string,
  { change, isNew, onHandWas, availableWas, missing }: BucketWrite,
  { shards }: ReadShards,
  at: string,
): TransactWriteItem[] | undefined {
  const sum = sumShards(shards);
  const isCount = onHandWas !== undefined;
  if (isNew || (isCount && sum.onHand !== onHandWas)) return undefined;
  if (availableWas !== undefined && sum.available !== availableWas) return undefined;
  const pieces = spread(change, shards, 0);
  if (!pieces) return undefined;
  const none: Piece = { index: 0, leave: 0, change: { ...change, ...noChange(change.sku, change.locationId) } };
  const touched = shards.flatMap((shard) => {
    const piece = pieces.find(({ index }) => index === shard.index);
    return piece || isCount ? [{ shard, piece: piece ?? { ...none, index: shard.index } }] : [];
  });
  const first = touched.some(({ shard }) => shard.index === 0);
  const reopens = touched.some(({ shard, piece }) => shard.closed && piece.change.available > 0);
  const updates = touched.map(({ shard, piece }) => {
    const Update = bucketUpdate(table, piece.change, at, {
      shard: shard.index,
      reopens: shard.closed && piece.change.available > 0,
      ...(isCount && { onHandWas: shard.bucket.onHand }),
      ...(availableWas !== undefined && { availableWas: shard.bucket.available }),
      ...(shard.index === 0 && missing !== undefined && { set: { missing } }),
    });
    if (shard.index === 0 && reopens && piece.change.available <= 0) Update.UpdateExpression += ' REMOVE soldOut';
    return { Update };
  });
  return reopens && !first ? [...updates, notSoldOut(table, change)] : updates;
}

/** The first row of a bucket is not marked any more. */
export const notSoldOut = (
  TableName: string,
  { sku, locationId }: { sku: string; locationId: string },
): TransactWriteItem => ({
  Update: {
    TableName,
    Key: toAttributes(bucketKeyOf(sku, locationId)),
    UpdateExpression: 'REMOVE soldOut',
    ConditionExpression: 'attribute_exists(pk)',
  },
});
