import * as z from 'zod';
import { executeDeps, paymentProviders, screeningWanted } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';

const deps = { ...executeDeps(), payments: paymentProviders(), screening: screeningWanted() };
const Output = z.object({ outcome: z.enum(['AUTHORIZED', 'SCREEN', 'DECLINED', 'ON_HOLD', 'OVER']) });

export const handler = defineStep('AuthorizePayment', OrderStepInput, Output, (input) =>
  authorizePayment(deps, input.orderId, stepMeta('authorize-payment', input)),
);
