import * as z from 'zod';
import { OperationId } from '../../../shared/ports/operations.ts';
import {
  backorders,
  currentOutage,
  executeDeps,
  geocoder,
  networkReader,
  operations,
} from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { stepMeta } from '../../../shared/runtime/step-input.ts';
import { evacuateLocation } from '../../../shared/use-cases/evacuate-location.ts';

const deps = {
  ...executeDeps(),
  network: networkReader(),
  geocoder: geocoder(),
  backorders: backorders(),
  operations: operations(),
  outages: currentOutage(),
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
