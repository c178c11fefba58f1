import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { chargedBack, type Order, type Payment } from '../order.ts';
import { capturesToRefund, isPending, nextRefundId, refundable } from '../refunds.ts';
import { reject } from '../rejection.ts';
import { receivableChange, settlement } from '../settlement.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

const paymentOf = (order: Order, id: string): Payment | undefined =>
  order.payments.find((payment) => payment.id === id);
const unknownPayment = (id: string) => reject('payment_not_found', `The order has no payment ${id}.`);

/** Written down before the provider is asked: only what is due goes back (invariant M10), and asked again it is the same refund (M8). */
export function requestRefund(order: Order, command: CommandOf<'requestRefund'>): Decision {
  const { paymentId, captureId, amount, to } = command;
  const due = settlement(order).refunds.find(
    (leg) => !leg.refundId && leg.paymentId === paymentId && leg.captureId === captureId && leg.to === to,
  );
  if (due?.amount !== amount) {
    return reject('refund_not_due', `What goes back of ${captureId} is ${due?.amount ?? 0}, not ${amount}.`);
  }
  const { currency } = order;
  const refundId = nextRefundId(order);
  const leg = { paymentId, refundId, captureId, amount, currency, ...(to && { to }) };
  return accept(eventOf('payment.refund_requested', leg));
}

/** Records what the provider did. One effect has one reference: twice is once. */
export function refund(order: Order, command: CommandOf<'refund'>): Decision {
  const payment = paymentOf(order, command.paymentId);
  if (!payment) return unknownPayment(command.paymentId);
  const { paymentId, captureId, amount, providerReference, refundId } = command;
  const captured = payment.captures.find(({ id }) => id === captureId);
  if (captured?.refundReferences.includes(providerReference)) return alreadyDone;
  const asked = payment.refunds?.find(({ id }) => id === refundId);
  if (asked?.status === 'SUCCEEDED') return alreadyDone;
  if (!captured || amount > captured.amount - captured.refunded - chargedBack(payment, captured.id)) {
    return reject('amount_exceeds_capture', `Capture ${captureId} has no ${amount} left to refund.`);
  }
  return accept(
    eventOf('payment.refunded', {
      ...{ paymentId, captureId, amount, currency: order.currency, providerReference },
      ...(payment.method !== 'card' && { method: payment.method }),
      receivable: receivableChange(order, { received: -amount }),
      ...(asked && { refundId: asked.id, ...(asked.to && { to: asked.to }) }),
    }),
  );
}

/**
 * The provider said that it did not, and will not: what is due goes back another way. It may say so long after it has said that it did, when the bank
 * sends the money back to it.
 */
export function failRefund(order: Order, command: CommandOf<'failRefund'>): Decision {
  const payment = paymentOf(order, command.paymentId);
  if (!payment) return unknownPayment(command.paymentId);
  const asked = payment.refunds?.find(({ id }) => id === command.refundId);
  if (!asked) return reject('payment_not_found', `${payment.id} has no refund ${command.refundId}.`);
  const { id: refundId, captureId, amount, to, status } = asked;
  const leg = { paymentId: payment.id, refundId, captureId, amount, currency: order.currency, ...(to && { to }) };
  if (status === 'SUCCEEDED') {
    // Refunds that were written down before this event existed do not say which of the capture's references was theirs.
    const references = payment.captures.find(({ id }) => id === captureId)?.refundReferences;
    return accept(
      eventOf('payment.refund_reversed', {
        ...{ ...leg, reason: command.reason },
        ...(payment.method !== 'card' && { method: payment.method }),
        providerReference: asked.providerReference ?? references?.at(-1) ?? '',
        receivable: receivableChange(order, { received: amount }),
      }),
    );
  }
  if (!isPending(asked)) return alreadyDone;
  return accept(eventOf('payment.refund_failed', { ...leg, reason: command.reason }));
}

/**
 * Money that no provider would give back, sent by a person: up to what is parked, against the captures in the order of refunds. With the last of it the
 * exception that asked for it is over.
 */
export function recordRefund(order: Order, { amount, reference }: CommandOf<'recordRefund'>): Decision {
  const known = order.payments.some(({ captures }) =>
    captures.some(({ refundReferences }) => refundReferences.includes(byHand(reference))),
  );
  if (known) return alreadyDone;
  const { unplaced } = settlement(order);
  if (amount > unplaced) {
    return reject('refund_not_due', `${unplaced} is left to be given back by hand, not ${amount}.`);
  }
  let left = amount;
  let received = 0;
  const events = capturesToRefund(order).flatMap(({ payment, capture }) => {
    const part = Math.min(left, refundable(payment, capture));
    if (part <= 0) return [];
    left -= part;
    const receivable = receivableChange(order, { received: received - part }) - receivableChange(order, { received });
    received -= part;
    return eventOf('payment.refunded', {
      ...{ paymentId: payment.id, captureId: capture.id, amount: part, currency: order.currency },
      ...{ providerReference: byHand(reference), receivable, to: 'byHand' },
      ...(payment.method !== 'card' && { method: payment.method }),
    });
  });
  return accept(...events, ...(amount === unplaced ? parkedFor(order) : []));
}

const parkedFor = ({ exceptions }: Order) =>
  exceptions
    .filter(({ status, suggestedCommands }) => status === 'OPEN' && suggestedCommands.includes('recordRefund'))
    .map(({ id, workflow }) => eventOf('exception.resolved', { exceptionId: id, workflow, retry: false }));

const byHand = (reference: string): string => `byHand:${reference}`;
