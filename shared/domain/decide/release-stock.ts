import { bucketsOf, type LineUnits } from '../kit.ts';
import { type Order, unitsOfLine } from '../order.ts';

/**
 * A transaction has room for 100 items. What touches stock in bulk (reserve, cancel, give back) does at most this many buckets at a
 * time and is called again until nothing is left: orders of 1,000 lines need no other path than orders of one. A kit touches one for each
 * of its components.
 */
export const bucketsPerCommand = 60;

/** The next reservations that can be given back: those not yet handed to a location. */
export const releasable = (order: Order) => withinBuckets(waitingReservations(order), bucketsPerCommand);

const waitingReservations = (order: Order) =>
  order.lines.flatMap((line) =>
    line.reservations
      .filter(({ state }) => state === 'COMMITTED')
      .map(({ id, locationId, quantity }) => ({ reservationId: id, ...unitsOfLine(line, quantity), locationId })),
  );

/** The first of them that touch no more than `most` buckets. */
export function withinBuckets<U extends Pick<LineUnits, 'components'>>(units: readonly U[], most: number): U[] {
  let left = most;
  const end = units.findIndex((one) => {
    left -= bucketsOf(one);
    return left < 0;
  });
  return end < 0 ? [...units] : units.slice(0, end);
}

/** Nothing would be left to give back, and the transaction has room for what ends the order. */
export const releasesAll = (order: Order, released: ReturnType<typeof releasable>): boolean =>
  released.length === waitingReservations(order).length &&
  released.reduce((sum, one) => sum + bucketsOf(one), 0) < bucketsPerCommand;
