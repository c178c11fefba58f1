import * as z from 'zod';
import { OperationId } from '../../../shared/ports/operations.ts';
import {
  backorders,
  executeDeps,
  geocoder,
  networkStore,
  operations,
  outages,
} from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { stepMeta } from '../../../shared/runtime/step-input.ts';
import { evacuateLocation } from '../../../shared/use-cases/evacuate-location.ts';

const deps = {
  ...executeDeps(),
  network: networkStore(),
  geocoder: geocoder(),
  backorders: backorders(),
  operations: operations(),
  outages: outages(),
};
const Input = z.object({ operationId: OperationId, execution: z.string() });
const Output = z.object({ outcome: z.enum(['MORE', 'WAIT', 'DONE']) });

/** Milliseconds of the function's time kept back for the order that is being moved when the rest is spent. */
const keptBack = 10_000;

export const handler = defineStep('EvacuateLocation', Input, Output, (input, { remainingMilliseconds }) =>
  evacuateLocation(
    deps,
    input.operationId,
    stepMeta('evacuate-location', input),
    () => remainingMilliseconds() > keptBack,
  ),
);
