const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/**
 * Milliseconds from the end of one attempt to the next: 15 attempts, seven of them within the first hour, the last 93 h 52 min 35 s after the
 * first. Longer than Stripe's three days, so that a weekend's outage loses nothing.
 */
export const delays: readonly number[] = [
  0,
  5 * seconds,
  30 * seconds,
  2 * minutes,
  5 * minutes,
  15 * minutes,
  30 * minutes,
  1 * hours,
  2 * hours,
  4 * hours,
  8 * hours,
  12 * hours,
  18 * hours,
  24 * hours,
  24 * hours,
];

/** Up to a fifth is added, so that what failed together does not come back together; never subtracted: no attempt is early. */
const jitter = 0.2;
/** The longest pause that a receiver may ask for. */
const longestPause = 24 * hours;
/** Nothing is sent later than this after the first attempt, whatever receivers ask for. */
const span = 120 * hours;
/** The least pause for a receiver that is overloaded (429, 502, 503, 504, no answer in time). */
const pauseWhenOverloaded = 60 * seconds;

export interface FailedAttempt {
  /** Epoch milliseconds. */
  firstAttemptAt: number;
  /** Epoch milliseconds: when this attempt ended. */
  now: number;
  /** Attempts made, this one included. */
  made: number;
  isOverloaded: boolean;
  /** Milliseconds that the receiver asked for. */
  retryAfter: number | undefined;
  /** 0 <= n < 1 */
  random: number;
}

/** When to try again (epoch milliseconds), or why not. A request for patience (`Retry-After`) lengthens a pause, never shortens it. */
export function nextAttempt(failed: FailedAttempt): { at: number } | { over: 'attempts' | 'deadline' } {
  const base = delays[failed.made];
  if (base === undefined) return { over: 'attempts' };
  const end = failed.firstAttemptAt + span;
  if (failed.now >= end) return { over: 'deadline' };
  const scheduled = base * (1 + jitter * failed.random);
  const pause = Math.max(scheduled, failed.isOverloaded ? pauseWhenOverloaded : 0, failed.retryAfter ?? 0);
  // The jitter of the longest step may take it past a day; only what a receiver asks for is cut.
  const at = failed.now + Math.ceil(Math.min(pause, Math.max(longestPause, scheduled)));
  return { at: Math.min(at, end) };
}

/**
 * Milliseconds to wait from a `Retry-After` header (RFC 9110, 10.2.3: whole seconds or an HTTP date). Whatever else is there is ignored,
 * an instant that has passed is no wait.
 */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,15}$/.test(text)) return Number(text) * seconds;
  // Date.parse reads "1" and "-5" as years: an HTTP date begins with a day's name.
  const time = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
