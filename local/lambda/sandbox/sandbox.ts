import { getCompileCacheDir } from 'node:module';
import type { EventLoopUtilization } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../kernel/clock.ts';
import { JumpingClock } from '../../kernel/jumping-clock.ts';
import type { Exchange } from '../../kernel/kernel.ts';
import { exitError } from './errors.ts';
import { SandboxHost, type SandboxHostOptions } from './host.ts';
import {
  bytesOf,
  type FromSandbox,
  type FunctionCode,
  type InvocationError,
  type LogLine,
  type RequestMessage,
  type ToSandbox,
  type Usage,
} from './messages.ts';
import { Outbox } from './outbox.ts';

export type Outcome = ({ payload: string } | { error: InvocationError }) & { usage?: Usage };

export interface SandboxOptions {
  clock: Clock;
  track: <T>(work: Promise<T>) => Promise<T>;
  onLog: (lines: LogLine[]) => void;
  /** The clock is a fake one: handlers follow it. */
  virtualTime: boolean;
  /** Run on this thread, where a debugger already is; an uncaught error of a handler then is this process's own. */
  inProcess: boolean;
  /** A thread that has had nothing to do for so long is ended. Default: 5 minutes. */
  idleMs?: number | undefined;
  /** How requests to the AWS endpoint get there without a socket; undefined = by sockets. */
  wire?: { endpoint: string; exchange: Exchange } | undefined;
}

/** A heap beyond this ends the thread, not the process. A function's MemorySize cannot be enforced where all share one heap. */
const LARGEST_HEAP_MEGABYTES = 1024;
/** How long a thread may stay silent after a time-out before it is taken to be stuck in a loop. */
const PONG_WITHIN_MS = 1000;
/** How long a thread is kept that has nothing to do: some minutes, as Lambda keeps a sandbox. It holds 30 to 60 MB. */
const IDLE_MS = 300_000;
/** The same after `rest`. */
const REST_MS = 1000;
const TERMINATED = 'Runtime exited with error: signal: terminated';

interface Door {
  send(message: ToSandbox): void;
  end(): Promise<unknown>;
  /** Of the thread's own event loop. */
  eventLoop?(): EventLoopUtilization;
}

type Unsequenced<T> = T extends unknown ? Omit<T, 'sequence' | 'now'> : never;

interface Running {
  functionName: string;
  settle: (outcome: Outcome) => void;
}

/**
 * One thread that runs functions, seen from the services' side. Started by the first invocation; if it dies, what ran on it fails with
 * `Runtime.ExitError` and the next invocation starts another. One that has had nothing to do for a while is ended.
 */
export class Sandbox {
  #options: SandboxOptions;
  #door: Door | undefined;
  #running = new Map<string, Running>();
  #defined = new Map<string, number>();
  #timers = new Map<number, () => void>();
  #sequence = 0;
  #closed = false;
  #finishActivity: (() => void) | undefined;
  #pongDue: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #idleMs: number;
  /** As it was when `busyShare` was last asked. */
  #eventLoop: EventLoopUtilization | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? IDLE_MS;
    const { clock } = options;
    if (clock instanceof JumpingClock) clock.onJump((ahead) => this.#door && this.#send({ kind: 'jump', ahead }));
  }

  get load(): number {
    return this.#running.size;
  }

  get hasThread(): boolean {
    return this.#door !== undefined;
  }

  /** Its thread has nothing to do, and is not suspected to be stuck. */
  get isFree(): boolean {
    return this.hasThread && this.load === 0 && !this.#pongDue;
  }

  /**
   * How much of the time since this was last asked its thread had something to do: 0 to 1. Asked for the first time, 0: a thread that has just started is
   * busy loading. Where the clock is a fake one, 0, too: nothing is to depend on it.
   */
  busyShare(): number {
    const now = this.#options.virtualTime ? undefined : this.#door?.eventLoop?.();
    const before = this.#eventLoop;
    this.#eventLoop = now;
    return now && before ? performance.eventLoopUtilization(now, before).utilization : 0;
  }

