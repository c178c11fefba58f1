import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { bucketsOf } from '../kit.ts';
import { isDigital, type Line, type Order, unitsOfLine } from '../order.ts';
import { type Position, unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { cancel } from './cancel.ts';
import { cancelWaiting } from './cancel-backorders.ts';
import { accept, type Decision } from './decision.ts';
import { isBeingDelivered } from './digital.ts';
import { bucketsPerCommand, releasable, withinBuckets } from './release-stock.ts';

/** Rows besides those of the order that its remainder stands on: buckets, and the places in the queues for supply. */
export const remainderRows = ({ lines }: Order): number =>
  lines.reduce(
    (sum, line) =>
      sum +
      bucketsOf(line) *
        (line.reservations.filter(({ state }) => state === 'COMMITTED').length +
          (unitsIn(line.positions, 'BACKORDERED') > 0 ? 1 : 0)),
    0,
  );

/** Where the units stand that no location works on. */
const waiting = (order: Order, line: Line): Position[] =>
  isDigital(line) ? (isBeingDelivered(order) ? [] : ['ASSIGNED']) : ['OPEN', 'BACKORDERED', 'RESERVED'];

/**
 * Before the order is released: cancels the units that wait for supply, for a customer who would rather have the rest now. After: cancels the units that no
 * location works on, and keeps the rest: what nobody can deliver must not keep an order open for ever. When that
 * is every unit, the order is canceled. At most 60 reservations and backorders a transaction; called
 * again until nothing waits.
 */
export function cancelRemainder(order: Order, command: CommandOf<'cancelRemainder'>): Decision {
  const waits = ({ positions }: Line) => unitsIn(positions, 'BACKORDERED');
  if (order.lifecycle === 'PLACED' && order.lines.some((line) => waits(line) > 0)) {
    return cancelWaiting(order, command.reason, waits);
  }
  if (order.lifecycle !== 'RELEASED') {
    const message = `Only an order that waits for supply, or is released, has a remainder; this one is ${order.lifecycle}.`;
    return reject('invalid_transition', message, order.lifecycle === 'PLACED' ? ['cancel'] : []);
  }
  const left = order.lines.reduce((sum, line) => sum + unitsIn(line.positions, ...waiting(order, line)), 0);
  if (left === 0) return reject('nothing_to_cancel', 'No unit of the order waits for a site.', []);
  const isAll = order.lines.every(
    (line) => unitsIn(line.positions, 'CANCELED', ...waiting(order, line)) === line.quantity,
  );
  if (isAll) return cancel(order, { type: 'cancel', reason: command.reason });

  const reservations = releasable(order);
  const at = (from: 'OPEN' | 'BACKORDERED' | 'ASSIGNED') =>
    order.lines
      .filter((line) => waiting(order, line).includes(from))
      .map((line) => ({ ...unitsOfLine(line, unitsIn(line.positions, from)), from }))
      .filter(({ quantity }) => quantity > 0);
  const buckets = reservations.reduce((sum, one) => sum + bucketsOf(one), 0);
  const lines = [
    ...reservations.map(({ reservationId: _, locationId: __, ...units }) => ({ ...units, from: 'RESERVED' as const })),
    ...at('OPEN'),
    ...at('ASSIGNED'),
    ...withinBuckets(at('BACKORDERED'), bucketsPerCommand - buckets),
  ];
  const canceled = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const orderDelivered =
    canceled === left &&
    order.lines.every(
      (line) => unitsIn(line.positions, 'DELIVERED', 'CANCELED', ...waiting(order, line)) === line.quantity,
    );
  return accept(eventOf('order.remainder_canceled', { reason: command.reason, lines, reservations, orderDelivered }));
}
