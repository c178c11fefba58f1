import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { isOver, type Order } from '../order.ts';
import { awaitsPayment } from '../payments.ts';
import { reject } from '../rejection.ts';
import { atHand, capturableNow } from '../settlement.ts';
import { accept, type Decision } from './decision.ts';

/** Money is to be taken now, whatever the policy says: `settle-order` takes it. What is not invoiced yet, it pays ahead. */
export function requestCapture(order: Order, command: CommandOf<'requestCapture'>): Decision {
  if (isOver(order) || order.canceling) return reject('invalid_transition', `The order is ${order.lifecycle}.`);
  if (order.capture === 'none') return reject('invalid_transition', 'No money of the order is handled here.');
  if (awaitsPayment(order)) return reject('invalid_transition', 'The order waits for another payment.');
  const most = capturableNow(order);
  const { amount = most } = command;
  if (most === 0 || amount > most) {
    return reject(
      'amount_exceeds_authorization',
      `Of what is authorized and still to be paid, ${most} can be captured.`,
    );
  }
  return accept(
    eventOf('payment.capture_requested', { amount, currency: order.currency, total: atHand(order) + amount }),
  );
}
