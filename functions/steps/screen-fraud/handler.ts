import * as z from 'zod';
import { executeDeps, judgeDeps } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { screenFraud } from '../../../shared/use-cases/fraud/screen-fraud.ts';

const deps = { ...executeDeps(), ...judgeDeps() };
/** Retries of the state in all: from the last one on, an order that nobody can judge is held. */
const Input = OrderStepInput.extend({ retries: z.int().min(0) });
const Output = z.object({ outcome: z.enum(['ACCEPTED', 'COLLECT', 'ON_HOLD', 'REFUSED', 'OVER']) });

/** As the machine's Retry list says for FraudUnavailable. */
const mostRetries = 3;

export const handler = defineStep('ScreenFraud', Input, Output, (input) =>
  screenFraud(deps, input.orderId, { isLastTry: input.retries >= mostRetries }, stepMeta('screen-fraud', input)),
);
