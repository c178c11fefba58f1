/**
 * Time for the one-machine cloud. Every service takes its time and its timers from here, never from `Date` or `setTimeout`,
 * so that a test can run a week of retries in a millisecond. All times are epoch milliseconds.
 */
export interface Clock {
  now(): number;
  /** Runs `fire` once, at or as soon as possible after `time`. Returns a function that cancels it. */
  at(time: number, fire: () => void): () => void;
  /** Sets the clock ahead or back by so many milliseconds. Absent where it cannot be set. */
  jump?(milliseconds: number): void;
}

const LONGEST_TIMEOUT = 2_147_483_647;

/** The wall clock. Timers do not keep the process alive: the servers do. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    at(time, fire) {
      let handle: NodeJS.Timeout;
      const arm = () => {
        const wait = Math.max(0, time - Date.now());
        // setTimeout overflows above 2^31-1 ms (24.8 days): sleep in stages.
        handle = setTimeout(() => (wait > LONGEST_TIMEOUT ? arm() : fire()), Math.min(wait, LONGEST_TIMEOUT));
        handle.unref();
      };
      arm();
      return () => clearTimeout(handle);
    },
  };
}

export function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => clock.at(clock.now() + milliseconds, resolve));
}
