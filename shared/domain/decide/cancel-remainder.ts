import type { CommandOf } from '../commands.ts';
import { eventOf } from '../events.ts';
import type { Order } from '../order.ts';
import { unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { cancel } from './cancel.ts';
import { accept, type Decision } from './decision.ts';
import { bucketsPerCommand, releasable } from './release-stock.ts';

/** Rows besides those of the order that its remainder stands on: buckets, and the places in the queues for supply. */
export const remainderRows = ({ lines }: Order): number =>
  lines.reduce(
    (sum, line) =>
      sum +
      line.reservations.filter(({ state }) => state === 'COMMITTED').length +
      (unitsIn(line.positions, 'BACKORDERED') > 0 ? 1 : 0),
    0,
  );

const waiting = ['OPEN', 'BACKORDERED', 'RESERVED'] as const;

/**
 * Cancels the units that no location works on, and keeps the rest: what nobody can deliver must not keep an order open for ever. When that
 * is every unit, the order is canceled. At most 60 reservations and backorders a transaction; called
 * again until nothing waits.
 */
export function cancelRemainder(order: Order, command: CommandOf<'cancelRemainder'>): Decision {
  if (order.lifecycle !== 'RELEASED') {
    const message = `Only a released order has a remainder; this one is ${order.lifecycle}.`;
    return reject('invalid_transition', message, order.lifecycle === 'PLACED' ? ['cancel'] : []);
  }
  const left = order.lines.reduce((sum, line) => sum + unitsIn(line.positions, ...waiting), 0);
  if (left === 0) return reject('nothing_to_cancel', 'No unit of the order waits for a site.', []);
  const isAll = order.lines.every((line) => unitsIn(line.positions, 'CANCELED', ...waiting) === line.quantity);
  if (isAll) return cancel(order, { type: 'cancel', reason: command.reason });

  const reservations = releasable(order);
  const at = (from: 'OPEN' | 'BACKORDERED') =>
    order.lines
      .map(({ id: lineId, sku, positions }) => ({ lineId, sku, from, quantity: unitsIn(positions, from) }))
      .filter(({ quantity }) => quantity > 0);
  const lines = [
    ...reservations.map(({ lineId, sku, quantity }) => ({ lineId, sku, from: 'RESERVED' as const, quantity })),
    ...at('OPEN'),
    ...at('BACKORDERED').slice(0, bucketsPerCommand - reservations.length),
  ];
  const canceled = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const orderDelivered =
    canceled === left &&
    order.lines.every((line) => unitsIn(line.positions, 'DELIVERED', 'CANCELED', ...waiting) === line.quantity);
  return accept(eventOf('order.remainder_canceled', { reason: command.reason, lines, reservations, orderDelivered }));
}
