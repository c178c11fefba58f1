import * as z from 'zod';
import { FulfillmentId } from '../../../shared/domain/ids.ts';
import { executeDeps } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { parkOrder } from '../../../shared/use-cases/park-order.ts';

const deps = executeDeps();
const Input = OrderStepInput.extend({
  workflow: z.string(),
  fulfillmentId: FulfillmentId.optional(),
  error: z.string(),
  cause: z.string(),
});
const Output = z.object({ outcome: z.literal('PARKED'), exceptionId: z.string() });

export const handler = defineStep('ParkOrder', Input, Output, (input) =>
  parkOrder(deps, input.orderId, input, stepMeta('park-order', input)),
);