  runs(functionName: string): boolean {
    return [...this.#running.values()].some((each) => each.functionName === functionName);
  }

  invoke(code: FunctionCode, requestId: string, payload: string, deadline: number): Promise<Outcome> {
    if (this.#closed) return Promise.resolve({ error: exitError(requestId, TERMINATED) });
    return new Promise((resolve) => {
      clearTimeout(this.#idle);
      this.#running.set(requestId, { functionName: code.name, settle: resolve });
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
    this.#endWhenIdle();
  }

  /** The function runs in another sandbox from now on; what runs of it here goes on. */
  forget(functionName: string): void {
    if (this.#defined.has(functionName)) this.#send({ kind: 'forget', functionName });
  }

  /** What its thread was started for is done: this one ends when it has had nothing to do for that long. */
  rest(idleMs = REST_MS): void {
    if (this.#door) this.#idleMs = idleMs;
    this.#endWhenIdle();
  }

  /** Ends the thread under whatever it runs. The next invocation starts another. */
  crash(): void {
    const door = this.#door;
    this.#died('Runtime exited with error: signal: killed');
    void door?.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#door?.end();
    this.#died(TERMINATED);
  }

  #open(): Door {
    // Functions see UTC on Lambda. The time zone is the process's: a thread cannot have its own.
    if (process.env.TZ !== 'UTC') process.env.TZ = 'UTC';
    return this.#options.inProcess ? this.#openHere() : this.#openThread();
  }

  #openThread(): Door {
    const compileCache = getCompileCacheDir();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: this.#hostOptions(),
      // Nothing of the host's environment reaches a function. A thread is told of the compile cache by its own.
      env: compileCache ? { NODE_COMPILE_CACHE: compileCache } : {},
      // How bundles are compiled is experimental in Node, which says so in every thread.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MEGABYTES },
    });
    worker.unref();
    let cause = 'Runtime exited with error: exit status 1';
    worker.on('message', (messages: FromSandbox[]) => {
      for (const message of messages) this.#receive(message, door);
    });
    worker.on('error', (error) => {
      const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      cause = outOfMemory ? 'Runtime exited with error: signal: killed' : `${cause} (${error.message})`;
    });
    const outbox = new Outbox<ToSandbox>((messages) => worker.postMessage(messages));
    const door: Door = {
      send: (message) => outbox.add(message),
      end: () => worker.terminate(),
      eventLoop: () => worker.performance.eventLoopUtilization(),
    };
    worker.on('exit', () => {
      if (this.#door === door) this.#died(cause);
    });
    return door;
  }

  #openHere(): Door {
    const host = new SandboxHost((message) => this.#receive(message, door), this.#hostOptions());
    const door: Door = { send: (message) => host.receive(message), end: async () => host.close() };
    return door;
  }

  #hostOptions(): SandboxHostOptions {
    const { clock, virtualTime, wire } = this.#options;
    const ahead = clock instanceof JumpingClock ? clock.ahead : undefined;
    return { virtualTime, endpoint: wire?.endpoint, ahead };
  }

  #send(message: Unsequenced<ToSandbox>): void {
    this.#sequence += 1;
    this.#updateActivity();
    this.#door?.send({ ...message, sequence: this.#sequence, now: this.#options.clock.now() });
  }

  #receive(message: FromSandbox, from: Door): void {
    switch (message.kind) {
      case 'result':
        this.#settle(message.requestId, { payload: message.payload, usage: message.usage });
        break;
      case 'error':
        this.#settle(message.requestId, { error: message.error, usage: message.usage });
        break;
      case 'log':
        this.#options.onLog(message.lines);
        break;
      case 'request':
        void this.#carry(message.id, message.request, from);
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

  /** A thread that was started in place of a dead one knows nothing of its requests. */
  async #carry(id: number, { method, url, headers, body }: RequestMessage, from: Door): Promise<void> {
    const head = { method, url, headers, remoteAddress: '127.0.0.1' };
    const found = await this.#options.wire?.exchange(head, body).catch(() => undefined);
    const answer = found && { ...found, body: typeof found.body === 'string' ? found.body : bytesOf(found.body) };
    if (this.#door === from) this.#send({ kind: 'answer', id, answer });
  }

  #settle(requestId: string, outcome: Outcome): void {
    this.#running.get(requestId)?.settle(outcome);
    this.#running.delete(requestId);
    this.#updateActivity();
    this.#endWhenIdle();
  }

  /** Not where the clock is a fake one: timers of handlers wait for it in the thread. */
  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    if (!this.#door || this.#running.size > 0 || this.#options.inProcess || this.#options.virtualTime) return;
    this.#idle = setTimeout(() => this.crash(), this.#idleMs);
    this.#idle.unref();
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
    this.#eventLoop = undefined;
    this.#defined.clear();
    clearTimeout(this.#idle);
    this.#idleMs = this.#options.idleMs ?? IDLE_MS;
    clearTimeout(this.#pongDue);
    this.#pongDue = undefined;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    const failed = [...this.#running];
    this.#running.clear();
    for (const [requestId, { settle }] of failed) settle({ error: exitError(requestId, cause) });
    this.#endActivity();
  }
}
