import { movedFrom } from '../backorders.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { Fulfillment, Order, RejectReason } from '../order.ts';
import { reject } from '../rejection.ts';
import { isBegun } from './customize.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';
import { possibleVerbs } from './fulfill.ts';

/**
 * Where the units of a rejected fulfillment order go. A site that says it has none, or only broken ones, has a wrong count: sold again, the
 * same phantom units would fail the next order.
 */
const stockAfter: Record<RejectReason, 'AVAILABLE' | 'DAMAGED' | 'QUARANTINE'> = {
  out_of_stock: 'QUARANTINE',
  damaged: 'DAMAGED',
  no_capacity: 'AVAILABLE',
  closed: 'AVAILABLE',
  other: 'AVAILABLE',
  accept_timeout: 'AVAILABLE',
  outage: 'AVAILABLE',
};

/** A location gives work back, or never took it on: the units are without a site again, and the site is not asked for them twice. */
export function rejectFulfillment(order: Order, command: CommandOf<'rejectFulfillment'>): Decision {
  const found = order.fulfillments.find(({ id }) => id === command.fulfillmentId);
  if (!found) return reject('fulfillment_not_found', `The order has no fulfillment ${command.fulfillmentId}.`);
  if (found.status === 'REJECTED') return alreadyDone;
  if (found.status !== 'OPEN' && found.status !== 'ACCEPTED') {
    const message = `Cannot reject ${found.id}: it is ${found.status}, not OPEN or ACCEPTED.`;
    return reject(isBegun(found) ? 'customization_begun' : 'invalid_transition', message, possibleVerbs(found));
  }
  const { reason, note, rerouted = false } = command;
  // A location that is out of service is left out while that lasts; it did not fail these units.
  const excluded = reason !== 'outage';
  const reservations = reservationsOf(found);
  const moved = excluded ? movedFrom(order, found.locationId, reservations) : [];
  return accept(
    eventOf('fulfillment.rejected', {
      fulfillmentId: found.id,
      locationId: found.locationId,
      reason,
      ...(note !== undefined && { note }),
      reservations,
      stock: stockAfter[reason],
      excluded,
      attempts: attemptsOf(order, found) + (excluded ? 1 : 0),
      rerouted,
      ...(moved.length > 0 && { moved }),
    }),
  );
}

/** The units of a fulfillment order, with the reservations they stand on. */
export const reservationsOf = ({ locationId, lines }: Fulfillment) =>
  lines.map(({ lineId, sku, reservationId, quantity, components }) => ({
    reservationId,
    lineId,
    sku,
    locationId,
    quantity,
    ...(components && { components }),
  }));

/** How many sites have failed one of these units before. */
const attemptsOf = (order: Order, fulfillment: Fulfillment): number => {
  const ids = new Set(fulfillment.lines.map(({ lineId }) => lineId));
  return Math.max(0, ...order.lines.filter(({ id }) => ids.has(id)).map((line) => line.excludedSites?.length ?? 0));
};
