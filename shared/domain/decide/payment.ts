import { draftInvoice, packedUnits } from '../billing.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { NewEvent } from '../events.ts';
import type { Order, Payment } from '../order.ts';
import { reject } from '../rejection.ts';
import { atHand, openAuthorization, owed, receivableChange } from '../settlement.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';
import { holdReleased } from './hold.ts';
import { releasable } from './release-stock.ts';

const paymentOf = (order: Order, id: string): Payment | undefined =>
  order.payments.find((payment) => payment.id === id);
const unknownPayment = (id: string) => reject('payment_not_found', `The order has no payment ${id}.`);

/** Records the provider's answer, whatever has become of the order meanwhile: what the provider did must never be forgotten. */
export function authorize(order: Order, command: CommandOf<'authorize'>, context: DecisionContext): Decision {
  const payment = paymentOf(order, command.paymentId);
  if (!payment) return unknownPayment(command.paymentId);
  const isWaiting = payment.status === 'ACTION_REQUIRED';
  if (payment.status !== 'REQUESTED' && !isWaiting) return alreadyDone;
  const { outcome } = command;
  const { id: paymentId, amount } = payment;
  const of = { paymentId, amount, currency: order.currency };
  const hold = order.holds.find(({ handle }) => handle === `payment:${paymentId}`);
  if ('action' in outcome) {
    if (isWaiting && (hold || order.lifecycle !== 'PLACED')) return alreadyDone;
    const { action, providerReference } = outcome;
    const asked = isWaiting ? [] : [eventOf('payment.action_required', { ...of, providerReference }, { action })];
    return accept(...asked, ...(order.lifecycle === 'PLACED' ? waits(order, paymentId, context) : []));
  }
  if (outcome.approved) {
    const { providerReference, expiresAt, card } = outcome;
    const ends = expiresAt === undefined ? {} : { expiresAt };
    const authorized = eventOf('payment.authorized', { ...of, providerReference, ...ends }, card && { card });
    return accept(authorized, ...(hold ? [holdReleased(order, hold, order.holds.length - 1)] : []));
  }
  const declined = eventOf('payment.declined', { ...of, reason: outcome.reason });
  const spared = order.payments.find((one) => one.id === payment.replaces);
  // Who waited for the customer waits on, for another card; what it was to replace is still there.
  if (order.lifecycle !== 'PLACED' || hold || (spared && openAuthorization(spared) > 0)) return accept(declined);
  return accept(declined, ...waits(order, paymentId, context));
}

/** Nothing is held while a person thinks: the stock goes back, the order waits for its customer until its deadline. */
function waits(order: Order, paymentId: string, { actor, now, policy }: DecisionContext): NewEvent[] {
  const released = releasable(order);
  return [
    eventOf('order.hold.placed', {
      handle: `payment:${paymentId}`,
      reason: 'PAYMENT',
      owner: actor.id,
      cancelAt: new Date(Date.parse(now) + policy.paymentDeadline).toISOString(),
    }),
    ...(released.length > 0
      ? [eventOf('reservation.released', { reservations: released, reason: 'payment_declined' })]
      : []),
  ];
}

/** Records what the provider did, whatever has become of the units meanwhile. One effect has one reference: twice is once. */
export function capture(order: Order, command: CommandOf<'capture'>): Decision {
  const payment = paymentOf(order, command.paymentId);
  if (!payment) return unknownPayment(command.paymentId);
  const { amount, fulfillmentId, providerReference } = command;
  if (payment.captures.some((one) => one.providerReference === providerReference)) return alreadyDone;
  const due = dueFor(order, fulfillmentId);
  if (due !== undefined && amount > due) {
    return reject('amount_exceeds_authorization', `Only ${due} is to be paid for what ${fulfillmentId} packed.`);
  }
  if (amount > openAuthorization(payment)) {
    return reject(
      'amount_exceeds_authorization',
      `Only ${openAuthorization(payment)} of ${payment.id} is left to capture.`,
    );
  }
  return accept(
    eventOf('payment.captured', {
      paymentId: payment.id,
      captureId: `cap_${payment.captures.length + 1}`,
      ...(fulfillmentId && { fulfillmentId }),
      ...(payment.method !== 'card' && { method: payment.method }),
      amount,
      currency: order.currency,
      providerReference,
      receivable: receivableChange(order, { received: amount }),
    }),
  );
}

/** What is still to be paid for units that are packed and not invoiced. */
function dueFor(order: Order, fulfillmentId: string | undefined): number | undefined {
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  if (fulfillment?.status !== 'PACKED' || fulfillment.fundsSecured) return undefined;
  const { total } = draftInvoice(order, packedUnits(fulfillment));
  return Math.max(0, total.gross - Math.max(0, atHand(order) - owed(order)));
}

/** Records what the provider did, whatever has been credited or paid meanwhile. */
export function voidPayment(order: Order, command: CommandOf<'void'>): Decision {
  const payment = paymentOf(order, command.paymentId);
  if (!payment) return unknownPayment(command.paymentId);
  if (openAuthorization(payment) === 0) return alreadyDone;
  if (command.amount > openAuthorization(payment)) {
    return reject(
      'amount_exceeds_authorization',
      `What can be voided of ${payment.id} is ${openAuthorization(payment)}.`,
    );
  }
  return accept(eventOf('payment.voided', { paymentId: payment.id, amount: command.amount, currency: order.currency }));
}
