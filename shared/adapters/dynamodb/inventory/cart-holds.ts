import {
  type DynamoDBClient,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type CartHold, CartHoldId, holdPostings } from '../../../domain/stock/cart-hold.ts';
import { bucketChanges, type GuardedChange } from '../../../domain/stock.ts';
import type { CartHoldStore, HoldOutcome, KeptHold } from '../../../ports/cart-holds.ts';
import type { System } from '../../../ports/system.ts';
import { fromAttributes, toAttributes } from '../client.ts';
import { heldSk, listShards, onlySk, pk, stockIndexKeys, stockPartitions } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { makeFit, mostActions } from './even-rows.ts';
import { dynamoKeptHolds, heldRowRemovals, holdUpdate } from './kept-holds.ts';
import { refusedOf, splitBuckets } from './split-buckets.ts';

/**
 * Holds of carts, in the table `inventory`: a row of its own for each hold, and a row with the SKU for each bucket, which says until when its units
 * are held: readers count what is over as available, whether or not the sweep has been there.
 */
export function dynamoCartHolds(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'now' | 'sleep' | 'random'>,
): CartHoldStore {
  const split = splitBuckets(client, table, system);

  const commit = async (actions: TransactWriteItem[], buckets: { from: number; to: number }): Promise<HoldOutcome> => {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
      return { outcome: 'done' };
    } catch (error) {
      return outcomeOf(error, buckets);
    }
  };

  /** The hold's row, its guards, other rows. Guards that refuse are tried on other rows of their buckets. */
  const commitGuarded = async (
    first: TransactWriteItem,
    changes: readonly GuardedChange[],
    rest: readonly TransactWriteItem[],
    at: string,
  ): Promise<HoldOutcome> => {
    let tried = split.guess(changes);
    for (let round = 0; round < bucketRounds; round++) {
      const buckets = split.actions(tried, at, { isReservation: true });
      const TransactItems = [first, ...buckets.map(({ action }) => action), ...rest];
      if (TransactItems.length > mostActions) {
        await makeFit(client, table, system, TransactItems.length, buckets);
        return { outcome: 'conflict' };
      }
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems }));
        await split.tend(tried);
        return { outcome: 'done' };
      } catch (error) {
        const outcome = outcomeOf(error, { from: 1, to: 1 + buckets.length });
        if (outcome.outcome !== 'short') return outcome;
        const places = new Map(buckets.map((bucket, index) => [index + 1, bucket]));
        const next = await split.again(tried, refusedOf(error, places));
        if ('short' in next) return outcome;
        tried = next.tried;
      }
    }
    return { outcome: 'conflict' };
  };

  return {
    ...dynamoKeptHolds(client, table),

    async create({ hold, requestHash }, units) {
      const keep = new Map(units.map((one) => [`${one.sku} ${one.locationId}`, one.keep]));
      const changes = bucketChanges(holdPostings(hold.units, 'AVAILABLE', 'HELD'));
      const guarded = changes.map((change) => ({
        ...change,
        keep: keep.get(`${change.sku} ${change.locationId}`) ?? 0,
      }));
      const header = {
        Put: {
          TableName: table,
          Item: toAttributes(headerOf({ hold, requestHash })),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      };
      return commitGuarded(header, guarded, heldRows(table, hold), hold.createdAt);
    },

    async extend(before, after) {
      const rows = after.units.map(({ sku, locationId }) => ({
        Update: {
          TableName: table,
          Key: toAttributes({ pk: pk.sku(sku), sk: heldSk(locationId, after.id) }),
          UpdateExpression: 'SET heldUntil = :until',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':until': { S: after.heldUntil } },
        },
      }));
      return commit([holdUpdate(table, before, after), ...rows], { from: 0, to: 0 });
    },

    async end(before, after) {
      const changes = bucketChanges(holdPostings(before.units, 'HELD', 'AVAILABLE'));
      const removals = heldRowRemovals(table, before);
      const { outcome } = await commitGuarded(holdUpdate(table, before, after), changes, removals, after.endedAt ?? '');
      // What is held is there: when it is not, somebody ended the hold meanwhile.
      return { outcome: outcome === 'short' ? 'conflict' : outcome };
    },

    async due(now, limit) {
      const shards = Array.from({ length: listShards }, (_, shard) => dueIn(client, table, shard, now, limit));
      const found = (await Promise.all(shards)).flat().sort((a, b) => (a.rank < b.rank ? -1 : 1));
      return found.slice(0, limit).map(({ id }) => id);
    },
  };
}

/** Rows of split buckets that had enough when they were read, and had not when they were written: as often as this. */
const bucketRounds = 10;

const headerOf = ({ hold, requestHash }: KeptHold): Item => ({
  pk: pk.cartHold(hold.id),
  sk: onlySk,
  version: hold.version,
  requestHash,
  data: JSON.stringify(hold),
  ...stockIndexKeys.cartHold(hold.heldUntil, hold.id),
});

const heldRows = (TableName: string, { id, units, heldUntil }: CartHold): TransactWriteItem[] =>
  units.map(({ sku, locationId, quantity }) => {
    const row = { pk: pk.sku(sku), sk: heldSk(locationId, id), holdId: id, sku, locationId, quantity, heldUntil };
    return { Put: { TableName, Item: toAttributes(row), ConditionExpression: 'attribute_not_exists(pk)' } };
  });

async function dueIn(client: DynamoDBClient, table: string, shard: number, now: string, limit: number) {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk < :now',
      ExpressionAttributeValues: { ':pk': { S: stockPartitions.cartHolds(shard) }, ':now': { S: `${now}~` } },
      Limit: limit,
    }),
  );
  return Items.map(fromAttributes).map((item) => ({
    id: CartHoldId.parse(String(item.pk).slice(pk.cartHold('').length)),
    rank: String(item.gsi1sk),
  }));
}

/** @param buckets which actions are guards of stock: when one of them fails, and only they do, units are short */
function outcomeOf(error: unknown, buckets: { from: number; to: number }): HoldOutcome {
  const { name, CancellationReasons: reasons } = error as { name?: string; CancellationReasons?: { Code?: string }[] };
  if (name === 'TransactionInProgressException') return { outcome: 'conflict' };
  if (name !== 'TransactionCanceledException' || !reasons) throw error;
  const codes = reasons.map(({ Code }) => Code ?? 'None');
  const failed = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
  if (failed.length > 0) {
    return { outcome: failed.every((index) => index >= buckets.from && index < buckets.to) ? 'short' : 'conflict' };
  }
  const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  if (codes.some((code) => passing.includes(code))) return { outcome: 'conflict' };
  throw error;
}
