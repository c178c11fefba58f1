import type { Clock } from '../kernel/clock.ts';

interface Watched {
  listeners: Set<() => void>;
  timer?: { time: number; cancel: () => void } | undefined;
}

/**
 * Tells who waits for a queue's messages when some become visible: at once after a commit, or by one timer per watched queue, set to
 * the earliest message that is hidden now. A queue that nobody watches costs nothing.
 */
export class Visibility {
  readonly #watched = new Map<string, Watched>();
  readonly #clock: Clock;
  readonly #nextVisible: (queue: string, after: number) => number | undefined;

  constructor(clock: Clock, nextVisible: (queue: string, after: number) => number | undefined) {
    this.#clock = clock;
    this.#nextVisible = nextVisible;
  }

  watch(queue: string, listener: () => void): () => void {
    const watched = this.#watched.get(queue) ?? { listeners: new Set() };
    this.#watched.set(queue, watched);
    watched.listeners.add(listener);
    this.#arm(queue, watched);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size > 0) return;
      watched.timer?.cancel();
      this.#watched.delete(queue);
    };
  }

  /** Messages of `queue` are, or will be, visible at `time`. */
  visibleAt(queue: string, time: number): void {
    const watched = this.#watched.get(queue);
    if (!watched) return;
    if (time <= this.#clock.now()) {
      for (const listener of [...watched.listeners]) listener();
    } else if (!watched.timer || time < watched.timer.time) this.#set(queue, watched, time);
  }

  stop(): void {
    for (const watched of this.#watched.values()) watched.timer?.cancel();
    this.#watched.clear();
  }

  #arm(queue: string, watched: Watched): void {
    if (watched.timer) return;
    const next = this.#nextVisible(queue, this.#clock.now());
    if (next !== undefined) this.#set(queue, watched, next);
  }

  #set(queue: string, watched: Watched, time: number): void {
    watched.timer?.cancel();
    const cancel = this.#clock.at(time, () => {
      watched.timer = undefined;
      this.visibleAt(queue, time);
      if (this.#watched.get(queue) === watched) this.#arm(queue, watched);
    });
    watched.timer = { time, cancel };
  }
}
