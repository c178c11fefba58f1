import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { RoutingDecisionResource, RoutingDifferenceResource } from '../../../shared/api/routing-resources.ts';
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
});
