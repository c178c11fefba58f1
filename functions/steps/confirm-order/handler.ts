import * as z from 'zod';
import { executeDeps } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { confirmOrder } from '../../../shared/use-cases/confirm-order.ts';

const deps = executeDeps();
const Output = z.object({ outcome: z.enum(['CONFIRMED', 'ON_HOLD', 'OVER']) });

export const handler = defineStep('ConfirmOrder', OrderStepInput, Output, (input) =>
  confirmOrder(deps, input.orderId, stepMeta('confirm-order', input)),
);
