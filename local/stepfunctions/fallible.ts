import type { Json } from '../kernel/kernel.ts';
import type { Branch, Outcome } from './branch.ts';
import type { Catcher, Retrier } from './definition.ts';
import { StatesError } from './errors.ts';
import { findCatcher, nextRetry } from './retry.ts';

/** What a state adds to the history around its failures. */
interface Hooks {
  retried?(failure: StatesError): void;
  caught?(failure: StatesError): void;
  failed?(failure: StatesError): void;
}

/**
 * Runs a state that can fail, with its Retry and Catch. An attempt includes the state's own Output and Assign: an error in them is retried and
 * caught like any other. (AWS documents States.QueryEvaluationError as retriable and catchable, not whether it is in these fields.)
 */
export async function retryAndCatch(
  branch: Branch,
  state: { Retry?: Retrier[] | undefined; Catch?: Catcher[] | undefined },
  attempt: () => Promise<Outcome>,
  hooks: Hooks = {},
): Promise<Outcome> {
  const { frame, execution } = branch;
  for (;;) {
    if (frame.until !== undefined) {
      await branch.sleepUntil(frame.until);
      delete frame.until;
    }
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof StatesError)) throw failure;
      const wait = nextRetry(state.Retry ?? [], frame.retries, failure, execution.machinery.random);
      if (wait !== undefined) {
        hooks.retried?.(failure);
        frame.until = branch.now() + wait;
        const dropChildren = frame.running !== undefined;
        delete frame.running;
        execution.save(frame, dropChildren);
        continue;
      }
      const found = findCatcher(state.Catch ?? [], failure);
      if (!found) {
        hooks.failed?.(failure);
        throw failure;
      }
      hooks.caught?.(failure);
      const errorOutput = errorOutputOf(failure);
      const { catcher, index } = found;
      return { next: catcher.Next, ...(await branch.shape(catcher, `Catch[${index}]/`, { errorOutput }, errorOutput)) };
    }
  }
}

/** `Cause` is a string even where it holds JSON. */
function errorOutputOf(failure: StatesError): Record<string, Json> {
  return {
    ...(failure.error === undefined ? {} : { Error: failure.error }),
    ...(failure.reason === undefined ? {} : { Cause: failure.reason }),
  };
}
