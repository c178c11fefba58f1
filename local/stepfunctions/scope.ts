import type { Kernel } from '../kernel/kernel.ts';
import { Canceled } from './errors.ts';

/**
 * Counts what an execution's branches are doing, so that a fake clock stands still while any of them computes, and moves while all of them
 * wait for a timer or for a service (which tracks its own work).
 */
export class Activity {
  readonly #kernel: Kernel;
  #running = 0;
  #rest: () => void = () => {};

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  enter(): void {
    if (this.#running++ > 0) return;
    void this.#kernel.track(
      new Promise<void>((resolve) => {
        this.#rest = resolve;
      }),
    );
  }

  leave(): void {
    if (--this.#running === 0) this.#rest();
  }

  /** Awaits `work` without counting as running meanwhile. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.leave();
    try {
      return await work;
    } finally {
      this.enter();
    }
  }
}

/** What is canceled together: a whole execution, or the branches of one Parallel or Map. */
export class Scope {
  #canceled = false;
  readonly #listeners = new Set<() => void>();
  readonly #detach: () => void;

  constructor(parent?: Scope) {
    this.#detach = parent ? parent.#listen(() => this.cancel()) : () => {};
  }

  /** Ends the scope without canceling: its parent forgets it. */
  close(): void {
    this.#detach();
  }

  cancel(): void {
    if (this.#canceled) return;
    this.#canceled = true;
    this.#detach();
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  check(): void {
    if (this.#canceled) throw new Canceled();
  }

  /** Settles as `work` does, but rejects with Canceled as soon as the scope is canceled. `cleanUp` runs in every case. */
  async guard<T>(work: Promise<T>, cleanUp: () => void = () => {}): Promise<T> {
    let stopListening = () => {};
    try {
      return await new Promise<T>((resolve, reject) => {
        work.then(resolve, reject);
        if (this.#canceled) reject(new Canceled());
        else stopListening = this.#listen(() => reject(new Canceled()));
      });
    } finally {
      stopListening();
      cleanUp();
    }
  }

  #listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
