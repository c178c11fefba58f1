import type { Sku } from '../../domain/ids.ts';
import { shardsForMeasured, shardsForPeak } from '../../domain/stock/shards.ts';
import type { ShardPlan, SplitBucket, StockShards } from '../../ports/stock-shards.ts';
import type { System } from '../../ports/system.ts';

export interface TendShardsDeps {
  shards: StockShards;
  system: Pick<System, 'now' | 'sleep' | 'random'>;
}

/** SKUs a run: there are few hot ones. */
const mostSkus = 200;
/** Steps of one bucket that may meet reservations before somebody else, or the next run, goes on. */
const attempts = 40;
const longestPause = 100;

/** Replaces what an operator wants of a SKU, and carries it out as far as reservations let it. @returns undefined: no such SKU */
export async function planShards(deps: TendShardsDeps, sku: Sku, plan: ShardPlan): Promise<SplitBucket[] | undefined> {
  if (!(await deps.shards.setPlan(sku, plan))) return undefined;
  const wanted = plannedShards(plan);
  // Left to what is measured, nothing is known yet: rows that are there stay until they have cooled.
  if (wanted !== undefined) await resizeAll(deps, sku, () => wanted);
  return deps.shards.buckets(sku);
}

export const plannedShards = ({ shards, expectedPeak }: ShardPlan): number | undefined =>
  shards ?? (expectedPeak === undefined ? undefined : shardsForPeak(expectedPeak));

/**
 * Looks after buckets that are split, every few minutes: as many rows as an operator wants or the rate since the last look asks for, and evenly
 * filled. A SKU whose buckets are all one row again is looked after no more.
 */
export async function tendShards(deps: TendShardsDeps): Promise<{ resized: number; merged: number }> {
  const { shards, system } = deps;
  const tended = { resized: 0, merged: 0 };
  for (const { sku, splits, sample } of await shards.splitSkus(mostSkus)) {
    const planned = plannedShards((await shards.planOf(sku)) ?? {});
    const before = await shards.buckets(sku);
    const now = { taken: before.reduce((sum, { taken }) => sum + taken, 0), at: system.now() };
    const rate = sample && now.at > sample.at ? ((now.taken - sample.taken) * 1000) / (now.at - sample.at) : undefined;
    tended.resized += await resizeAll(deps, sku, ({ shards: rows }) => planned ?? cooledTo(rows.length, rate));
    const after = await shards.buckets(sku);
    if (planned === undefined && after.every(({ shards: rows }) => rows.length === 1)) {
      await shards.forget(sku, splits);
      tended.merged += 1;
    } else await shards.noteRate(sku, now);
  }
  return tended;
}

/** Rows go when half of them would do: a rate that wavers does not split and merge again and again. */
function cooledTo(rows: number, rate: number | undefined): number {
  if (rate === undefined) return rows;
  const wanted = shardsForMeasured(rate);
  return wanted > rows || wanted * 2 <= rows ? wanted : rows;
}

/** @returns how many buckets have another number of rows now */
async function resizeAll(deps: TendShardsDeps, sku: Sku, wantedOf: (bucket: SplitBucket) => number): Promise<number> {
  let resized = 0;
  for (const bucket of await deps.shards.buckets(sku)) {
    const wanted = wantedOf(bucket);
    const after = await resizeOne(deps, bucket, wanted);
    if (after && after.shards.length !== bucket.shards.length) resized += 1;
    if (after && after.shards.length > 1) await deps.shards.evenOut(after);
  }
  return resized;
}

async function resizeOne(
  { shards, system }: TendShardsDeps,
  bucket: SplitBucket,
  wanted: number,
): Promise<SplitBucket | undefined> {
  let now: SplitBucket | undefined = bucket;
  for (let attempt = 0; attempt < attempts && now && now.shards.length !== wanted; attempt++) {
    if (!(await shards.resize(now, wanted))) await system.sleep(system.random() * longestPause);
    now = (await shards.buckets(bucket.sku)).find(({ locationId }) => locationId === bucket.locationId);
  }
  return now;
}
