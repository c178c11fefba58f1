import * as z from 'zod';
import { orderPath } from '../../../shared/api/parameters.ts';
import { CreditMemoId, InvoiceId } from '../../../shared/domain/invoice.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';

const read = { method: 'GET', roles: everybody, idempotencyKey: 'none', ifMatch: 'none' } as const;

/** `inv_1`, or with the format for who cannot send Accept: `inv_1.pdf`. */
const named = (id: typeof InvoiceId) =>
  z
    .templateLiteral([id, z.literal(['', '.json', '.pdf', '.xml'])])
    .meta({ description: 'With `.json`, `.pdf` or `.xml` for who cannot send Accept.', example: `${example(id)}.pdf` });

const example = (id: typeof InvoiceId): string => (id === InvoiceId ? 'inv_1' : 'cm_1');

const path = (problem: 'invoice_not_found' | 'credit_memo_not_found', id: typeof InvoiceId) =>
  ({
    schema: orderPath.schema.extend({ documentId: named(id) }),
    problems: { ...orderPath.problems, documentId: problem },
  }) as const;

export const documentContracts = defineContracts({
  listInvoices: {
    ...read,
    path: '/v1/orders/{id}/invoices',
    operationId: 'listInvoices',
    params: orderPath,
    problems: ['order_not_found'],
  },
  getInvoice: {
    ...read,
    path: '/v1/orders/{id}/invoices/{documentId}',
    operationId: 'getInvoice',
    params: path('invoice_not_found', InvoiceId),
    problems: ['order_not_found', 'invoice_not_found', 'not_acceptable'],
  },
  listCreditMemos: {
    ...read,
    path: '/v1/orders/{id}/credit-memos',
    operationId: 'listCreditMemos',
    params: orderPath,
    problems: ['order_not_found'],
  },
  getCreditMemo: {
    ...read,
    path: '/v1/orders/{id}/credit-memos/{documentId}',
    operationId: 'getCreditMemo',
    params: path('credit_memo_not_found', CreditMemoId),
    problems: ['order_not_found', 'credit_memo_not_found', 'not_acceptable'],
  },
});
