import { defineContracts } from '../../../shared/runtime/contract.ts';
import { PageQuery, rulesPath } from './parameters.ts';
import { CheckRulesBody, RoutingRulesBody } from './rules-requests.ts';

/** Costs and who serves whom are the shop's own affair: storefronts do not see them. */
const read = {
  method: 'GET',
  roles: ['agent', 'warehouse', 'admin'],
  idempotencyKey: 'none',
  ifMatch: 'none',
} as const;
const write = { ...read, method: 'PUT', roles: ['admin'] } as const;

export const rulesContracts = defineContracts({
  listRoutingRules: {
    ...read,
    path: '/v1/routing/rules',
    operationId: 'listRoutingRules',
    query: PageQuery,
    problems: ['invalid_cursor'],
  },
  getRoutingRules: {
    ...read,
    path: '/v1/routing/rules/{id}',
    operationId: 'getRoutingRules',
    params: rulesPath,
    problems: ['routing_rules_not_found'],
  },
  putRoutingRules: {
    ...write,
    path: '/v1/routing/rules/{id}',
    operationId: 'putRoutingRules',
    params: rulesPath,
    body: RoutingRulesBody,
    problems: ['routing_rules_not_found', 'storefront_not_found', 'unknown_location', 'unknown_location_group'],
  },
  validateRoutingRules: {
    ...write,
    method: 'POST',
    path: '/v1/routing/rules/validate',
    operationId: 'validateRoutingRules',
    body: CheckRulesBody,
    problems: ['storefront_not_found', 'unknown_location', 'unknown_location_group'],
  },
  deleteRoutingRules: {
    ...write,
    method: 'DELETE',
    path: '/v1/routing/rules/{id}',
    operationId: 'deleteRoutingRules',
    params: rulesPath,
    problems: ['routing_rules_not_found'],
  },
});
