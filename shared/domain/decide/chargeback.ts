import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { isOver, type Order } from '../order.ts';
import { unitsIn } from '../positions.ts';
import { refundable } from '../refunds.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';
import { holdReleased } from './hold.ts';

/** The hold of what is unshipped while the customer's bank has taken the money back. */
export const chargebackHold = (chargebackId: string): string => `chargeback:${chargebackId}`;

/**
 * The customer's bank has taken money back. It is written down whatever has become of the order; what has not left yet stays. A chargeback that is told twice
 * is one.
 */
export function openChargeback(
  order: Order,
  command: CommandOf<'openChargeback'>,
  { actor }: DecisionContext,
): Decision {
  const { type: _, chargebackId, paymentId, captureId, amount, reason, respondBy } = command;
  if (order.payments.some(({ chargebacks = [] }) => chargebacks.some(({ id }) => id === chargebackId))) {
    return alreadyDone;
  }
  const payment = order.payments.find(({ id }) => id === paymentId);
  if (!payment) return reject('payment_not_found', `The order has no payment ${paymentId}.`);
  const capture = payment.captures.find(({ id }) => id === captureId);
  const left = capture ? refundable(payment, capture) : 0;
  if (!capture || amount > left) {
    return reject(
      'amount_exceeds_capture',
      `Capture ${captureId} has ${left} that is neither refunded nor charged back.`,
    );
  }
  const handle = chargebackHold(chargebackId);
  const stays = !isOver(order) && !order.canceling && hasUnshipped(order);
  return accept(
    eventOf('payment.chargeback', {
      chargebackId,
      paymentId,
      captureId,
      amount,
      currency: order.currency,
      reason,
      ...(respondBy !== undefined && { respondBy }),
      providerReference: capture.providerReference,
    }),
    ...(stays ? [eventOf('order.hold.placed', { handle, reason: 'FRAUD', owner: actor.id, note: reason })] : []),
  );
}

/** Won: the money is back, and what was held goes on. Lost: it stays away, and a person decides about the rest. */
export function closeChargeback(order: Order, command: CommandOf<'closeChargeback'>): Decision {
  const { chargebackId, outcome } = command;
  for (const payment of order.payments) {
    const known = payment.chargebacks?.find(({ id }) => id === chargebackId);
    if (!known) continue;
    if (known.status === outcome) return alreadyDone;
    if (known.status !== 'OPEN')
      return reject('chargeback_closed', `The chargeback was ${known.status.toLowerCase()}.`);
    const capture = payment.captures.find(({ id }) => id === known.captureId);
    const handle = chargebackHold(chargebackId);
    const held = order.holds.find((one) => one.handle === handle);
    return accept(
      eventOf('payment.chargeback_closed', {
        chargebackId,
        paymentId: payment.id,
        captureId: known.captureId,
        amount: known.amount,
        currency: order.currency,
        outcome,
        providerReference: capture?.providerReference ?? '',
      }),
      ...(outcome === 'WON' && held ? [holdReleased(order, held, order.holds.length - 1)] : []),
    );
  }
  return reject('chargeback_not_found', `The order has no chargeback ${chargebackId}.`);
}

const hasUnshipped = ({ lines }: Order): boolean =>
  lines.some(
    ({ positions, quantity }) =>
      unitsIn(positions, 'SHIPPED', 'DELIVERED', 'RETURNING', 'RETURNED', 'LOST', 'CANCELED') < quantity,
  );
