import { orderPath } from '../../../shared/api/parameters.ts';
import { rolesFor } from '../../../shared/api/roles.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { CreditMemoBody, RecordRefundBody } from './requests.ts';

const refusals = [
  'order_not_found',
  'invalid_transition',
  'not_invoiced',
  'invoice_required',
  'unknown_invoice',
  'not_on_invoice',
  'credit_exceeds_invoice',
  'fee_exceeds_credit',
  'refund_limit_exceeded',
] as const;

export const creditMemoContracts = defineContracts({
  postCreditMemo: {
    method: 'POST',
    path: '/v1/orders/{id}/credit-memos',
    operationId: 'postCreditMemo',
    roles: rolesFor('postCreditMemo'),
    params: orderPath,
    body: CreditMemoBody,
    problems: [...refusals, 'version_mismatch', 'idempotency_key_in_flight'],
    idempotencyKey: 'required',
    ifMatch: 'optional',
  },
  previewCreditMemo: {
    method: 'POST',
    path: '/v1/orders/{id}/credit-memos/preview',
    operationId: 'previewCreditMemo',
    roles: rolesFor('postCreditMemo'),
    params: orderPath,
    body: CreditMemoBody,
    problems: refusals,
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  recordRefund: {
    method: 'POST',
    path: '/v1/orders/{id}/refunds',
    operationId: 'recordRefund',
    roles: rolesFor('recordRefund'),
    params: orderPath,
    body: RecordRefundBody,
    problems: ['order_not_found', 'invalid_transition', 'refund_not_due', 'version_mismatch'],
    idempotencyKey: 'required',
    ifMatch: 'optional',
  },
});
