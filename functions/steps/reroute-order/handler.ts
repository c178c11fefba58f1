import * as z from 'zod';
import { backorders, executeDeps, geocoder, networkReader } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { rerouteOrder } from '../../../shared/use-cases/reroute-order.ts';

const deps = { ...executeDeps(), network: networkReader(), geocoder: geocoder(), backorders: backorders() };
const Output = z.object({
  outcome: z.enum(['ROUTED', 'BACKORDERED', 'NO_SITE', 'ON_HOLD', 'NOT_RELEASED']),
  cause: z.string(),
});

export const handler = defineStep('RerouteOrder', OrderStepInput, Output, async (input) => {
  const rerouted = await rerouteOrder(deps, input.orderId, stepMeta('reroute-order', input));
  return { outcome: rerouted.outcome, cause: rerouted.outcome === 'NO_SITE' ? rerouted.cause : '' };
});
