import * as z from 'zod';
import { executeDeps, legalEntities, paymentProviders } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { deliverDigital } from '../../../shared/use-cases/deliver-digital.ts';

const deps = { ...executeDeps(), payments: paymentProviders(), sellers: legalEntities() };
const Output = z.object({ outcome: z.enum(['DELIVERED', 'NOTHING', 'ON_HOLD', 'DECLINED']), reason: z.string() });

export const handler = defineStep('DeliverDigital', OrderStepInput, Output, async (input) => {
  const result = await deliverDigital(deps, input.orderId, stepMeta('deliver-digital', input));
  return { outcome: result.outcome, reason: result.outcome === 'DECLINED' ? result.reason : '' };
});
