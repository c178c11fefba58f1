import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { taxContracts } from './contract.ts';
import * as tax from './tax.ts';

/** The routes of taxes over injected ports. */
export const taxRoutes = (deps: tax.TaxDeps & Guarded): ApiHandler =>
  defineRoutes(taxContracts, deps.door, {
    getTaxRates: () => tax.getTaxRates(deps),
    putTaxRates: (request) => tax.putTaxRates(deps, request),
    quoteTaxes: (request) => tax.quoteTaxes(deps, request),
  });
