import type { Catcher, Retrier } from './definition.ts';
import { errorMatches, type StatesError } from './errors.ts';

/**
 * Decides about the next attempt. The first retrier whose ErrorEquals matches decides; each counts its own retries over one visit of the state.
 * The wait before its retry k (from 0) is IntervalSeconds × BackoffRate^k, at most MaxDelaySeconds, and with FULL jitter anything up to that.
 * @param retries retries made so far by index of the retrier; counted up when there is another one
 * @returns milliseconds to wait, or undefined: no retry
 */
export function nextRetry(
  retriers: readonly Retrier[],
  retries: number[],
  failure: StatesError,
  random: () => number,
): number | undefined {
  const index = retriers.findIndex(({ ErrorEquals }) => errorMatches(ErrorEquals, failure));
  const retrier = retriers[index];
  if (!retrier) return undefined;
  const made = retries[index] ?? 0;
  if (made >= (retrier.MaxAttempts ?? 3)) return undefined;
  for (let each = 0; each < retriers.length; each += 1) retries[each] ??= 0;
  retries[index] = made + 1;
  const backoff = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** made;
  const seconds = Math.min(backoff, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return Math.round(seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? random() : 1));
}

export function findCatcher(
  catchers: readonly Catcher[],
  failure: StatesError,
): { catcher: Catcher; index: number } | undefined {
  const index = catchers.findIndex(({ ErrorEquals }) => errorMatches(ErrorEquals, failure));
  const catcher = catchers[index];
  return catcher && { catcher, index };
}
