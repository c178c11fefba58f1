import * as z from 'zod';
import { Limit } from '../../../shared/api/parameters.ts';
import { Sku } from '../../../shared/domain/ids.ts';
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
  listBackorders: {
    method: 'GET',
    path: '/v1/backorders',
    operationId: 'listBackorders',
    roles: ['agent', 'warehouse', 'admin'],
    idempotencyKey: 'none',
    ifMatch: 'none',
    query: z.strictObject({ sku: Sku, limit: Limit }),
    problems: [],
  },
});
