import { captureId, fulfillmentId, money, paymentId, providerReference } from './samples.ts';
import type { Told } from './told.ts';

const chargeback = { chargebackId: 'dp_1', paymentId, captureId, ...money, providerReference };

/** Of payments: authorized, captured, refunded, charged back. */
export const toldOfPayments = {
  'payment.authorized': {
    description: 'The provider holds the amount for the order.',
    emittedBy: 'place-order, step AuthorizePayment',
    sample: { paymentId, ...money, providerReference },
  },
  'payment.requested': {
    description: 'Another payment is to be authorized, after one was declined. What it pays with stays in the store.',
    emittedBy: 'POST /v1/orders/{id}/payments',
    sample: { paymentId: 'pay_2', method: 'card', ...money },
  },
  'payment.action_required': {
    description:
      'The bank wants to see the customer (3-D Secure). The order shows what to do, its stock is for sale again, and it waits until its deadline.',
    emittedBy: 'place-order, step AuthorizePayment',
    sample: { paymentId, ...money, providerReference },
  },
  'payment.lapsing': {
    description:
      'An authorization ends at `expiresAt`, in a day or less, and the order still needs it. Another one is made where the provider takes it without the customer; elsewhere ship before, or ask the customer.',
    emittedBy: 'due-timers',
    sample: { paymentId, ...money, expiresAt: '2026-01-12T09:00:00.000Z', awaitsStock: false },
  },
  'payment.expired': {
    description: 'What was authorized and not captured is no longer so: it lapsed, or was canceled at the provider.',
    emittedBy: 'POST /v1/payment-webhooks/{provider}; due-timers; settle-order, step SettlePayment',
    sample: { paymentId, ...money, reason: 'lapsed' },
  },
  'payment.declined': {
    description: 'The provider refused the payment.',
    emittedBy: 'place-order, step AuthorizePayment',
    sample: { paymentId, ...money, reason: 'insufficient_funds' },
  },
  'payment.captured': {
    description: 'The amount for one packed fulfillment was collected; without `fulfillmentId`, for the digital units.',
    emittedBy: 'ship-fulfillment, step CapturePayment; deliver-digital, step DeliverDigital',
    sample: { paymentId, captureId, fulfillmentId, ...money, providerReference },
  },
  'payment.voided': {
    description: 'What was authorized and is no longer owed was let go.',
    emittedBy: 'settle-order, step SettlePayment',
    sample: { paymentId, ...money },
  },
  'payment.refunded': {
    description: 'Money went back to the customer.',
    emittedBy: 'settle-order, step SettlePayment; POST /v1/orders/{id}/refunds',
    sample: { paymentId, captureId, refundId: 'ref_1', ...money, providerReference },
  },
  'payment.refund_requested': {
    description: 'Money is to go back: the provider is asked next.',
    emittedBy: 'settle-order, step SettlePayment',
    sample: { paymentId, refundId: 'ref_1', captureId, ...money },
  },
  'payment.refund_failed': {
    description: 'The provider would not give the money back: another capture is asked, or a person.',
    emittedBy: 'settle-order, step SettlePayment',
    sample: { paymentId, refundId: 'ref_1', captureId, ...money, reason: 'expired_card' },
  },
  'payment.refund_reversed': {
    description: 'The bank sent back what had been given back: it is due again.',
    emittedBy: 'POST /v1/payment-webhooks/{provider}',
    sample: { paymentId, refundId: 'ref_1', captureId, ...money, reason: 'lost_or_stolen_card', providerReference },
  },
  'payment.chargeback': {
    description: 'The customer’s bank took money back. What has not left yet is held.',
    emittedBy: 'POST /v1/orders/{id}/chargebacks',
    sample: { ...chargeback, reason: 'fraudulent', respondBy: '2026-02-01T00:00:00.000Z' },
  },
  'payment.chargeback_closed': {
    description: 'A chargeback was won (the money is back, what was held goes on) or lost.',
    emittedBy: 'POST /v1/orders/{id}/chargebacks/{chargebackId}/close',
    sample: { ...chargeback, outcome: 'WON' },
  },
  'payment.capture_requested': {
    description: 'Somebody asked for money to be taken now; `total` is what will have come in with it.',
    emittedBy: 'POST /v1/orders/{id}/captures',
    sample: { amount: 3998, currency: 'EUR', total: 3998 },
  },
} satisfies Record<string, Told>;
