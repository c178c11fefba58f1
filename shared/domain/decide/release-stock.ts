import type { Order } from '../order.ts';

/**
 * A transaction has room for 100 items. What touches stock in bulk (reserve, cancel, give back) does at most this many buckets at a
 * time and is called again until nothing is left: orders of 1,000 lines need no other path than orders of one.
 */
export const bucketsPerCommand = 60;

/** The next reservations that can be given back: those not yet handed to a location. */
export function releasable(order: Order) {
  return order.lines
    .flatMap((line) =>
      line.reservations
        .filter(({ state }) => state === 'COMMITTED')
        .map(({ id, locationId, quantity }) => ({
          reservationId: id,
          lineId: line.id,
          sku: line.sku,
          locationId,
          quantity,
        })),
    )
    .slice(0, bucketsPerCommand);
}
