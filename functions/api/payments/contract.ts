import * as z from 'zod';
import { orderPath } from '../../../shared/api/parameters.ts';
import { rolesFor } from '../../../shared/api/roles.ts';
import { PaymentId } from '../../../shared/domain/ids.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { ReceiptBody, RequestPaymentsBody } from './requests.ts';

const paymentPath = {
  schema: orderPath.schema.extend({ paymentId: PaymentId }),
  problems: { id: 'order_not_found', paymentId: 'payment_not_found' },
} as const;

export const paymentContracts = defineContracts({
  requestPayments: {
    method: 'POST',
    path: '/v1/orders/{id}/payments',
    operationId: 'requestPayments',
    roles: rolesFor('requestPayments'),
    params: orderPath,
    body: RequestPaymentsBody,
    problems: ['order_not_found', 'invalid_transition', 'payments_differ', 'payments_returning', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
  checkPayment: {
    method: 'POST',
    path: '/v1/orders/{id}/payments/{paymentId}/check',
    operationId: 'checkPayment',
    roles: ['storefront', 'agent', 'admin'],
    params: paymentPath,
    problems: ['order_not_found', 'payment_not_found', 'payment_provider_unavailable'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  recordReceipt: {
    method: 'POST',
    path: '/v1/orders/{id}/payments/{paymentId}/receipts',
    operationId: 'recordReceipt',
    roles: rolesFor('receivePayment'),
    params: paymentPath,
    body: ReceiptBody,
    problems: [
      'order_not_found',
      'payment_not_found',
      'invalid_transition',
      'amount_exceeds_authorization',
      'receipt_differs',
      'payment_declined',
      'version_mismatch',
    ],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
});

/** Who asks is known by the signature, not by a key. */
export const paymentWebhookContracts = defineContracts({
  receiveNotice: {
    method: 'POST',
    path: '/v1/payment-webhooks/{provider}',
    operationId: 'receivePaymentNotice',
    roles: 'public',
    params: {
      schema: z.object({ provider: z.enum(['sandbox', 'stripe']) }),
      problems: { provider: 'not_found' },
    },
    problems: ['not_found', 'webhook_refused', 'payment_provider_unavailable'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
