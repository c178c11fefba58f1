import * as z from 'zod';
import type { OrderEvent } from './events.ts';
import { LocationId, Sku } from './ids.ts';
import { goodsOf, type LineUnits } from './kit.ts';
import type { ShortReason } from './order.ts';

/** Why units that are on hand cannot be sold. */
export const UnavailableReason = z.enum(['damaged', 'quality_control', 'quarantine']);
export type UnavailableReason = z.infer<typeof UnavailableReason>;

const Units = z.int().min(0);
/** Rows written before reasons were kept have none. */
const UnitsOrNone = Units.default(0);

/** Stock of one SKU at one location. `available + held + committed + unavailable = onHand`, each >= 0 (invariant U2: never oversell). */
export const Bucket = z.object({
  sku: Sku,
  locationId: LocationId,
  onHand: Units,
  available: Units,
  /** By carts. */
  held: Units,
  /** By orders. */
  committed: Units,
  /** `damaged + quality_control + quarantine`. */
  unavailable: Units,
  damaged: UnitsOrNone,
  quality_control: UnitsOrNone,
  quarantine: UnitsOrNone,
  /** Promised units that the last count did not find: an open discrepancy, until a count finds enough. */
  missing: UnitsOrNone,
  updatedAt: z.iso.datetime(),
});
export type Bucket = z.infer<typeof Bucket>;

/**
 * Where units can be. Each account of a bucket is one of its counters; IN_TRANSIT are those under way between two locations (kept on the
 * transfer), EXTERNAL is outside the firm (sold, bought, found, lost).
 */
export const Account = z.enum([
  'AVAILABLE',
  'HELD',
  'COMMITTED',
  'DAMAGED',
  'QUALITY_CONTROL',
  'QUARANTINE',
  'IN_TRANSIT',
  'EXTERNAL',
]);
export type Account = z.infer<typeof Account>;

/** A double entry: units leave one account and arrive at another. */
export interface Posting {
  sku: Sku;
  locationId: LocationId;
  from: Account;
  to: Account;
  quantity: number;
}

/** The stock postings that an event of an order makes. The event row is the ledger entry: the same transaction writes both. */
export function postingsOf(event: Pick<OrderEvent, 'type' | 'data'>): Posting[] {
  const of = (from: Account, to: Account, units: readonly (LineUnits & { locationId: LocationId })[]): Posting[] =>
    units.flatMap((one) => goodsOf(one).map((goods) => ({ ...goods, locationId: one.locationId, from, to })));
  const { type, data } = event as OrderEvent;
  switch (type) {
    case 'reservation.created':
      return [
        ...of(data.cartHold ? 'HELD' : 'AVAILABLE', 'COMMITTED', data.reservations),
        ...of('HELD', 'AVAILABLE', data.cartHold?.released ?? []),
      ];
    case 'reservation.released':
    case 'order.cancellation_started':
    case 'order.canceled':
      return of('COMMITTED', 'AVAILABLE', data.reservations);
    case 'fulfillment.shipped':
      return of('COMMITTED', 'EXTERNAL', data.reservations);
    case 'order.remainder_canceled':
      return of('COMMITTED', 'AVAILABLE', data.reservations);
    case 'fulfillment.rejected':
      return of('COMMITTED', data.stock, data.reservations);
    case 'fulfillment.shorted':
      return data.lines.flatMap((line) =>
        goodsOf(line).flatMap(({ sku, quantity }) => {
          const { locationId, missing } = line;
          const gone = missing ? (missing.find((one) => one.sku === sku)?.quantity ?? 0) : quantity;
          return [
            ...(gone > 0 ? of('COMMITTED', shortedTo[line.reason], [{ sku, locationId, quantity: gone }]) : []),
            ...(gone < quantity ? of('COMMITTED', 'AVAILABLE', [{ sku, locationId, quantity: quantity - gone }]) : []),
          ];
        }),
      );
    default:
      return [];
  }
}

/** Where units go that a picker did not find: not sold again until somebody counts, or written off. */
const shortedTo = { not_found: 'QUARANTINE', damaged: 'DAMAGED', lost: 'EXTERNAL' } as const satisfies Record<
  ShortReason,
  Account
>;

/** The numbers that are stored of a bucket. */
export const bucketCounters = [
  'onHand',
  'available',
  'held',
  'committed',
  'unavailable',
  'damaged',
  'quality_control',
  'quarantine',
] as const;
export type BucketCounter = (typeof bucketCounters)[number];

/** What an account is of its bucket, besides `onHand`. */
const countersOf: Readonly<Record<Account, readonly BucketCounter[]>> = {
  AVAILABLE: ['onHand', 'available'],
  HELD: ['onHand', 'held'],
  COMMITTED: ['onHand', 'committed'],
  DAMAGED: ['onHand', 'unavailable', 'damaged'],
  QUALITY_CONTROL: ['onHand', 'unavailable', 'quality_control'],
  QUARANTINE: ['onHand', 'unavailable', 'quarantine'],
  IN_TRANSIT: [],
  EXTERNAL: [],
};

/** The account in which units wait that cannot be sold for this reason. */
export const accountOf = (place: 'available' | UnavailableReason): Account =>
  place === 'available'
    ? 'AVAILABLE'
    : ({ damaged: 'DAMAGED', quality_control: 'QUALITY_CONTROL', quarantine: 'QUARANTINE' } as const)[place];

/** What postings change of one bucket, summed: DynamoDB takes one action an item, and the guard must see the sum (medusa #16502). */
export type BucketChange = { sku: Sku; locationId: LocationId } & Record<BucketCounter, number>;

/**
 * `keep`: refused unless this many stay available, if it takes from what is: safety stock. `refused`: units that the location gives back, which are counted.
 */
export type GuardedChange = BucketChange & { keep?: number; refused?: number };

export function bucketChanges(postings: readonly Posting[]): BucketChange[] {
  const changes = new Map<string, BucketChange>();
  for (const { sku, locationId, from, to, quantity } of postings) {
    const key = `${sku} ${locationId}`;
    const change = changes.get(key) ?? noChange(sku, locationId);
    for (const counter of countersOf[from]) change[counter] -= quantity;
    for (const counter of countersOf[to]) change[counter] += quantity;
    changes.set(key, change);
  }
  return [...changes.values()];
}

/** Of every counter of a bucket, nothing. */
export const noChange = (sku: Sku, locationId: LocationId): BucketChange => ({
  sku,
  locationId,
  onHand: 0,
  available: 0,
  held: 0,
  committed: 0,
  unavailable: 0,
  damaged: 0,
  quality_control: 0,
  quarantine: 0,
});

/** The bucket after a change, or undefined when a counter would go below zero: the same guard the store's condition expresses. */
export function applyChange(bucket: Bucket, { keep = 0, ...change }: GuardedChange): Bucket | undefined {
  const next = { ...bucket };
  for (const counter of bucketCounters) next[counter] += change[counter];
  const takesTooMany = change.available < 0 && next.available < keep;
  return takesTooMany || bucketCounters.some((counter) => next[counter] < 0) ? undefined : next;
}

export const emptyBucket = (sku: Sku, locationId: LocationId, updatedAt: string): Bucket => ({
  ...noChange(sku, locationId),
  missing: 0,
  updatedAt,
});
