import type { Clock } from './clock.ts';

interface Timer {
  time: number;
  order: number;
  fire: () => void;
}

/**
 * A clock that moves only when told to. `advance` fires the timers it passes in order of time, and between any two of them waits
 * until nothing is under way (see `work`), so that a test sees the same order of events on every run.
 */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  #timers = new Set<Timer>();
  #underWay = 0;
  #idle: (() => void)[] = [];

  constructor(start: number | string = '2026-01-05T09:00:00Z') {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  at(time: number, fire: () => void): () => void {
    // As a clock tells them: whole milliseconds. A pause with jitter may end between two.
    const timer = { time: Math.ceil(time), order: this.#order++, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Counts `work` as under way until it settles: time does not move meanwhile. Hand it to `Kernel.track`. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#underWay += 1;
    const done = () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const wake of this.#idle.splice(0)) wake();
    };
    work.then(done, done);
    return work;
  }

  /** Resolves when nothing that was handed to `track` is under way and the event loop has turned idle. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#underWay > 0) {
        await new Promise<void>((resolve) => this.#idle.push(resolve));
        quiet = 0;
      } else quiet += 1;
    }
  }

  /** Moves time forward by `milliseconds`, firing what falls due on the way. */
  async advance(milliseconds: number): Promise<void> {
    await this.advanceTo(this.#now + milliseconds);
  }

  async advanceTo(time: number): Promise<void> {
    await this.settle();
    for (let next = this.#next(); next && next.time <= time; next = this.#next()) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.time);
      next.fire();
      await this.settle();
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Jumps to `time`: what fell due on the way fires once, late, as after a machine was off. */
  async jumpTo(time: number): Promise<void> {
    await this.settle();
    this.#now = Math.max(this.#now, time);
    await this.advanceTo(time);
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.time < first.time || (timer.time === first.time && timer.order < first.order)) first = timer;
    }
    return first;
  }
}
