import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import {
  RoutingDecisionResource,
  RoutingDifferenceResource,
  RoutingSimulationResource,
  ShadowPoliciesResource,
} from '../../../shared/api/routing-resources.ts';
import { routingContracts } from './contract.ts';

export const routingDocumentation = documented('Routing', routingContracts, {
  listRoutingDecisions: {
    summary: 'Why an order goes out from where it does',
    description:
      'The routing decisions of an order, the last 20, newest first: the chosen sites, the second best, every other site with the reason ' +
      'why it is out, and why the winner won, in words and numbers. An order whose units came with a cart hold has none for those.',
    responses: {
      200: { description: 'Decisions.', schema: z.looseObject({ data: z.array(RoutingDecisionResource) }) },
    },
  },
  askWhatIf: {
    summary: 'What if something had been different?',
    description:
      'Decides again on what was known at the time of a decision, with a site closed, other weights or more stock, and says what that ' +
      'changes. Nothing is done to the order. Scores under different weights do not compare: look at the KPIs.',
    bodyExample: {
      orderId: 'ord_01KA0000000000000000000000',
      patch: { closeSites: ['dc-north'], policy: 'cheapest' },
    },
    responses: { 200: { description: 'What it changes.', schema: RoutingDifferenceResource } },
  },
  compareShadowPolicies: {
    summary: 'What would the other policies have done?',
    description:
      'Totals of the policy that decides and of the storefront’s `shadowPolicies`, which look on at every decision and change nothing: by day ' +
      'of the decision, in UTC. All policies of a day speak of the same decisions. Kept for 400 days.',
    responses: { 200: { description: 'Days that have decisions, by policy.', schema: ShadowPoliciesResource } },
  },
  simulateRouting: {
    summary: 'What if it had been so for all orders of a week?',
    description:
      'Replays the routing decisions of all orders placed in a period under another policy, other weights, or with sites closed: cost, ' +
      'parcels, lateness, split rate and the sites’ shares, before and after, by day and in total. Each decision is made anew on what was ' +
      'known when it was made, so that stock does not run on from order to order; an order that was routed again counts with each of its ' +
      'decisions. Nothing is done to orders or stock. Long work: read the simulation for its progress.',
    bodyExample: { from: '2026-01-05', to: '2026-01-11', storefront: 'web', patch: { policy: 'cheapest' } },
    responses: { 202: { description: 'Under way.', schema: RoutingSimulationResource } },
  },
  getRoutingSimulation: {
    summary: 'Read a simulation',
    description: 'How far it is, and what it comes to so far. Kept for 90 days.',
    responses: { 200: { description: 'The simulation.', schema: RoutingSimulationResource } },
  },
  cancelRoutingSimulation: {
    summary: 'Cancel a simulation',
    description: 'It stops at the next order; what it has found stays. One that has ended stays as it is.',
    responses: { 200: { description: 'The simulation.', schema: RoutingSimulationResource } },
  },
});
