import { apiFunctions } from './functions/api.ts';
import { backgroundFunctions } from './functions/background.ts';
import type { FunctionSpec } from './functions/spec.ts';
import { stepFunctions } from './functions/steps.ts';

/**
 * Every function: its folder, what it is told and what it may do. These tables are the whole of a function's permissions, save three things
 * that its construct adds: its own log group, X-Ray, and reading the stream or queue that feeds it.
 */
export const functions: readonly FunctionSpec[] = [...apiFunctions, ...stepFunctions, ...backgroundFunctions];

/** `steps/reserve-stock` is `ReserveStock`, `api/orders` is `ApiOrders`: the construct's id and, for a step, its state's name. */
export function constructName(folder: string): string {
  return folder
    .replace(/^(steps|streams|subscribers|schedules)\//, '')
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** @throws Error if the table has no such function */
export function functionSpec(folder: string): FunctionSpec {
  const spec = functions.find((each) => each.folder === folder);
  if (!spec) throw new Error(`infra/functions has no function ${folder}`);
  return spec;
}
