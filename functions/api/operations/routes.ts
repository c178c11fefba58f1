import type { Door } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { operationContracts } from './contract.ts';
import { endOutage, getOperation, type OperationsDeps, startOutage } from './operations.ts';

/** The routes of outages and operations over injected ports. */
export const operationRoutes = (deps: OperationsDeps & { door: Door }): ApiHandler =>
  defineRoutes(operationContracts, deps.door, {
    startOutage: (request) => startOutage(deps, request),
    endOutage: (request) => endOutage(deps, request),
    getOperation: (request) => getOperation(deps, request),
  });
