import type { Json } from '../kernel/kernel.ts';
import { StatesError } from './errors.ts';

/** 256 KiB of UTF-8: the service's limit for an input, an output, a task's arguments and result, a variable (Developer Guide, "Quotas"). */
export const LARGEST_PAYLOAD = 262_144;

const texts = new WeakMap<object, string>();

/** The value as JSON text. One value is an output, the next state's input and part of the history: it is written once. */
export function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    texts.set(value, text);
  }
  return text;
}

/** @throws StatesError States.DataLimitExceeded, with `what` (a state's name, or the service of a task) in the cause */
export function checkSize(text: string, what: string): void {
  // UTF-8 has at most three bytes for a UTF-16 code unit: short texts need no count.
  if (text.length * 3 <= LARGEST_PAYLOAD || Buffer.byteLength(text) <= LARGEST_PAYLOAD) return;
  throw new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
