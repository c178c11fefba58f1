import * as z from 'zod';
import type { OrderEvent } from './events.ts';
import { LocationId, Sku } from './ids.ts';

/** Stock of one SKU at one location. `available + held + committed + unavailable = onHand`, each >= 0 (invariant U2: never oversell). */
export const Bucket = z.object({
  sku: Sku,
  locationId: LocationId,
  onHand: z.int().min(0),
  available: z.int().min(0),
  /** By carts. */
  held: z.int().min(0),
  /** By orders. */
  committed: z.int().min(0),
  unavailable: z.int().min(0),
  updatedAt: z.iso.datetime(),
});
export type Bucket = z.infer<typeof Bucket>;

/** A double entry: units leave one account of a bucket and arrive at another. EXTERNAL is outside the firm (sold, received, adjusted). */
export interface Posting {
  sku: Sku;
  locationId: LocationId;
  from: 'AVAILABLE' | 'COMMITTED' | 'EXTERNAL';
  to: 'AVAILABLE' | 'COMMITTED' | 'EXTERNAL';
  quantity: number;
}

/** The stock postings that an event of an order makes. The event row is the ledger entry: the same transaction writes both. */
export function postingsOf(event: Pick<OrderEvent, 'type' | 'data'>): Posting[] {
  const of = (
    from: Posting['from'],
    to: Posting['to'],
    units: readonly { sku: Sku; locationId: LocationId; quantity: number }[],
  ) => units.map(({ sku, locationId, quantity }) => ({ sku, locationId, from, to, quantity }));
  const { type, data } = event as OrderEvent;
  switch (type) {
    case 'reservation.created':
      return of('AVAILABLE', 'COMMITTED', data.reservations);
    case 'reservation.released':
    case 'order.cancellation_started':
    case 'order.canceled':
      return of('COMMITTED', 'AVAILABLE', data.reservations);
    case 'fulfillment.shipped':
      return of('COMMITTED', 'EXTERNAL', data.reservations);
    default:
      return [];
  }
}

/** What postings change of one bucket, summed: DynamoDB takes one action an item, and the guard must see the sum (medusa #16502). */
export interface BucketChange {
  sku: Sku;
  locationId: LocationId;
  onHand: number;
  available: number;
  committed: number;
}

export function bucketChanges(postings: readonly Posting[]): BucketChange[] {
  const changes = new Map<string, BucketChange>();
  for (const { sku, locationId, from, to, quantity } of postings) {
    const key = `${sku} ${locationId}`;
    const change = changes.get(key) ?? { sku, locationId, onHand: 0, available: 0, committed: 0 };
    if (from === 'AVAILABLE') change.available -= quantity;
    if (from === 'COMMITTED') change.committed -= quantity;
    if (to === 'AVAILABLE') change.available += quantity;
    if (to === 'COMMITTED') change.committed += quantity;
    if (to === 'EXTERNAL') change.onHand -= quantity;
    if (from === 'EXTERNAL') change.onHand += quantity;
    changes.set(key, change);
  }
  return [...changes.values()];
}

/** The bucket after a change, or undefined when a counter would go below zero: the same guard the store's condition expresses. */
export function applyChange(bucket: Bucket, change: BucketChange): Bucket | undefined {
  const next = {
    ...bucket,
    onHand: bucket.onHand + change.onHand,
    available: bucket.available + change.available,
    committed: bucket.committed + change.committed,
  };
  return next.available < 0 || next.committed < 0 || next.onHand < 0 ? undefined : next;
}
