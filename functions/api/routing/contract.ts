import { orderPath } from '../../../shared/api/parameters.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { ShadowQuery, shadowPath, simulationPath } from './parameters.ts';
import { SimulationBody, WhatIfBody } from './requests.ts';

const internal = { roles: ['agent', 'warehouse', 'admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;

/** Why an order goes out from where it does. Costs are the shop's own affair: storefronts do not see them. */
export const routingContracts = defineContracts({
  listRoutingDecisions: {
    ...internal,
    method: 'GET',
    path: '/v1/orders/{id}/routing',
    operationId: 'listRoutingDecisions',
    params: orderPath,
    problems: ['order_not_found'],
  },
  askWhatIf: {
    ...internal,
    method: 'POST',
    path: '/v1/routing/what-if',
    operationId: 'askRoutingWhatIf',
    body: WhatIfBody,
    problems: ['order_not_found', 'routing_decision_not_found', 'routing_input_not_kept'],
  },
  compareShadowPolicies: {
    ...internal,
    method: 'GET',
    path: '/v1/storefronts/{id}/shadow-policies',
    operationId: 'compareShadowPolicies',
    params: shadowPath,
    query: ShadowQuery,
    problems: ['storefront_not_found'],
  },
  simulateRouting: {
    ...internal,
    method: 'POST',
    path: '/v1/routing/simulate',
    operationId: 'simulateRouting',
    roles: ['admin'],
    body: SimulationBody,
    problems: [],
    idempotencyKey: 'required',
  },
  getRoutingSimulation: {
    ...internal,
    method: 'GET',
    path: '/v1/routing/simulations/{id}',
    operationId: 'getRoutingSimulation',
    params: simulationPath,
    problems: ['simulation_not_found'],
  },
  cancelRoutingSimulation: {
    ...internal,
    method: 'POST',
    path: '/v1/routing/simulations/{id}/cancel',
    operationId: 'cancelRoutingSimulation',
    roles: ['admin'],
    params: simulationPath,
    problems: ['simulation_not_found'],
  },
});
