import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../kernel/clock.ts';
import { exitError } from './errors.ts';
import { SandboxHost } from './host.ts';
import type { FromSandbox, FunctionCode, InvocationError, LogLine, ToSandbox } from './messages.ts';

export type Outcome = { payload: string } | { error: InvocationError };

export interface SandboxOptions {
  clock: Clock;
  track: <T>(work: Promise<T>) => Promise<T>;
  onLog: (lines: LogLine[]) => void;
  /** The clock is a fake one: handlers follow it. */
  virtualTime: boolean;
  /** Run on this thread, where a debugger already is; an uncaught error of a handler then is this process's own. */
  inProcess: boolean;
}

/** A heap beyond this ends the thread, not the process. A function's MemorySize cannot be enforced where all share one heap. */
const LARGEST_HEAP_MEGABYTES = 1024;
/** How long a thread may stay silent after a time-out before it is taken to be stuck in a loop. */
const PONG_WITHIN_MS = 1000;
const TERMINATED = 'Runtime exited with error: signal: terminated';

type Unsequenced<T> = T extends unknown ? Omit<T, 'sequence' | 'now'> : never;

/**
 * One thread that runs functions, seen from the services' side. Started by the first invocation; if it dies, what ran on it fails with
 * `Runtime.ExitError` and the next invocation starts another.
 */
export class Sandbox {
  #options: SandboxOptions;
  #door: { send(message: ToSandbox): void; end(): Promise<unknown> } | undefined;
  #running = new Map<string, (outcome: Outcome) => void>();
  #defined = new Map<string, number>();
  #timers = new Map<number, () => void>();
  #sequence = 0;
  #closed = false;
  #finishActivity: (() => void) | undefined;
  #pongDue: NodeJS.Timeout | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  get load(): number {
    return this.#running.size;
  }

  invoke(code: FunctionCode, requestId: string, payload: string, deadline: number): Promise<Outcome> {
    if (this.#closed) return Promise.resolve({ error: exitError(requestId, TERMINATED) });
    return new Promise((resolve) => {
      this.#running.set(requestId, resolve);
      this.#door ??= this.#open();
      if (this.#defined.get(code.name) !== code.generation) {
        this.#defined.set(code.name, code.generation);
        this.#send({ kind: 'define', code });
      }
      this.#send({ kind: 'invoke', functionName: code.name, requestId, payload, deadline });
    });
  }

  /** Gives up on an invocation that timed out. Its code cannot be stopped, but a thread that it keeps busy is ended. */
  abandon(functionName: string, requestId: string): void {
    if (!this.#running.delete(requestId)) return;
    this.#send({ kind: 'abandon', functionName, requestId });
    if (!this.#options.inProcess && !this.#pongDue) {
      this.#pongDue = setTimeout(() => this.#door?.end(), PONG_WITHIN_MS);
      this.#send({ kind: 'ping' });
    }
    this.#updateActivity();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#door?.end();
    this.#died(TERMINATED);
  }

  #open() {
    // Functions see UTC on Lambda. The time zone is the process's: a thread cannot have its own.
    if (process.env.TZ !== 'UTC') process.env.TZ = 'UTC';
    return this.#options.inProcess ? this.#openHere() : this.#openThread();
  }

  #openThread() {
    const compileCache = getCompileCacheDir();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { virtualTime: this.#options.virtualTime },
      // Nothing of the host's environment reaches a function. A thread is told of the compile cache by its own.
      env: compileCache ? { NODE_COMPILE_CACHE: compileCache } : {},
      // How bundles are compiled is experimental in Node, which says so in every thread.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MEGABYTES },
    });
    worker.unref();
    let cause = 'Runtime exited with error: exit status 1';
    worker.on('message', (message: FromSandbox) => this.#receive(message));
    worker.on('error', (error) => {
      const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      cause = outOfMemory ? 'Runtime exited with error: signal: killed' : `${cause} (${error.message})`;
    });
    const door = {
      send: (message: ToSandbox) => worker.postMessage(message),
      end: () => worker.terminate(),
    };
    worker.on('exit', () => {
      if (this.#door === door) this.#died(cause);
    });
    return door;
  }

  #openHere() {
    const host = new SandboxHost((message) => this.#receive(message), { virtualTime: this.#options.virtualTime });
    return { send: (message: ToSandbox) => host.receive(message), end: () => Promise.resolve() };
  }

  #send(message: Unsequenced<ToSandbox>): void {
    this.#sequence += 1;
    this.#updateActivity();
    this.#door?.send({ ...message, sequence: this.#sequence, now: this.#options.clock.now() });
  }

  #receive(message: FromSandbox): void {
    switch (message.kind) {
      case 'result':
        this.#settle(message.requestId, { payload: message.payload });
        break;
      case 'error':
        this.#settle(message.requestId, { error: message.error });
        break;
      case 'log':
        this.#options.onLog(message.lines);
        break;
      case 'set-timer':
        this.#setTimer(message.timer, message.delay);
        break;
      case 'clear-timer':
        this.#timers.get(message.timer)?.();
        this.#timers.delete(message.timer);
        break;
      case 'idle':
        if (message.sequence === this.#sequence) this.#endActivity();
        break;
      case 'busy':
        this.#updateActivity();
        break;
      case 'pong':
        clearTimeout(this.#pongDue);
        this.#pongDue = undefined;
    }
  }

  #settle(requestId: string, outcome: Outcome): void {
    this.#running.get(requestId)?.(outcome);
    this.#running.delete(requestId);
    this.#updateActivity();
  }

  #setTimer(timer: number, delay: number): void {
    const { clock } = this.#options;
    const cancel = clock.at(clock.now() + delay, () => {
      this.#timers.delete(timer);
      this.#send({ kind: 'timer', timer });
    });
    this.#timers.set(timer, cancel);
  }

  /** While a handler is at work the clock must not move; once all of them only wait for time (`idle`) it must be able to. */
  #updateActivity(): void {
    if (this.#running.size === 0) this.#endActivity();
    if (this.#running.size === 0 || this.#finishActivity) return;
    this.#options.track(
      new Promise<void>((resolve) => {
        this.#finishActivity = resolve;
      }),
    );
  }

  #endActivity(): void {
    this.#finishActivity?.();
    this.#finishActivity = undefined;
  }

  #died(cause: string): void {
    this.#door = undefined;
    this.#defined.clear();
    clearTimeout(this.#pongDue);
    this.#pongDue = undefined;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    const failed = [...this.#running];
    this.#running.clear();
    for (const [requestId, settle] of failed) settle({ error: exitError(requestId, cause) });
    this.#endActivity();
  }
}
