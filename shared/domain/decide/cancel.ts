import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { NewEvent } from '../events.ts';
import { bucketsOf } from '../kit.ts';
import {
  type FulfillmentStatus,
  isDigital,
  isLive,
  type Line,
  type Order,
  type Reservation,
  unitsOfLine,
} from '../order.ts';
import { type Position, unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { isBegun } from './customize.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';
import { isBeingDelivered } from './digital.ts';
import { possibleVerbs } from './fulfill.ts';
import { bucketsPerCommand, releasable, releasesAll } from './release-stock.ts';

/**
 * Cancels every unit, gives its stock back and takes back what no location has accepted yet, in one transaction; a large order in
 * several (`canceling` until the last one). Money is not this command's: `settle-order` voids what is no longer owed.
 */
export function cancel(order: Order, command: CommandOf<'cancel'>): Decision {
  if (order.lifecycle === 'CANCELED') return alreadyDone;
  const refusal = whyNot(order);
  if (refusal) return refusal;

  const reason = order.canceling ? (order.endReason ?? command.reason) : command.reason;
  const events: NewEvent[] = [];
  const lines: (ReturnType<typeof unitsOfLine> & { from: Position })[] = [];
  const reservations: ReturnType<typeof releasable> = [];
  let budget = bucketsPerCommand;

  const giveBack = (line: Line, reservation: Reservation, from: Position) => {
    const { id, locationId, quantity } = reservation;
    const units = unitsOfLine(line, quantity);
    lines.push({ ...units, from });
    reservations.push({ reservationId: id, ...units, locationId });
    budget -= bucketsOf(line);
  };

  const byId = new Map(order.lines.map((line) => [line.id, line]));
  let left = false;
  for (const fulfillment of order.fulfillments.filter(({ status }) => status === 'OPEN')) {
    // A fulfillment order is taken back whole; the first one always fits (at most 50 lines).
    const buckets = fulfillment.lines.reduce((sum, line) => sum + bucketsOf(line), 0);
    if (budget < bucketsPerCommand && budget < buckets + 2) {
      left = true;
      continue;
    }
    budget -= 2;
    const { id, locationId } = fulfillment;
    events.push(eventOf('fulfillment.canceled', { fulfillmentId: id, locationId, reason }));
    for (const { lineId, reservationId } of fulfillment.lines) {
      const line = byId.get(lineId);
      const reservation = line?.reservations.find((one) => one.id === reservationId && isLive(one));
      if (line && reservation) giveBack(line, reservation, 'ASSIGNED');
    }
  }
  for (const line of order.lines) {
    for (const reservation of line.reservations.filter(({ state }) => state === 'COMMITTED')) {
      if (budget >= bucketsOf(line)) giveBack(line, reservation, 'RESERVED');
      else left = true;
    }
    if (left) continue;
    // Digital units are ASSIGNED to nobody.
    const without = isDigital(line) ? (['OPEN', 'ASSIGNED'] as const) : (['OPEN', 'BACKORDERED'] as const);
    for (const from of without) {
      const quantity = unitsIn(line.positions, from);
      if (quantity === 0) continue;
      // Each place in a queue for supply is a row of its own.
      const rows = from === 'BACKORDERED' ? bucketsOf(line) : 0;
      if (rows > budget) left = true;
      else {
        lines.push({ ...unitsOfLine(line, quantity), from });
        budget -= rows;
      }
    }
  }
  return accept(
    ...events,
    eventOf(left ? 'order.cancellation_started' : 'order.canceled', { reason, lines, reservations }),
  );
}

/** Not with a location: never accepted, given back, or taken back. */
const takenBack: readonly FulfillmentStatus[] = ['OPEN', 'REJECTED', 'CANCELED'];

function whyNot(order: Order): Decision | undefined {
  if (order.lifecycle === 'REJECTED' || order.lifecycle === 'CLOSED') {
    return reject('cancel_not_possible', `The order is ${order.lifecycle}.`, []);
  }
  const gone = order.lines.some(
    (line) => unitsIn(line.positions, 'SHIPPED', 'DELIVERED', 'RETURNING', 'RETURNED', 'LOST') > 0,
  );
  if (gone) {
    const message =
      'Units have been shipped or delivered: they can come back as a return, but the order cannot be canceled.';
    const next: string[] = order.fulfillments.flatMap(possibleVerbs);
    if (order.deliveredAt && !order.receiptConfirmedAt) next.push('confirmReceipt');
    return reject('cancel_not_possible', message, [...new Set(next)]);
  }
  // What was begun and not found when it was to be picked is in nobody's hands.
  const begun = order.fulfillments.find((one) => isBegun(one) && !takenBack.includes(one.status));
  if (begun) {
    const message = `Location ${begun.locationId} has begun to customize units of ${begun.id}: they can no longer be canceled at once, only by request to the location.`;
    return reject('customization_begun', message, possibleVerbs(begun));
  }
  if (isBeingDelivered(order)) {
    return reject('cancel_not_possible', 'Digital units are being paid for and delivered at this moment.', []);
  }
  const accepted = order.fulfillments.find(({ status }) => !takenBack.includes(status));
  if (accepted) {
    const message = `Location ${accepted.locationId} has accepted ${accepted.id} (${accepted.status}): its units can no longer be canceled at once.`;
    return reject('cancel_not_possible', message, possibleVerbs(accepted));
  }
  return undefined;
}

/** The order cannot be served (policy: no backorders). Stock that was reserved meanwhile goes back in the same transaction. */
export function rejectOrder(order: Order, command: CommandOf<'reject'>): Decision {
  if (order.lifecycle === 'REJECTED') return alreadyDone;
  if (order.lifecycle !== 'PLACED') return reject('invalid_transition', `The order is ${order.lifecycle}.`);
  const released = releasable(order);
  const isLast = releasesAll(order, released);
  const back =
    released.length > 0 ? [eventOf('reservation.released', { reservations: released, reason: command.reason })] : [];
  if (!isLast) return accept(...back);
  const givenBack = new Map<string, number>();
  for (const { lineId, quantity } of released) givenBack.set(lineId, (givenBack.get(lineId) ?? 0) + quantity);
  const lines = order.lines.flatMap((line) => {
    const open = unitsIn(line.positions, 'OPEN') + (givenBack.get(line.id) ?? 0);
    const backordered = unitsIn(line.positions, 'BACKORDERED');
    return [
      ...(open > 0 ? [{ ...unitsOfLine(line, open), from: 'OPEN' as const }] : []),
      ...(backordered > 0 ? [{ ...unitsOfLine(line, backordered), from: 'BACKORDERED' as const }] : []),
    ];
  });
  return accept(...back, eventOf('order.rejected', { reason: command.reason, lines }));
}
