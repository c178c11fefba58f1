import { defineContracts } from '../../../shared/runtime/contract.ts';
import { TaxQuoteBody, TaxRatesBody } from './requests.ts';

const rates = { path: '/v1/tax/rates', idempotencyKey: 'none', ifMatch: 'none' } as const;

export const taxContracts = defineContracts({
  getTaxRates: {
    ...rates,
    method: 'GET',
    roles: ['storefront', 'agent', 'admin'],
    operationId: 'getTaxRates',
    problems: [],
  },
  putTaxRates: {
    ...rates,
    method: 'PUT',
    roles: ['admin'],
    operationId: 'putTaxRates',
    body: TaxRatesBody,
    problems: [],
  },
  quoteTaxes: {
    method: 'POST',
    path: '/v1/tax/quotes',
    operationId: 'quoteTaxes',
    roles: ['storefront', 'agent', 'admin'],
    idempotencyKey: 'none',
    ifMatch: 'none',
    body: TaxQuoteBody,
    problems: ['no_tax_rate', 'tax_provider_unavailable', 'order_total_too_large'],
  },
});
