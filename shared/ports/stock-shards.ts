import type { LocationId, Sku } from '../domain/ids.ts';
import type { Shard } from '../domain/stock/shards.ts';

/** What an operator wants of a SKU at each of its locations; neither: as measured. */
export interface ShardPlan {
  /** Reservations a second at the peak. */
  expectedPeak?: number | undefined;
  /** Rows. */
  shards?: number | undefined;
}

/** One bucket with its rows. */
export interface SplitBucket {
  sku: Sku;
  locationId: LocationId;
  shards: Shard[];
  /** Reservations ever. */
  taken: number;
}

export interface SplitSku {
  sku: Sku;
  /** How often it was split, or planned to be. */
  splits: number;
  /** Reservations ever, and when they were noted (epoch ms). */
  sample: { taken: number; at: number } | undefined;
}

/** The rows that buckets of hot SKUs are split in. */
export interface StockShards {
  /** SKUs that are split, or are to be, at most `limit`. */
  splitSkus(limit: number): Promise<SplitSku[]>;
  /** Undefined: no such SKU. */
  planOf(sku: Sku): Promise<ShardPlan | undefined>;
  /** Replaces the plan. False: no such SKU. */
  setPlan(sku: Sku, plan: ShardPlan): Promise<boolean>;
  buckets(sku: Sku): Promise<SplitBucket[]>;
  /** One step towards this many rows: false when somebody was faster, and nothing was changed. */
  resize(bucket: SplitBucket, wanted: number): Promise<boolean>;
  /** Makes the rows even, as far as nobody gets in between: false then. */
  evenOut(bucket: SplitBucket): Promise<boolean>;
  /** Notes how many reservations there were by now: two notes make a rate. */
  noteRate(sku: Sku, sample: { taken: number; at: number }): Promise<void>;
  /** The SKU is not split any more, unless it was split again since it was read. */
  forget(sku: Sku, splits: number): Promise<void>;
}
