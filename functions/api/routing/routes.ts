import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { routingContracts } from './contract.ts';
import { askWhatIf, listRoutingDecisions, type RoutingDeps } from './routing.ts';
import { compareShadowPolicies, type ShadowDeps } from './shadow-policies.ts';
import { cancelSimulation, getSimulation, type SimulationDeps, startSimulation } from './simulations.ts';

/** The routes of routing decisions, over injected ports. */
export const routingRoutes = (deps: RoutingDeps & SimulationDeps & ShadowDeps & Guarded): ApiHandler =>
  defineRoutes(routingContracts, deps.door, {
    listRoutingDecisions: (request) => listRoutingDecisions(deps, request),
    askWhatIf: (request) => askWhatIf(deps, request),
    compareShadowPolicies: (request) => compareShadowPolicies(deps, request),
    simulateRouting: (request) => startSimulation(deps, request),
    getRoutingSimulation: (request) => getSimulation(deps, request),
    cancelRoutingSimulation: (request) => cancelSimulation(deps, request),
  });
