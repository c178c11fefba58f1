import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import type { QuoteDeps } from '../../../shared/use-cases/quotes/quote-cart.ts';
import { listBackorders } from './backorders.ts';
import { quoteContracts } from './contract.ts';
import { quote } from './quotes.ts';

/** The routes of promises, over injected ports. */
export const quoteRoutes = (deps: QuoteDeps & Guarded): ApiHandler =>
  defineRoutes(quoteContracts, deps.door, {
    quoteCart: (request) => quote(deps, request),
    listBackorders: (request) => listBackorders(deps, request),
  });
