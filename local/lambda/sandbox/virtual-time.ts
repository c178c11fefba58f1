import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { promisify } from 'node:util';
import { hostTimers, type TimerFunctions } from './globals.ts';
import type { FromSandbox } from './messages.ts';

/**
 * Time inside a sandbox while the kernel runs on a fake clock: `Date` stands still between messages, `setTimeout` is the kernel's.
 * Time may move only when no handler is at work, and a handler that waits for time never ends by itself; so the sandbox says when
 * its handlers wait for nothing but time (no HTTP request in flight and nothing happening for a moment).
 */
export class VirtualTime {
  readonly Date: DateConstructor;
  readonly timers: TimerFunctions;
  #now = 0;
  #sequence = 0;
  #running = 0;
  #requestsInFlight = 0;
  #idle = false;
  #nextTimer = 1;
  #armed = new Map<number, VirtualTimer>();
  #check: NodeJS.Timeout | undefined;
  #post: (message: FromSandbox) => void;

  constructor(post: (message: FromSandbox) => void) {
    this.#post = post;
    this.Date = dateOf(() => this.#now);
    this.timers = this.#timerFunctions();
    this.#watchRequests();
  }

  /** Every message brings the time. */
  messageSeen(sequence: number, now: number): void {
    this.#sequence = sequence;
    this.#now = now;
    this.#stir();
  }

  fire(timer: number): void {
    this.#armed.get(timer)?.fire();
  }

  invocationStarted(): void {
    this.#running += 1;
    this.#stir();
  }

  invocationEnded(): void {
    this.#running -= 1;
    this.#stir();
  }

  /** Something happened: the sandbox is busy, look again in a moment whether it still is. */
  #stir(): void {
    if (this.#idle) this.#post({ kind: 'busy' });
    this.#idle = false;
    clearTimeout(this.#check);
    if (this.#running === 0 || this.#requestsInFlight > 0) return;
    // 25 ms of real time cover work that leaves no trace here: WebCrypto, reading a file. Only handlers that wait pay for it.
    this.#check = setTimeout(() => setImmediate(() => this.#declareIdle(this.#sequence)), 25);
    this.#check.unref();
  }

  #declareIdle(sequence: number): void {
    if (this.#running === 0 || this.#requestsInFlight > 0 || sequence !== this.#sequence) return;
    this.#idle = true;
    this.#post({ kind: 'idle', sequence });
  }

  #watchRequests(): void {
    const started = () => {
      this.#requestsInFlight += 1;
      this.#stir();
    };
    const ended = () => {
      this.#requestsInFlight = Math.max(0, this.#requestsInFlight - 1);
      this.#stir();
    };
    subscribe('http.client.request.start', started);
    subscribe('http.client.response.finish', ended);
    subscribe('http.client.request.error', ended);
    subscribe('undici:request:create', started);
    subscribe('undici:request:trailers', ended);
    subscribe('undici:request:error', ended);
  }

  #timerFunctions(): TimerFunctions {
    const arm = (callback: () => void, delay: number, repeat: boolean) => {
      // Bound, because the kernel fires it: what it logs still belongs to the invocation that armed it.
      const bound = AsyncLocalStorage.bind(callback);
      const timer = new VirtualTimer(this.#nextTimer++, bound, Math.max(1, Number(delay) || 1), repeat, {
        set: (one) => {
          this.#armed.set(one.id, one);
          this.#post({ kind: 'set-timer', timer: one.id, delay: one.delay });
        },
        clear: (one) => {
          if (this.#armed.delete(one.id)) this.#post({ kind: 'clear-timer', timer: one.id });
        },
      });
      timer.refresh();
      return timer;
    };
    const clear = (timer: unknown) => {
      const one = timer instanceof VirtualTimer ? timer : this.#armed.get(Number(timer));
      one?.close();
    };
    // The timer functions of Node carry overloads and a promisified form that plain functions cannot be typed as: they are assigned by property.
    const timers = { ...hostTimers };
    const setTimeout = (callback: (...args: unknown[]) => void, delay = 1, ...args: unknown[]) =>
      arm(() => callback(...args), delay, false);
    const sleep = (delay: number, value?: unknown) => new Promise((done) => setTimeout(() => done(value), delay));
    Object.assign(timers, {
      setTimeout: Object.assign(setTimeout, { [promisify.custom]: sleep }),
      setInterval: (callback: (...args: unknown[]) => void, delay = 1, ...args: unknown[]) =>
        arm(() => callback(...args), delay, true),
      clearTimeout: clear,
      clearInterval: clear,
    });
    return timers;
  }
}

/** What `setTimeout` returns: enough of Node's `Timeout` for libraries (`unref`, `refresh`, the number it converts to). */
class VirtualTimer {
  readonly id: number;
  readonly delay: number;
  #callback: () => void;
  #repeat: boolean;
  #keeper: { set(timer: VirtualTimer): void; clear(timer: VirtualTimer): void };

  constructor(
    id: number,
    callback: () => void,
    delay: number,
    repeat: boolean,
    keeper: { set(timer: VirtualTimer): void; clear(timer: VirtualTimer): void },
  ) {
    this.id = id;
    this.delay = delay;
    this.#callback = callback;
    this.#repeat = repeat;
    this.#keeper = keeper;
  }

  fire(): void {
    if (this.#repeat) this.refresh();
    else this.close();
    this.#callback();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.#keeper.clear(this);
    this.#keeper.set(this);
    return this;
  }

  close(): this {
    this.#keeper.clear(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** `Date` whose present is given. A Proxy, so that `instanceof`, subclasses and the static methods are the real ones. */
export function dateOf(now: () => number): DateConstructor {
  const proxy: DateConstructor = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === proxy ? target : newTarget),
    apply: () => new Date(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  return proxy;
}
