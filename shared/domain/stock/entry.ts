import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';
import { Account, type Bucket, type BucketChange, bucketChanges, type Posting } from '../stock.ts';

/** More than any site holds, and far from where sums lose precision. */
export const mostUnits = 1_000_000_000;

/** Why somebody changed what is on hand. The sign says whether units came or went: nothing is lost upwards. */
export const AdjustmentReason = z.enum(['found', 'lost', 'damaged', 'theft', 'expired', 'sample', 'correction']);
export type AdjustmentReason = z.infer<typeof AdjustmentReason>;

export const onlyMore: readonly AdjustmentReason[] = ['found'];
export const onlyFewer: readonly AdjustmentReason[] = ['lost', 'damaged', 'theft', 'expired', 'sample'];

/** What a movement belongs to, in another system or in this one. */
export const Reference = z.object({
  type: z.enum(['purchase_order', 'asn', 'transfer', 'supply', 'return', 'work_order', 'other']),
  id: z.string().min(1).max(128),
});
export type Reference = z.infer<typeof Reference>;

export const MovementKind = z.enum([
  'adjustment',
  'count',
  'receipt',
  'status_change',
  'transfer_out',
  'transfer_in',
  'transfer_loss',
  'transfer_return',
]);
export type MovementKind = z.infer<typeof MovementKind>;

const Leg = z.object({ from: Account, to: Account, quantity: z.int().positive() });

/**
 * A movement of one SKU at one location: an entry of the stock ledger, and the data of the event `stock.adjusted`. `onHand` and `available`
 * are what was left as far as this command saw; `postings` are exact, and the bucket is their fold (invariant U10). Postings and what
 * explains them are absent from rows written before there were reasons: then the units came or went in the account AVAILABLE.
 */
export const stockAdjustedData = z.looseObject({
  sku: Sku,
  locationId: LocationId,
  onHand: z.int().min(0),
  available: z.int().min(0),
  /** How many more (fewer, when negative) are on hand than before. */
  change: z.int(),
  /** How many more (fewer) can be sold than before. */
  availableChange: z.int().optional(),
  kind: MovementKind.optional(),
  reason: z.string().optional(),
  postings: z.array(Leg).optional(),
  reference: Reference.optional(),
  /** Of a count: what was found, what the books said for that moment, and promised units that were not found. */
  count: z.object({ asOf: z.string(), counted: z.int(), expected: z.int(), missing: z.int() }).optional(),
});
export type StockAdjusted = z.infer<typeof stockAdjustedData>;

/** The postings of an entry, in full. */
export const postingsOfEntry = ({ sku, locationId, change, postings }: StockAdjusted): Posting[] => {
  const legs = postings ?? [
    ...(change > 0 ? [{ from: 'EXTERNAL' as const, to: 'AVAILABLE' as const, quantity: change }] : []),
    ...(change < 0 ? [{ from: 'AVAILABLE' as const, to: 'EXTERNAL' as const, quantity: -change }] : []),
  ];
  return legs.map((leg) => ({ sku, locationId, ...leg }));
};

/** An entry about to be written. */
export interface StockEntry {
  sku: Sku;
  locationId: LocationId;
  kind: MovementKind;
  reason: string;
  postings: Posting[];
  reference?: Reference | undefined;
  /** For people; it stays in the store. */
  note?: string | undefined;
  count?: StockAdjusted['count'];
}

/** What an entry changes of its bucket. */
export const changeOf = (entry: StockEntry): BucketChange | undefined => bucketChanges(entry.postings)[0];

/** The public data of an entry, with the bucket as it is after it. */
export function entryData(entry: StockEntry, after: Bucket): StockAdjusted {
  const change = changeOf(entry);
  return {
    sku: entry.sku,
    locationId: entry.locationId,
    onHand: after.onHand,
    available: after.available,
    change: change?.onHand ?? 0,
    availableChange: change?.available ?? 0,
    kind: entry.kind,
    reason: entry.reason,
    postings: entry.postings.map(({ from, to, quantity }) => ({ from, to, quantity })),
    ...(entry.reference && { reference: entry.reference }),
    ...(entry.count && { count: entry.count }),
  };
}
