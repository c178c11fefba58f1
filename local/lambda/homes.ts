import type { Clock } from '../kernel/clock.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** What of a sandbox matters to where functions run. */
export type Home = Pick<Sandbox, 'isFree' | 'hasThread' | 'busyShare' | 'forget'>;

/** Milliseconds between two looks at how busy the threads are: long enough to be no moment's whim, short enough for a rush. */
const LOOK_EVERY_MS = 1000;
/** A thread is relieved when it is busy for so much of the time... */
const BUSY = 0.75;
/** ...and so much more than the idlest one. */
const APART = 0.25;
/** Milliseconds that a function stays where it was moved to: its code has to be loaded and optimized there. */
const SETTLED_MS = 10_000;

/**
 * In which sandbox each function runs. A function stays in one: its code is loaded, and optimized by the engine, once. Functions are dealt out in
 * the order of their first use, which says nothing of how much they do; so while one thread is nearly always busy and another is not, one function
 * a second moves from the one to the other.
 */
export class Homes<H extends Home> {
  readonly #sandboxes: readonly H[];
  readonly #clock: Pick<Clock, 'now'>;
  readonly #homes = new Map<string, H>();
  /** Invocations since the last look, by function. */
  readonly #invoked = new Map<string, number>();
  readonly #movedAt = new Map<string, number>();
  #lookedAt = 0;

  constructor(sandboxes: readonly H[], clock: Pick<Clock, 'now'>) {
    this.#sandboxes = sandboxes;
    this.#clock = clock;
  }

  /** On a quiet machine no thread is started beside one that has nothing to do: what only wakes now and then shares it. */
  of(name: string): H {
    const home = this.#homes.get(name);
    if (home?.hasThread) {
      this.#invoked.set(name, (this.#invoked.get(name) ?? 0) + 1);
      this.#balance();
      return this.#homes.get(name) ?? home;
    }
    return this.#sandboxes.find((each) => each.isFree) ?? home ?? this.#deal(name);
  }

  #deal(name: string): H {
    const home = this.#sandboxes[this.#homes.size % this.#sandboxes.length];
    if (!home) throw new Error('there is no sandbox');
    this.#homes.set(name, home);
    return home;
  }

  #balance(): void {
    const now = this.#clock.now();
    if (this.#sandboxes.length < 2 || now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    const shares = this.#sandboxes.map((home) => ({ home, busy: home.busyShare() })).sort((a, b) => b.busy - a.busy);
    const [hottest, coolest] = [shares[0], shares.at(-1)];
    const apart = hottest && coolest ? hottest.busy - coolest.busy : 0;
    if (hottest && coolest && hottest.busy > BUSY && apart > APART) {
      const moving = this.#lightensBest(hottest.home, apart / hottest.busy, now);
      if (moving !== undefined) {
        this.#homes.set(moving, coolest.home);
        hottest.home.forget(moving);
        this.#movedAt.set(moving, now);
      }
    }
    this.#invoked.clear();
  }

  /**
   * The function that takes about half of what two threads are apart with it, by its invocations.
   * @param apart as a share of what the thread does
   */
  #lightensBest(home: H, apart: number, now: number): string | undefined {
    const here = [...this.#invoked].filter(([name]) => this.#homes.get(name) === home);
    const all = here.reduce((sum, [, count]) => sum + count, 0);
    const missing = (count: number) => Math.abs(count / all - apart / 2);
    return here
      .filter(([name, count]) => count / all < apart && now - (this.#movedAt.get(name) ?? -SETTLED_MS) >= SETTLED_MS)
      .sort(([, a], [, b]) => missing(a) - missing(b))[0]?.[0];
  }
}
