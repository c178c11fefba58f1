import * as z from 'zod';
import { executeDeps, paymentProviders } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';

const deps = { ...executeDeps(), payments: paymentProviders() };
const Output = z.object({ outcome: z.literal('SETTLED'), effects: z.int().min(0) });

export const handler = defineStep('SettlePayment', OrderStepInput, Output, (input) =>
  settlePayment(deps, input.orderId, stepMeta('settle-payment', input)),
);
