import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { paymentId } from '../ids.ts';
import type { Order } from '../order.ts';
import { isOnAccount } from '../payment-method.ts';
import { awaitsPayment, promised, toPromise } from '../payments.ts';
import { reject } from '../rejection.ts';
import { openAuthorization, receivableChange } from '../settlement.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';
import { holdReleased } from './hold.ts';

/** Other ways to pay, after a decline: the order goes on as if it had just been placed. */
export function requestPayments(order: Order, { payments }: CommandOf<'requestPayments'>): Decision {
  if (!awaitsPayment(order)) {
    return reject('invalid_transition', 'The order does not wait for a payment.');
  }
  // What is being given back must not be counted on: the provider may have done it, and only the answer is not written down.
  if (order.payments.some((payment) => openAuthorization(payment) > 0)) {
    return reject(
      'payments_returning',
      'What the other payments had set aside is being given back. Try again in a moment.',
    );
  }
  const waiting = order.payments.filter(({ status }) => status === 'ACTION_REQUIRED');
  const missing = toPromise(order) - promised(order);
  const named = payments.reduce((sum, { amount = 0 }) => sum + amount, 0);
  const open = payments.filter(({ amount }) => amount === undefined);
  const rest = missing - named;
  if (open.length > 1 || rest < 0 || (open.length === 0 && rest !== 0)) {
    return reject('payments_differ', `The payments come to ${named}, and ${missing} is to be paid.`);
  }
  const holds = order.holds.filter(({ reason }) => reason === 'PAYMENT');
  return accept(
    // What the bank was asked before counts no more: who answers it now is told that it came too late.
    ...waiting.map(({ id, amount }) =>
      eventOf('payment.declined', { paymentId: id, amount, currency: order.currency, reason: 'replaced' }),
    ),
    ...payments.map(({ method, token, amount = rest }, index) =>
      eventOf(
        'payment.requested',
        { paymentId: paymentId(order.payments.length + index + 1), method, amount, currency: order.currency },
        token === undefined ? {} : { token },
      ),
    ),
    ...holds.map((hold, index) => holdReleased(order, hold, order.holds.length - index - 1)),
  );
}

/** Money that came by itself for goods on account. What the bank calls it makes it one receipt, however often it is told. */
export function receivePayment(order: Order, command: CommandOf<'receivePayment'>): Decision {
  const { amount, receipt, providerReference } = command;
  const payment = order.payments.find(({ id }) => id === command.paymentId);
  if (!payment) return reject('payment_not_found', `The order has no payment ${command.paymentId}.`);
  const known = payment.captures.find((one) => one.receipt === receipt);
  if (known) {
    return known.amount === amount
      ? alreadyDone
      : reject('receipt_differs', `The receipt ${receipt} is recorded with ${known.amount}.`);
  }
  if (!isOnAccount(payment.method)) {
    return reject('invalid_transition', `What a ${payment.method} pays is captured, not received.`);
  }
  if (order.capture === 'none') return reject('invalid_transition', 'No money of the order is handled here.');
  if (amount > openAuthorization(payment)) {
    return reject(
      'amount_exceeds_authorization',
      `Only ${openAuthorization(payment)} of ${payment.id} is still to come.`,
    );
  }
  return accept(
    eventOf('payment.captured', {
      ...{ paymentId: payment.id, captureId: `cap_${payment.captures.length + 1}`, amount, receipt, providerReference },
      // The books know by it that the money is at the bank, not with a provider.
      method: payment.method,
      currency: order.currency,
      receivable: receivableChange(order, { received: amount }),
    }),
  );
}
