import type { Clock } from '../kernel/clock.ts';

/**
 * Tasks at work beyond which a start waits: several for each thread that runs functions, so that none is ever without work. What is started and
 * cannot be worked on yet only takes memory, and meets the others at the items they share.
 */
export const MOST_TASKS = 40;
/** Milliseconds that a start waits at most: tasks that all wait for somebody else's server hold up the next ones no longer. */
export const LONGEST_WAIT = 1000;

/** How much is under way. AWS throttles StartExecution instead (`ThrottlingException`, 300 a second), which its clients answer by waiting, too. */
export class Room {
  readonly #clock: Clock;
  readonly #most: number;
  #tasks = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock, most = MOST_TASKS) {
    this.#clock = clock;
    this.#most = most;
  }

  async occupy<T>(work: Promise<T>): Promise<T> {
    this.#tasks += 1;
    try {
      return await work;
    } finally {
      this.#tasks -= 1;
      if (this.#tasks < this.#most) this.#waiting.shift()?.();
    }
  }

  /** Resolves when there is room, in the order of asking, or after a second. */
  async entered(): Promise<void> {
    if (this.#tasks < this.#most && this.#waiting.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const cancel = this.#clock.at(this.#clock.now() + LONGEST_WAIT, resolve);
    await promise;
    cancel();
    const place = this.#waiting.indexOf(resolve);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}
