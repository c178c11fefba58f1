import type { EventType } from '../events.ts';
import type { Order, Payment, Refund } from '../order.ts';
import { newPayment } from '../payments.ts';
import type { Appliers } from './applier.ts';

export const payments = {
  'payment.requested': (order, { paymentId: id, method, amount, replaces }, { secret }) => ({
    ...order,
    payments: [
      ...order.payments,
      {
        ...newPayment(id, method, amount),
        ...(secret?.token !== undefined && { token: secret.token }),
        ...(replaces !== undefined && { replaces }),
      },
    ],
  }),
  'payment.lapsing': (order, { paymentId }) =>
    updatePayment(order, paymentId, (payment) => ({ ...payment, isLapsing: true })),
  'payment.action_required': (order, { paymentId, providerReference }, { secret }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      status: 'ACTION_REQUIRED',
      providerReference,
      ...(secret && { action: secret.action }),
    })),
  'payment.expired': (order, { paymentId, amount }) =>
    updatePayment(order, paymentId, ({ expiresAt: _, isLapsing: __, ...payment }) => ({
      ...payment,
      voided: payment.voided + amount,
      status: payment.captured > 0 ? 'CAPTURED' : 'EXPIRED',
    })),
  'payment.authorized': (order, { paymentId, amount, providerReference, expiresAt }, { secret }) =>
    updatePayment(order, paymentId, ({ action: _, ...payment }) => ({
      ...payment,
      ...(expiresAt !== undefined && { expiresAt }),
      ...(secret && { card: secret.card }),
      status: 'AUTHORIZED',
      authorized: payment.authorized + amount,
      providerReference,
    })),
  'payment.declined': (order, { paymentId, reason }) =>
    updatePayment(order, paymentId, ({ action: _, ...payment }) => ({
      ...payment,
      status: 'DECLINED',
      declineReason: reason,
    })),
  'payment.capture_requested': (order, { total }) => ({ ...order, captureRequested: total }),
  'payment.captured': (order, { paymentId, captureId, fulfillmentId, amount, providerReference, receipt }) =>
    updatePayment(order, paymentId, (payment) => {
      const captured = payment.captured + amount;
      const capture = {
        ...{ id: captureId, ...(fulfillmentId && { fulfillmentId }), amount },
        ...(receipt !== undefined && { receipt }),
      };
      return {
        ...payment,
        captured,
        status: captured + payment.voided === payment.authorized ? 'CAPTURED' : 'PARTIALLY_CAPTURED',
        captures: [...payment.captures, { ...capture, refunded: 0, providerReference, refundReferences: [] }],
      };
    }),
  'payment.voided': (order, { paymentId, amount }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      voided: payment.voided + amount,
      status: payment.captured > 0 ? 'CAPTURED' : 'VOIDED',
    })),
  'payment.refund_requested': (order, { paymentId, refundId: id, captureId, amount, to }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      refunds: [...(payment.refunds ?? []), { id, captureId, amount, status: 'REQUESTED', ...(to && { to }) }],
    })),
  'payment.refund_failed': (order, { paymentId, refundId, reason }) =>
    updatePayment(order, paymentId, (payment) =>
      updateRefund(payment, refundId, (one) => ({ ...one, status: 'FAILED', reason })),
    ),
  'payment.refunded': (order, { paymentId, captureId, amount, providerReference, refundId }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...updateRefund(payment, refundId, (one) => ({ ...one, status: 'SUCCEEDED', providerReference })),
      refunded: payment.refunded + amount,
      captures: payment.captures.map((capture) =>
        capture.id === captureId
          ? {
              ...capture,
              refunded: capture.refunded + amount,
              refundReferences: [...capture.refundReferences, providerReference],
            }
          : capture,
      ),
    })),
  'payment.refund_reversed': (order, { paymentId, refundId, captureId, amount, reason }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...updateRefund(payment, refundId, (one) => ({ ...one, status: 'FAILED', reason })),
      refunded: payment.refunded - amount,
      captures: payment.captures.map((capture) =>
        capture.id === captureId ? { ...capture, refunded: capture.refunded - amount } : capture,
      ),
    })),
  'payment.chargeback': (order, { chargebackId, paymentId, captureId, amount, reason, respondBy }, { at }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      chargebacks: [
        ...(payment.chargebacks ?? []),
        {
          id: chargebackId,
          captureId,
          amount,
          reason,
          status: 'OPEN',
          ...(respondBy !== undefined && { respondBy }),
          openedAt: at,
        },
      ],
    })),
  'payment.chargeback_closed': (order, { chargebackId, paymentId, outcome }, { at }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      chargebacks: (payment.chargebacks ?? []).map((one) =>
        one.id === chargebackId ? { ...one, status: outcome, closedAt: at } : one,
      ),
    })),
} satisfies Appliers<Extract<EventType, `payment.${string}`>>;

const updatePayment = (order: Order, id: string, change: (payment: Payment) => Payment): Order => ({
  ...order,
  payments: order.payments.map((payment) => (payment.id === id ? change(payment) : payment)),
});

const updateRefund = (payment: Payment, id: string | undefined, change: (refund: Refund) => Refund): Payment =>
  payment.refunds
    ? { ...payment, refunds: payment.refunds.map((refund) => (refund.id === id ? change(refund) : refund)) }
    : payment;

/** Somebody asked to try again what failed: what follows are refunds of their own. */
export const retryRefunds = (order: Order): Order => {
  const isOver = (one: Refund) => one.status === 'FAILED' && !one.isRetried;
  if (!order.payments.some(({ refunds = [] }) => refunds.some(isOver))) return order;
  return {
    ...order,
    payments: order.payments.map((payment) =>
      payment.refunds
        ? { ...payment, refunds: payment.refunds.map((one) => (isOver(one) ? { ...one, isRetried: true } : one)) }
        : payment,
    ),
  };
};
