import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import {
  cancelOrder,
  cancelRemainder,
  captureOrder,
  closeChargeback,
  confirmReceipt,
  openChargeback,
  placeHold,
  releaseHold,
  retryOrder,
} from './change-order.ts';
import { orderContracts } from './contract.ts';
import { type PlaceOrderDeps, placeOrder } from './place-order.ts';
import { getOrder, listOrderEvents, listOrders, type ReadOrdersDeps } from './read-orders.ts';

/** The routes of orders over injected ports: the handler and the tests give theirs. */
export const orderRoutes = (deps: PlaceOrderDeps & ReadOrdersDeps & Guarded): ApiHandler =>
  defineRoutes(orderContracts, deps.door, {
    placeOrder: (request) => placeOrder(deps, request),
    listOrders: (request) => listOrders(deps, request),
    getOrder: (request) => getOrder(deps, request),
    listOrderEvents: (request) => listOrderEvents(deps, request),
    cancelOrder: (request) => cancelOrder(deps, request),
    cancelRemainder: (request) => cancelRemainder(deps, request),
    captureOrder: (request) => captureOrder(deps, request),
    retryOrder: (request) => retryOrder(deps, request),
    confirmReceipt: (request) => confirmReceipt(deps, request),
    openChargeback: (request) => openChargeback(deps, request),
    closeChargeback: (request) => closeChargeback(deps, request),
    placeHold: (request) => placeHold(deps, request),
    releaseHold: (request) => releaseHold(deps, request),
  });
