import { eventOf } from '../event-of.ts';
import { fulfillmentId, type LocationId } from '../ids.ts';
import { bucketsOf } from '../kit.ts';
import { isDigital, type Line, type Order, type Reservation, unitsOfLine } from '../order.ts';
import { toPromise } from '../payments.ts';
import type { Policy } from '../policy.ts';
import { unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { isCollectable } from '../settlement.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';

export const onHold = (order: Order) =>
  reject('order_on_hold', `The order is on hold: ${order.holds.map(({ reason }) => reason).join(', ')}.`, [
    'releaseHold',
    'cancel',
  ]);

/** Every unit has stock, or needs none; where the policy splits, at least one has and the others wait for supply. */
const hasStock = (order: Order, { backorder }: Policy): boolean => {
  const mayWait =
    backorder === 'split' && order.lines.some((line) => isDigital(line) || unitsIn(line.positions, 'RESERVED') > 0);
  const ready = mayWait ? (['RESERVED', 'CANCELED', 'BACKORDERED'] as const) : (['RESERVED', 'CANCELED'] as const);
  return order.lines.every((line) => isDigital(line) || unitsIn(line.positions, ...ready) === line.quantity);
};

export function confirm(order: Order, { policy }: DecisionContext): Decision {
  if (order.lifecycle === 'CONFIRMED' || order.lifecycle === 'RELEASED') return alreadyDone;
  if (order.lifecycle !== 'PLACED') return reject('invalid_transition', `The order is ${order.lifecycle}.`);
  if (order.holds.length > 0) return onHold(order);
  if (order.tax?.status === 'PENDING') return reject('invalid_transition', 'Its taxes are not known yet.');
  if (!hasStock(order, policy)) {
    return reject('stock_not_reserved', 'Not every unit has stock.');
  }
  const secured = order.payments.reduce((sum, payment) => sum + payment.authorized - payment.voided, 0);
  const isAsked = order.payments.length === 0 || order.payments.some(({ status }) => status !== 'REQUESTED');
  const needed = toPromise(order);
  if (order.capture !== 'none' && (secured < needed || !isAsked)) {
    return reject('payment_not_secured', `${secured} of ${needed} is authorized.`);
  }
  return accept(eventOf('order.confirmed', { total: order.total, currency: order.currency }));
}

/** At most this many fulfillment orders in one transaction (each is an item and an event). */
const fulfillmentsPerCommand = 20;

/**
 * Hands the reserved units to their locations: one fulfillment order for each, more when a location has many lines. Digital units need none: they are
 * delivered next.
 */
export function release(order: Order, { policy }: DecisionContext): Decision {
  if (order.lifecycle !== 'CONFIRMED' && order.lifecycle !== 'RELEASED') {
    return reject('invalid_transition', `Only a confirmed order is released; this one is ${order.lifecycle}.`);
  }
  const waiting = new Map<LocationId, { line: Line; reservation: Reservation }[]>();
  for (const line of order.lines) {
    for (const reservation of line.reservations.filter(({ state }) => state === 'COMMITTED')) {
      waiting.set(reservation.locationId, [...(waiting.get(reservation.locationId) ?? []), { line, reservation }]);
    }
  }
  const digital = order.lines.filter((line) => isDigital(line) && unitsIn(line.positions, 'OPEN') > 0);
  if (waiting.size + digital.length === 0) return alreadyDone;
  if (order.holds.length > 0) return onHold(order);

  const created = [];
  let number = order.fulfillments.length;
  for (const [locationId, units] of waiting) {
    for (const part of parts(units, policy.maxLinesPerFulfillment)) {
      const lines = part.map(({ line, reservation }) => ({
        ...unitsOfLine(line, reservation.quantity),
        reservationId: reservation.id,
        ...(line.customization && { capability: line.customization.capability }),
      }));
      number += 1;
      created.push({ fulfillmentId: fulfillmentId(order.id, number), locationId, lines });
    }
  }
  const batch = created.slice(0, fulfillmentsPerCommand);
  return accept(
    eventOf('order.released', {
      fulfillments: batch.map((fulfillment) => fulfillment.fulfillmentId),
      ...(isCollectable({ ...order, lifecycle: 'RELEASED' }) && { collect: true }),
      ...(digital.length > 0 && {
        digital: digital.map((line) => unitsOfLine(line, unitsIn(line.positions, 'OPEN'))),
      }),
    }),
    ...batch.map((fulfillment) => eventOf('fulfillment.created', fulfillment)),
  );
}

/** Cuts what a location has to do so that each part touches at most `most` buckets; a kit that needs more is a part by itself. */
function parts<U extends { line: Line }>(units: readonly U[], most: number): U[][] {
  const cut: U[][] = [];
  let room = 0;
  for (const one of units) {
    const buckets = bucketsOf(one.line);
    if (cut.length === 0 || buckets > room) {
      cut.push([]);
      room = most;
    }
    cut.at(-1)?.push(one);
    room -= buckets;
  }
  return cut;
}
