import type { LocationId, Sku } from '../ids.ts';
import { applyChange, type Bucket, bucketChanges, emptyBucket, type Posting } from '../stock.ts';
import { mostUnits, type StockEntry } from './entry.ts';
import type { Supply } from './supply.ts';
import type { Transfer } from './transfer.ts';

export type StockRejectionCode =
  | 'insufficient_stock'
  | 'below_committed'
  | 'stock_limit'
  | 'transfer_not_found'
  | 'transfer_closed'
  | 'not_in_transit'
  | 'supply_not_found'
  | 'supply_closed'
  | 'supply_mismatch'
  | 'supply_of_transfer'
  | 'below_promised'
  | 'count_time_not_allowed'
  | 'location_not_found';

export interface StockRejection {
  code: StockRejectionCode;
  /** For people: what is the matter. */
  message: string;
  /** Numbers that explain it. */
  facts?: Record<string, unknown>;
}

/** What a command decides on. */
export interface StockState {
  now: string;
  /** By `bucketKey`; one that has never been is absent. */
  buckets: ReadonlyMap<string, Bucket>;
  transfer?: Transfer | undefined;
  supplies: ReadonlyMap<string, Supply>;
  /** Of a count: units that came since it was made, less those that went. */
  movedSince: number;
}

export interface TransferEvent {
  type: 'transfer.dispatched' | 'transfer.received' | 'transfer.canceled';
  data: Record<string, unknown>;
}

export interface SupplyEvent {
  type: 'supply.expected' | 'supply.changed' | 'supply.received' | 'supply.canceled';
  data: Record<string, unknown>;
}

/** The effect of a command: entries for the ledger, documents that changed, each with its event. */
export interface StockDecision {
  ok: true;
  entries: StockEntry[];
  transfer?: { after: Transfer; event: TransferEvent };
  supplies: { after: Supply; event: SupplyEvent }[];
  /** Of a count: the promised units that were not found (0 clears an earlier discrepancy). */
  missing?: number;
}

export type StockDecided = StockDecision | { ok: false; rejection: StockRejection };

export const rejectStock = (
  code: StockRejectionCode,
  message: string,
  facts?: Record<string, unknown>,
): { ok: false; rejection: StockRejection } => ({
  ok: false,
  rejection: { code, message, ...(facts && { facts }) },
});

export const bucketKey = (sku: Sku, locationId: LocationId): string => `${sku} ${locationId}`;

export const bucketIn = ({ buckets, now }: StockState, sku: Sku, locationId: LocationId): Bucket =>
  buckets.get(bucketKey(sku, locationId)) ?? emptyBucket(sku, locationId, now);

/** Refuses postings that a bucket cannot give or hold; the store's condition says the same again at the moment of writing. */
export function refusePostings(state: StockState, postings: readonly Posting[]) {
  for (const change of bucketChanges(postings)) {
    const { sku, locationId } = change;
    const bucket = bucketIn(state, sku, locationId);
    const after = applyChange(bucket, change);
    if (!after) {
      const { onHand, available, held, committed, unavailable, damaged, quality_control, quarantine } = bucket;
      const facts = { sku, locationId, onHand, available, held, committed, unavailable };
      return rejectStock(
        'insufficient_stock',
        `${sku} at ${locationId} has ${available} available, ${damaged} damaged, ${quality_control} in quality control and ${quarantine} in quarantine.`,
        facts,
      );
    }
    if (after.onHand > mostUnits) {
      return rejectStock('stock_limit', `${sku} at ${locationId} would have more than ${mostUnits} units on hand.`);
    }
  }
  return undefined;
}
