import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { type AdvanceDeps, advance, pick, rejectFulfillment, ship } from './advance-fulfillment.ts';
import { fulfillmentContracts } from './contract.ts';
import { getFulfillment, listFulfillments, type ReadFulfillmentsDeps } from './read-fulfillments.ts';

/** The routes of fulfillments over injected ports. */
export const fulfillmentRoutes = (deps: AdvanceDeps & ReadFulfillmentsDeps & Guarded): ApiHandler =>
  defineRoutes(fulfillmentContracts, deps.door, {
    listFulfillments: (request) => listFulfillments(deps, request),
    getFulfillment: (request) => getFulfillment(deps, request),
    accept: (request) => advance(deps, request, 'accept'),
    reject: (request) => rejectFulfillment(deps, request),
    startCustomization: (request) => advance(deps, request, 'startCustomization'),
    finishCustomization: (request) => advance(deps, request, 'finishCustomization'),
    pick: (request) => pick(deps, request),
    pack: (request) => advance(deps, request, 'pack'),
    ship: (request) => ship(deps, request),
    deliver: (request) => advance(deps, request, 'deliver'),
  });
