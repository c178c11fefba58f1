import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { type AvailabilityDeps, askAvailability, getAvailability } from './availability.ts';
import { availabilityContracts } from './contract.ts';

/** The routes of what can be sold, over injected ports. */
export const availabilityRoutes = (deps: AvailabilityDeps & Guarded): ApiHandler =>
  defineRoutes(availabilityContracts, deps.door, {
    getAvailability: (request) => getAvailability(deps, request),
    askAvailability: (request) => askAvailability(deps, request),
  });
