import { defineContracts } from '../../../shared/runtime/contract.ts';
import { QuoteBody } from './requests.ts';

export const quoteContracts = defineContracts({
  quoteCart: {
    method: 'POST',
    path: '/v1/quotes',
    operationId: 'quoteCart',
    roles: ['storefront', 'agent', 'admin'],
    idempotencyKey: 'none',
    ifMatch: 'none',
    body: QuoteBody,
    problems: ['storefront_not_found', 'order_total_too_large'],
  },
});
