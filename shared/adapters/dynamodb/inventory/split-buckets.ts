import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Piece, type Shard, spread, sumShards } from '../../../domain/stock/shards.ts';
import { applyChange, type GuardedChange } from '../../../domain/stock.ts';
import type { System } from '../../../ports/system.ts';
import { fromAttributes } from '../client.ts';
import type { Item } from '../order-items.ts';
import { bucketUpdate, type Extra } from './buckets.ts';
import { carryOutMoves } from './even-rows.ts';
import { addRows, markSoldOut } from './reshard.ts';
import { getRows } from './rows.ts';
import { bucketKeyOf, isSoldOut, readShards, shardCount, shardHints } from './shard-rows.ts';
import { type BucketAction, notSoldOut } from './split-writes.ts';

/** A bucket's change, as it is tried now. */
export interface Tried {
  change: GuardedChange;
  pieces: Piece[];
  /** As they were read; a guess was made without. */
  shards?: readonly Shard[];
}

type Options = Pick<Extra, 'isReservation'>;

/** Pieces of one bucket that were refused, with the row as it was instead, if there is one. */
export type Refused = { sku: string; locationId: string; row?: Item | undefined };

/**
 * Changes of buckets as actions of one transaction, whether or not the buckets are split. First a guess: one row of each, a random one. Only
 * when that is refused all rows of the bucket are read, and the change is spread over those that have enough.
 */
export function splitBuckets(client: DynamoDBClient, table: string, system: Pick<System, 'now' | 'sleep' | 'random'>) {
  const hints = shardHints(client, table);

  return {
    guess: (changes: readonly GuardedChange[]): Tried[] =>
      changes.map(({ keep = 0, refused = 0, ...change }) => {
        const shards = hints.of(change.sku, change.locationId);
        const index = shards === 1 ? 0 : Math.floor(system.random() * shards);
        return {
          change: { ...change, keep, refused },
          pieces: [{ index, change, leave: change.available < 0 ? keep : 0 }],
        };
      }),

    /**
     * Another try after a refusal.
     * @returns the buckets that have not enough in all of their rows together, if there are any
     */
    async again(
      tried: readonly Tried[],
      refused: readonly Refused[],
    ): Promise<{ tried: Tried[] } | { short: Refused[] }> {
      const isRefused = ({ change }: Tried) =>
        refused.some(({ sku, locationId }) => sku === change.sku && locationId === change.locationId);
      // A bucket of one row that was asked for what it does not have is short: nothing more to read.
      const plain = refused.filter(
        ({ row }) => row && shardCount(row) === 1 && row.pk === bucketKeyOf(String(row.sku), '').pk,
      );
      const short = plain.filter(({ sku, locationId }) => hints.of(sku, locationId) === 1);
      if (short.length > 0) return { short };
      const keys = tried.filter(isRefused).map(({ change }) => bucketKeyOf(change.sku, change.locationId));
      const read = await readShards(client, table, await getRows(client, table, keys, system), system);
      const byBucket = new Map(read.map((one) => [`${one.base.sku} ${one.base.locationId}`, one]));
      const next: Tried[] = [];
      const missing: Refused[] = [];
      for (const one of tried) {
        const { sku, locationId } = one.change;
        const found = byBucket.get(`${sku} ${locationId}`);
        if (!isRefused(one)) next.push(one);
        else if (!found || !applyChange(sumShards(found.shards), one.change)) {
          missing.push({ sku, locationId });
          if (found && one.change.available < 0) await noteSoldOut(client, table, found);
        } else {
          const { shards } = found;
          const pieces = spread(one.change, shards, Math.floor(system.random() * shards.length));
          // All rows together have enough, but units moved between them while they were read: guess once more.
          next.push(pieces ? { change: one.change, pieces, shards } : one);
        }
      }
      return missing.length > 0 ? { short: missing } : { tried: next };
    },

    actions: (tried: readonly Tried[], at: string, options: Options = {}): BucketAction[] =>
      tried.flatMap((one) => actionsOf(table, one, at, options)),

    /**
     * After a commit: a bucket that is used more than its rows should be gets more of them; one whose rows the buyer found uneven is made
     * even, by one of a few who find it so. What fails here is tried again by the next, and nobody waits for it.
     */
    async tend(tried: readonly Tried[]): Promise<void> {
      for (const { change, shards } of tried) {
        const { sku, locationId } = change;
        const wanted = hints.outgrown(sku, locationId);
        if (wanted === undefined && (!shards || shards.length === 1 || system.random() >= tendedBy)) continue;
        try {
          const [base] = await getRows(client, table, [bucketKeyOf(sku, locationId)], system);
          const [read] = base ? await readShards(client, table, [base], system) : [];
          if (!read) continue;
          const isSmall = wanted !== undefined && wanted > read.shards.length;
          if (isSmall) await addRows(client, table, read.base, wanted);
          else await carryOutMoves(client, table, { sku, locationId }, read.shards);
        } catch {
          // The order is written: it must not fail because its stock's rows could not be tended.
        }
      }
    },
  };
}

/** Of those who find the rows of a bucket uneven: all at once would only meet each other. */
const tendedBy = 0.2;

async function noteSoldOut(client: DynamoDBClient, table: string, { base, shards }: { base: Item; shards: Shard[] }) {
  if (shards.length > 1 && !isSoldOut(base) && shards.every(({ bucket }) => bucket.available === 0)) {
    await markSoldOut(client, table, String(base.sku), String(base.locationId), shards.length);
  }
}

function actionsOf(table: string, { change, pieces, shards }: Tried, at: string, options: Options): BucketAction[] {
  const { sku, locationId } = change;
  const closed = new Set(shards?.flatMap((shard) => (shard.closed && shard.index > 0 ? [shard.index] : [])));
  const opens = (piece: Piece): boolean => closed.has(piece.index) && piece.change.available > 0;
  const ofFirst = pieces.find(({ index }) => index === 0);
  const updates = pieces.map((piece, place) => ({
    Update: bucketUpdate(table, piece.change, at, {
      ...options,
      // In one row is enough: readers sum them.
      refused: place === 0 ? change.refused : 0,
      shard: piece.index,
      keep: piece.leave,
      reopens: opens(piece),
    }),
  }));
  if (pieces.some(opens) && !(ofFirst && ofFirst.change.available > 0)) {
    const first = ofFirst ? updates[pieces.indexOf(ofFirst)]?.Update : undefined;
    if (first) first.UpdateExpression += ' REMOVE soldOut';
    else return [...updates, notSoldOut(table, change)].map((action) => ({ sku, locationId, action }));
  }
  return updates.map((action) => ({ sku, locationId, action }));
}

/** The bucket guards that refused a transaction. @param buckets by the place of their action in the transaction */
export function refusedOf(
  error: unknown,
  buckets: ReadonlyMap<number, { sku: string; locationId: string }>,
): Refused[] {
  const { CancellationReasons: reasons = [] } = error as {
    CancellationReasons?: { Code?: string; Item?: Parameters<typeof fromAttributes>[0] }[];
  };
  return reasons.flatMap(({ Code, Item }, index) => {
    const bucket = buckets.get(index);
    return bucket && Code === 'ConditionalCheckFailed' ? [{ ...bucket, row: Item && fromAttributes(Item) }] : [];
  });
}
