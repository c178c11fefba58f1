import type { CommandOf } from '../commands.ts';
import { eventOf, type NewEvent } from '../events.ts';
import type { FulfillmentStatus, Line, Order, Reservation } from '../order.ts';
import { isLive } from '../order.ts';
import { type Position, unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';
import { possibleVerbs } from './fulfill.ts';
import { bucketsPerCommand, releasable } from './release-stock.ts';

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
  const lines: { lineId: Line['id']; sku: Line['sku']; from: Position; quantity: number }[] = [];
  const reservations: ReturnType<typeof releasable> = [];
  let budget = bucketsPerCommand;

  const giveBack = (line: Line, reservation: Reservation, from: Position) => {
    lines.push({ lineId: line.id, sku: line.sku, from, quantity: reservation.quantity });
    const { id, locationId, quantity } = reservation;
    reservations.push({ reservationId: id, lineId: line.id, sku: line.sku, locationId, quantity });
    budget -= 1;
  };

  const byId = new Map(order.lines.map((line) => [line.id, line]));
  let left = false;
  for (const fulfillment of order.fulfillments.filter(({ status }) => status === 'OPEN')) {
    // A fulfillment order is taken back whole; the first one always fits (at most 50 lines).
    if (budget < bucketsPerCommand && budget < fulfillment.lines.length + 2) {
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
      if (budget > 0) giveBack(line, reservation, 'RESERVED');
      else left = true;
    }
    if (left) continue;
    for (const from of ['OPEN', 'BACKORDERED'] as const) {
      const quantity = unitsIn(line.positions, from);
      if (quantity === 0) continue;
      // Each place in a queue for supply is a row of its own.
      if (from === 'BACKORDERED' && budget === 0) left = true;
      else lines.push({ lineId: line.id, sku: line.sku, from, quantity });
      if (from === 'BACKORDERED' && budget > 0) budget -= 1;
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
      'Units have been shipped: they can come back as a return after delivery, but the order cannot be canceled.';
    const next: string[] = order.fulfillments.flatMap(possibleVerbs);
    if (order.deliveredAt && !order.receiptConfirmedAt) next.push('confirmReceipt');
    return reject('cancel_not_possible', message, [...new Set(next)]);
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
  const isLast = released.length < bucketsPerCommand;
  const back =
    released.length > 0 ? [eventOf('reservation.released', { reservations: released, reason: command.reason })] : [];
  if (!isLast) return accept(...back);
  const givenBack = new Map<string, number>();
  for (const { lineId, quantity } of released) givenBack.set(lineId, (givenBack.get(lineId) ?? 0) + quantity);
  const lines = order.lines.flatMap((line) => {
    const open = unitsIn(line.positions, 'OPEN') + (givenBack.get(line.id) ?? 0);
    const backordered = unitsIn(line.positions, 'BACKORDERED');
    return [
      ...(open > 0 ? [{ lineId: line.id, sku: line.sku, from: 'OPEN' as const, quantity: open }] : []),
      ...(backordered > 0
        ? [{ lineId: line.id, sku: line.sku, from: 'BACKORDERED' as const, quantity: backordered }]
        : []),
    ];
  });
  return accept(...back, eventOf('order.rejected', { reason: command.reason, lines }));
}
