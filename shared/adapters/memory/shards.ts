import type { Sku } from '../../domain/ids.ts';
import { evenOut, type Shard, spread, sumShards } from '../../domain/stock/shards.ts';
import { applyChange, type Bucket, bucketCounters, emptyBucket, type GuardedChange } from '../../domain/stock.ts';
import type { ShardPlan, StockShards } from '../../ports/stock-shards.ts';

export interface MemoryShards {
  /** Rows of the buckets that are split, by `sku location`; the others are their one row. */
  rows: ReadonlyMap<string, readonly Shard[]>;
  /** What a change makes of a bucket, and how to carry it out; undefined when it has not enough. */
  plan(key: string, change: GuardedChange, set?: Partial<Bucket>): { after: Bucket; carryOut(): void } | undefined;
  /** One row more, with its part of what is available in the first. */
  split(key: string): void;
  /** One row fewer: the first takes what it had. */
  merge(key: string): void;
  /** One move of those that make the rows even. False: they are even. */
  level(key: string): boolean;
}

/** Buckets in memory that may be split, with the guards of the rows that the DynamoDB adapter writes. */
export function memoryShards(buckets: Map<string, Bucket>): MemoryShards {
  const rows = new Map<string, Shard[]>();
  let turn = 0;

  const keep = (key: string, shards: Shard[]): void => {
    buckets.set(key, sumShards(shards));
    if (shards.length > 1) rows.set(key, shards);
    else rows.delete(key);
  };
  const rowsOf = (key: string): Shard[] => {
    const whole = buckets.get(key);
    return rows.get(key) ?? (whole ? [{ index: 0, bucket: whole, moved: 0, closed: false }] : []);
  };
  const moved = (shard: Shard, units: number): Shard => ({
    ...shard,
    moved: shard.moved + units,
    bucket: {
      ...shard.bucket,
      available: shard.bucket.available + units,
      onHand: shard.bucket.onHand + units,
    },
  });

  return {
    rows,

    plan(key, change, set = {}) {
      const shards = rows.get(key);
      if (!shards) {
        const { sku, locationId } = change;
        const whole = buckets.get(key) ?? emptyBucket(sku, locationId, set.updatedAt ?? '');
        const after = applyChange(whole, change);
        return after && { after: { ...after, ...set }, carryOut: () => buckets.set(key, { ...after, ...set }) };
      }
      const pieces = spread(change, shards, turn++);
      if (!pieces) return undefined;
      const next = shards.map((shard) => {
        const piece = pieces.find(({ index }) => index === shard.index);
        const bucket = piece ? applyChange(shard.bucket, { ...piece.change, keep: piece.leave }) : shard.bucket;
        if (!bucket) throw new Error(`${key}: a piece of row ${shard.index} that it does not have`);
        return { ...shard, bucket: shard.index === 0 ? { ...bucket, ...set } : bucket };
      });
      return { after: sumShards(next), carryOut: () => keep(key, next) };
    },

    split(key) {
      const [first, ...others] = rowsOf(key);
      if (!first) return;
      const share = Math.floor(first.bucket.available / (others.length + 2));
      const { sku, locationId, updatedAt } = first.bucket;
      const fresh = {
        index: others.length + 1,
        bucket: emptyBucket(sku, locationId, updatedAt),
        moved: 0,
        closed: false,
      };
      keep(key, [moved(first, -share), ...others, moved(fresh, share)]);
    },

    merge(key) {
      const shards = rowsOf(key);
      const [first, ...others] = shards;
      const last = others.pop();
      if (!first || !last) return;
      const bucket = { ...first.bucket };
      for (const counter of bucketCounters) bucket[counter] += last.bucket[counter];
      keep(key, [{ ...first, bucket, moved: first.moved + last.moved }, ...others]);
    },

    level(key) {
      const shards = rowsOf(key);
      const [move] = shards.length > 1 ? evenOut(shards) : [];
      if (!move) return false;
      keep(
        key,
        shards.map((shard) => {
          if (shard.index === move.from) return moved(shard, -move.units);
          return shard.index === move.to ? moved(shard, move.units) : shard;
        }),
      );
      return true;
    },
  };
}

/** Plans and steps over buckets in memory. Reservations are not counted: to who tends the rows, every SKU has cooled. */
export function memoryStockShards(shards: MemoryShards, buckets: ReadonlyMap<string, Bucket>): StockShards {
  const plans = new Map<Sku, ShardPlan>();
  const listed = new Map<Sku, { splits: number; sample: { taken: number; at: number } | undefined }>();
  const list = (sku: Sku): void => {
    listed.set(sku, { sample: undefined, ...listed.get(sku), splits: (listed.get(sku)?.splits ?? 0) + 1 });
  };
  const keyOf = ({ sku, locationId }: { sku: string; locationId: string }): string => `${sku} ${locationId}`;
  const isOf = (sku: Sku) => (bucket: Bucket) => bucket.sku === sku;

  return {
    splitSkus: async (limit) => [...listed].slice(0, limit).map(([sku, one]) => ({ sku, ...one })),
    planOf: async (sku) => ([...buckets.values()].some(isOf(sku)) ? (plans.get(sku) ?? {}) : undefined),
    async setPlan(sku, plan) {
      if (![...buckets.values()].some(isOf(sku))) return false;
      plans.set(sku, plan);
      list(sku);
      return true;
    },
    buckets: async (sku) =>
      [...buckets.values()].filter(isOf(sku)).map((bucket) => ({
        sku,
        locationId: bucket.locationId,
        shards: [...(shards.rows.get(keyOf(bucket)) ?? [{ index: 0, bucket, moved: 0, closed: false }])],
        taken: 0,
      })),
    async resize(bucket, wanted) {
      const rows = shards.rows.get(keyOf(bucket))?.length ?? 1;
      if (rows !== bucket.shards.length) return false;
      if (wanted > rows) {
        shards.split(keyOf(bucket));
        list(bucket.sku);
      } else shards.merge(keyOf(bucket));
      return true;
    },
    evenOut: async (bucket) => !shards.level(keyOf(bucket)),
    async noteRate(sku, sample) {
      const one = listed.get(sku);
      if (one) listed.set(sku, { ...one, sample });
    },
    async forget(sku, splits) {
      if (listed.get(sku)?.splits === splits) listed.delete(sku);
    },
  };
}
