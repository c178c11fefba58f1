import { defineContracts } from '../../../shared/runtime/contract.ts';
import { cartHoldPath } from './parameters.ts';
import { CartHoldBody, ExtendCartHoldBody } from './requests.ts';

const common = { roles: ['storefront', 'agent', 'admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;

export const cartHoldContracts = defineContracts({
  holdCart: {
    ...common,
    method: 'POST',
    path: '/v1/cart-holds',
    operationId: 'holdCart',
    body: CartHoldBody,
    problems: ['stock_short', 'cart_too_scattered', 'unknown_storefront', 'unknown_location'],
    idempotencyKey: 'required',
  },
  getCartHold: {
    ...common,
    method: 'GET',
    path: '/v1/cart-holds/{id}',
    operationId: 'getCartHold',
    params: cartHoldPath,
    problems: ['cart_hold_not_found'],
  },
  extendCartHold: {
    ...common,
    method: 'POST',
    path: '/v1/cart-holds/{id}/extend',
    operationId: 'extendCartHold',
    params: cartHoldPath,
    body: ExtendCartHoldBody,
    bodyOptional: true,
    problems: ['cart_hold_not_found', 'cart_hold_ended'],
  },
  releaseCartHold: {
    ...common,
    method: 'DELETE',
    path: '/v1/cart-holds/{id}',
    operationId: 'releaseCartHold',
    params: cartHoldPath,
    problems: ['cart_hold_not_found', 'cart_hold_ended'],
  },
});
