import * as z from 'zod';
import { executeDeps, legalEntities, taxes } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { quoteTax } from '../../../shared/use-cases/quote-tax.ts';

const deps = { ...executeDeps(), taxes: taxes(), sellers: legalEntities() };
const Output = z.object({ outcome: z.enum(['TAXED', 'ON_HOLD', 'OVER']) });

export const handler = defineStep('QuoteTax', OrderStepInput, Output, (input) =>
  quoteTax(deps, input.orderId, stepMeta('quote-tax', input)),
);
