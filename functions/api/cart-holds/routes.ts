import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import type { CartHoldDeps } from '../../../shared/use-cases/stock/cart-holds.ts';
import { createCartHold, extend, getCartHold, release } from './cart-holds.ts';
import { cartHoldContracts } from './contract.ts';

/** The routes of holds of carts over injected ports. */
export const cartHoldRoutes = (deps: CartHoldDeps & Guarded): ApiHandler =>
  defineRoutes(cartHoldContracts, deps.door, {
    holdCart: (request) => createCartHold(deps, request),
    getCartHold: (request) => getCartHold(deps, request),
    extendCartHold: (request) => extend(deps, request),
    releaseCartHold: (request) => release(deps, request),
  });
