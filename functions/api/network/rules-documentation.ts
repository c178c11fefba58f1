import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { RoutingRulesResource } from '../../../shared/api/routing-resources.ts';
import { rulesContracts } from './rules-contract.ts';

const rules = [
  {
    name: 'stores near by',
    orderFilter: { countries: ['ES'], maxValue: 20_000 },
    locationFilter: { kinds: ['store'], radiusKm: 30 },
    allowPartial: false,
    maxParcels: 1,
    weights: { distance: 5 },
    onFail: 'nextRule',
  },
  { name: 'anybody', maxParcels: 3, onFail: 'backorder' },
];

export const rulesDocumentation = documented('Routing', rulesContracts, {
  listRoutingRules: {
    summary: 'List the routing rules',
    description: 'Of every storefront that has its own, and the `default` ones, by id.',
    responses: { 200: { description: 'A page.', schema: pageOf(RoutingRulesResource) } },
  },
  getRoutingRules: {
    summary: 'Read the routing rules of a storefront',
    description: '`default`: those of all storefronts that have none of their own.',
    responses: { 200: { description: 'The rules.', schema: RoutingRulesResource } },
  },
  putRoutingRules: {
    summary: 'Set the routing rules of a storefront',
    description:
      'Who may serve which orders: asked in turn, the first rule whose sites serve everything decides. They count from the next decision on; orders ' +
      'that are routed keep theirs. A decision names its rule and the version of the rules. Without any rules, all locations of the storefront’s group serve, what was ' +
      'promised first.',
    bodyExample: { rules },
    responses: { 200: { description: 'The rules.', schema: RoutingRulesResource } },
  },
  validateRoutingRules: {
    summary: 'Check routing rules',
    description: 'Answers as setting them would, and changes nothing.',
    bodyExample: { id: 'default', rules },
    responses: { 200: { description: 'They are valid.', schema: z.looseObject({ valid: z.literal(true) }) } },
  },
  deleteRoutingRules: {
    summary: 'Delete the routing rules of a storefront',
    description: 'The default ones count for it again.',
    responses: { 204: { description: 'They are gone.' } },
  },
});
