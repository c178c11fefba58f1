import type { EventType } from '../events.ts';
import type { Order, Payment } from '../order.ts';
import type { Appliers } from './applier.ts';

export const payments = {
  'payment.authorized': (order, { paymentId, amount, providerReference }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      status: 'AUTHORIZED',
      authorized: payment.authorized + amount,
      providerReference,
    })),
  'payment.declined': (order, { paymentId, reason }) =>
    updatePayment(order, paymentId, (payment) => ({ ...payment, status: 'DECLINED', declineReason: reason })),
  'payment.captured': (order, { paymentId, captureId, fulfillmentId, amount, providerReference }) =>
    updatePayment(order, paymentId, (payment) => {
      const captured = payment.captured + amount;
      const capture = { id: captureId, ...(fulfillmentId && { fulfillmentId }), amount };
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
  'payment.refunded': (order, { paymentId, captureId, amount, providerReference }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
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
} satisfies Appliers<Extract<EventType, `payment.${string}`>>;

const updatePayment = (order: Order, id: string, change: (payment: Payment) => Payment): Order => ({
  ...order,
  payments: order.payments.map((payment) => (payment.id === id ? change(payment) : payment)),
});
