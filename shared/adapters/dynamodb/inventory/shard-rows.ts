import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { demandAt, demandCounts } from '../../../domain/stock/demand.ts';
import { type Shard, shardsForMeasured, sumShards } from '../../../domain/stock/shards.ts';
import { Bucket } from '../../../domain/stock.ts';
import type { StockForSale } from '../../../ports/network.ts';
import type { System } from '../../../ports/system.ts';
import { pk, stockSk } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { getRows } from './rows.ts';

/**
 * The rows of a bucket that is split. Row 0 is the row that every bucket has; it says how many there are (`shards`). The others stand under
 * partition keys of their own, one for each number, because it is the partition key that has a limit.
 */
export const bucketKeyOf = (sku: string, locationId: string, shard = 0): Item =>
  shard === 0
    ? { pk: pk.sku(sku), sk: `${stockSk.location}${locationId}` }
    : { pk: `${pk.sku(sku)}#${shard}`, sk: `${stockSk.location}${locationId}#${shard}` };

export const shardCount = (base: Item | undefined): number => Number(base?.shards ?? 1);

/** Nothing was left of the whole bucket when somebody last looked at all of its rows, and nothing has come since. */
export const isSoldOut = (base: Item): boolean => String(base.soldOut ?? '') === 'yes';

export const shardOfRow = (row: Item, index: number): Shard => ({
  index,
  bucket: Bucket.parse(row),
  moved: Number(row.moved ?? 0),
  closed: String(row.closed ?? '') === 'yes',
});

/** Rows were split or merged while they were read, again and again. Nothing was written; try again later. */
export class ShardContention extends Error {
  override readonly name = 'StoreContention';
}

/** What was seen of one bucket that is split, or is used so much that it should be. */
interface Known {
  shards: number;
  /** Reservations ever, and when they were that many (epoch ms). */
  taken: number;
  at: number;
  /** Rows that the measured rate asks for. */
  wanted: number;
}

const known = new WeakMap<DynamoDBClient, Map<string, Known>>();
/** Two looks at a bucket measure a rate when they lie this far apart, in milliseconds. */
const [shortest, longest] = [1000, 30_000];
/** A process that reads many SKUs forgets: what it does not know is one row, and it learns otherwise when that refuses. */
const mostKnown = 5000;

const keyOf = (table: string, sku: unknown, locationId: unknown): string => `${table} ${sku} ${locationId}`;

/** What this process knows of buckets, so that most changes are written without reading first. It may be out of date: conditions tell. */
export function shardHints(client: DynamoDBClient, table: string) {
  const map = known.get(client) ?? new Map<string, Known>();
  known.set(client, map);
  return {
    of: (sku: string, locationId: string): number => map.get(keyOf(table, sku, locationId))?.shards ?? 1,

    /** Notes what a look at all rows of a bucket, or at its first, showed. `taken`: reservations ever, if all rows were seen. */
    note(base: Item, now: number, taken: number | undefined): void {
      const key = keyOf(table, base.sku, base.locationId);
      const before = map.get(key);
      const shards = shardCount(base);
      if (map.size >= mostKnown && !before) map.clear();
      if (taken === undefined) {
        if (before) map.set(key, { ...before, shards });
        else if (shards > 1) map.set(key, { shards, taken: 0, at: 0, wanted: shards });
        return;
      }
      const elapsed = before ? now - before.at : longest;
      if (before && elapsed < shortest) {
        map.set(key, { ...before, shards });
        return;
      }
      // Split by an operator: what was measured does not count.
      const isFixed = base.isPlanned !== undefined;
      const rate = before && elapsed < longest && !isFixed ? ((taken - before.taken) * 1000) / elapsed : 0;
      map.set(key, { shards, taken, at: now, wanted: Math.max(shards, shardsForMeasured(rate)) });
    },

    /** Buckets that are used more than their rows should be. */
    outgrown: (sku: string, locationId: string): number | undefined => {
      const one = map.get(keyOf(table, sku, locationId));
      return one && one.wanted > one.shards ? one.wanted : undefined;
    },
  };
}

