import { eventOf } from '../event-of.ts';
import type { Order } from '../order.ts';
import { unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { isSettled, openAuthorization, outstanding, settlement } from '../settlement.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

/** The end: every unit at a terminal position, nothing owed in either direction (invariant M9). */
export function close(order: Order): Decision {
  if (order.lifecycle === 'CLOSED') return alreadyDone;
  if (order.lifecycle !== 'RELEASED') return reject('invalid_transition', `The order is ${order.lifecycle}.`);
  if (
    order.lines.some((line) => unitsIn(line.positions, 'DELIVERED', 'RETURNED', 'LOST', 'CANCELED') !== line.quantity)
  ) {
    return reject('not_delivered', 'Not every unit has reached its end.');
  }
  if (!isSettled(settlement(order)) || outstanding(order) > 0 || order.payments.some(openAuthorization)) {
    return reject('balance_open', 'Money is still to be captured, voided or refunded.');
  }
  const sum = (pick: (payment: Order['payments'][number]) => number) =>
    order.payments.reduce((total, payment) => total + pick(payment), 0);
  return accept(
    eventOf('order.closed', { captured: sum(({ captured }) => captured), refunded: sum(({ refunded }) => refunded) }),
  );
}
