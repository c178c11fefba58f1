import type { Json } from '../kernel/kernel.ts';
import type { Branch } from './branch.ts';
import { StatesError } from './errors.ts';
import type { Bindings } from './expressions.ts';
import { LARGEST_PAYLOAD, textOf } from './payload.ts';

/** 10 MiB of variables in sight of a state (Developer Guide, "Passing data between states with variables"). */
const LARGEST_TOTAL = 10 * 1_048_576;

/** The variables in sight: those of the scopes around it, which it can read only, and its own. */
export function variableBindings(branch: Branch): Bindings {
  return { ...branch.outer?.variables, ...branch.frame.variables };
}

/**
 * Gives the branch's scope new values.
 * @returns each value as JSON text, as the history shows it
 * @throws StatesError States.DataLimitExceeded
 */
export function assign(branch: Branch, values: Record<string, Json>): Record<string, string> {
  const texts: Record<string, string> = {};
  let assigned = 0;
  for (const [name, value] of Object.entries(values)) {
    const text = textOf(value);
    texts[name] = text;
    assigned += Buffer.byteLength(text);
    if (assigned > LARGEST_PAYLOAD) throw tooLarge(branch, '256 KiB in one Assign');
  }
  if (assigned === 0) return texts;
  Object.assign(branch.frame.variables, values);
  let total = 0;
  for (let scope: Branch | undefined = branch; scope; scope = scope.outer) {
    for (const value of Object.values(scope.frame.variables)) total += textOf(value).length;
  }
  if (total > LARGEST_TOTAL) throw tooLarge(branch, '10 MiB in all');
  return texts;
}

function tooLarge(branch: Branch, limit: string): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The variables assigned in the state '${branch.frame.state}' exceed the limit of ${limit}.`,
  );
}