export interface ReadShards {
  base: Item;
  shards: Shard[];
  /** Reservations ever, by row. */
  taken: number[];
  /** What orders wanted of it, by row. */
  demand: Record<string, number>[];
}

/** How often rows are looked for again that were merged, or added, while they were read. */
const rounds = 8;

/** All rows of buckets, strongly consistent. @param bases the first row of each, as just read */
export async function readShards(
  client: DynamoDBClient,
  table: string,
  bases: readonly Item[],
  system: Pick<System, 'now' | 'sleep' | 'random'>,
): Promise<ReadShards[]> {
  const hints = shardHints(client, table);
  let asked = [...bases];
  const found: ReadShards[] = [];
  for (let round = 0; asked.length > 0; round++) {
    if (round === rounds) throw new ShardContention(`${asked.length} buckets were split or merged in every round`);
    const others = asked.flatMap((base) =>
      Array.from({ length: shardCount(base) - 1 }, (_, n) =>
        bucketKeyOf(String(base.sku), String(base.locationId), n + 1),
      ),
    );
    const rows = others.length === 0 ? [] : await getRows(client, table, others, system);
    const byKey = new Map(rows.map((row) => [`${row.pk} ${row.sk}`, row]));
    const torn: Item[] = [];
    for (const base of asked) {
      const keys = Array.from({ length: shardCount(base) }, (_, n) =>
        bucketKeyOf(String(base.sku), String(base.locationId), n),
      );
      const all = keys.map((key, n) => (n === 0 ? base : byKey.get(`${key.pk} ${key.sk}`)));
      if (all.some((row) => row === undefined)) {
        torn.push(base);
        continue;
      }
      const whole = all.flatMap((row) => (row ? [row] : []));
      const taken = whole.map((row) => Number(row.taken ?? 0));
      hints.note(
        base,
        system.now(),
        taken.reduce((sum, one) => sum + one, 0),
      );
      found.push({ base, shards: whole.map(shardOfRow), taken, demand: whole.map(demandCounts) });
    }
    if (torn.length === 0) break;
    const again = torn.map(({ sku, locationId }) => bucketKeyOf(String(sku), String(locationId)));
    asked = await getRows(client, table, again, system);
  }
  return found;
}

/** Buckets as everybody knows them: in the order of their first rows. */
export async function readBuckets(
  client: DynamoDBClient,
  table: string,
  bases: readonly Item[],
  system: Pick<System, 'now' | 'sleep' | 'random'>,
): Promise<Bucket[]> {
  const read = await readShards(client, table, bases, system);
  const byKey = new Map(read.map(({ shards }) => [shards, sumShards(shards)]));
  return inOrder([...byKey.values()]);
}

/** By SKU and location. */
const inOrder = <One extends Bucket>(buckets: One[]): One[] =>
  buckets.sort((a, b) =>
    a.sku === b.sku ? (a.locationId < b.locationId ? -1 : 1) : `${a.sku} ` < `${b.sku} ` ? -1 : 1,
  );

/**
 * Buckets as who sells sees them: one that is marked as sold out is not looked at any further. What it has held, promised and set aside is
 * then what its first row has of it; nothing of it is for sale either way.
 */
export async function readForSale(
  client: DynamoDBClient,
  table: string,
  bases: readonly Item[],
  system: Pick<System, 'now' | 'sleep' | 'random'>,
): Promise<StockForSale[]> {
  const hints = shardHints(client, table);
  const gone = bases.filter(isSoldOut);
  for (const base of gone) hints.note(base, system.now(), undefined);
  const read = await readShards(
    client,
    table,
    bases.filter((base) => !isSoldOut(base)),
    system,
  );
  const now = system.now();
  const all = [
    ...read.map(({ shards, demand }) => ({ ...sumShards(shards), demand: demandAt(demand, now) })),
    ...gone.map((base) => ({ ...Bucket.parse(base), demand: demandAt([demandCounts(base)], now) })),
  ];
  return inOrder(all);
}
