import * as z from 'zod';
import { executeDeps, legalEntities, paymentProviders } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { FulfillmentStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { securePayment } from '../../../shared/use-cases/capture-payment.ts';

const deps = { ...executeDeps(), payments: paymentProviders(), sellers: legalEntities() };
const Output = z.object({ outcome: z.enum(['CAPTURED', 'NOT_PACKED', 'DECLINED']), reason: z.string() });

export const handler = defineStep('CapturePayment', FulfillmentStepInput, Output, async (input) => {
  const result = await securePayment(deps, input.orderId, input.fulfillmentId, stepMeta('capture-payment', input));
  return { outcome: result.outcome, reason: result.outcome === 'DECLINED' ? result.reason : '' };
});
