import { type Clock, realClock } from './clock.ts';

interface Waiting {
  time: number;
  fire: () => void;
  cancel: () => void;
}

/**
 * The wall clock, with jumps: what a machine goes through that slept, or whose time was set. After a jump ahead everything that fell due on
 * the way fires at once; after a jump back it waits longer by as much.
 */
export class JumpingClock implements Clock {
  readonly #wall = realClock();
  readonly #waiting = new Set<Waiting>();
  readonly #listeners = new Set<(ahead: number) => void>();
  #ahead = 0;

  /** Milliseconds by which it is ahead of the wall clock; negative where it is behind. */
  get ahead(): number {
    return this.#ahead;
  }

  now(): number {
    return this.#wall.now() + this.#ahead;
  }

  at(time: number, fire: () => void): () => void {
    const waiting: Waiting = { time, fire, cancel: () => {} };
    this.#waiting.add(waiting);
    this.#arm(waiting);
    return () => {
      waiting.cancel();
      this.#waiting.delete(waiting);
    };
  }

  jump(milliseconds: number): void {
    this.#ahead += milliseconds;
    for (const tell of this.#listeners) tell(this.#ahead);
    for (const waiting of this.#waiting) {
      waiting.cancel();
      this.#arm(waiting);
    }
  }

  onJump(tell: (ahead: number) => void): void {
    this.#listeners.add(tell);
  }

  #arm(waiting: Waiting): void {
    waiting.cancel = this.#wall.at(waiting.time - this.#ahead, () => {
      this.#waiting.delete(waiting);
      waiting.fire();
    });
  }
}
