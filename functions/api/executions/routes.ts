import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { executionContracts } from './contract.ts';
import { type ExecutionsDeps, listOrderExecutions } from './executions.ts';

/** The route of executions over injected ports. */
export const executionRoutes = (deps: ExecutionsDeps & Guarded): ApiHandler =>
  defineRoutes(executionContracts, deps.door, { listOrderExecutions: (request) => listOrderExecutions(deps, request) });
