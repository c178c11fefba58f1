import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { AwsError } from '../kernel/errors.ts';
import type { LambdaFunction } from './function.ts';
import { Homes } from './homes.ts';
import type { InvocationReport } from './invocation-report.ts';
import type { InvocationError } from './sandbox/messages.ts';
import type { Outcome, Sandbox } from './sandbox/sandbox.ts';

export interface InvocationResult {
  requestId: string;
  /** JSON text: the answer, or the error. */
  payload: string;
  /** Set if the function failed. Lambda's other value, `Handled`, is gone with the callback runtimes. */
  functionError?: 'Unhandled';
}

export interface Meter {
  invocations: number;
  byFunction: Record<string, number>;
  /** Invocations that failed or timed out. */
  errorsByFunction: Record<string, number>;
  /** Sum over all invocations, on the kernel's clock. */
  durationMs: number;
}

/** An account's concurrency on AWS unless raised: 1,000. */
const ACCOUNT_CONCURRENCY = 1000;

/** The longest time-out there is: 15 minutes. */
const LONGEST_TIMEOUT_SECONDS = 900;

export interface InvokerOptions {
  /** A bundle that changed on disk is loaded afresh. */
  reload: boolean;
  /** Somebody may stand at a breakpoint: every function has Lambda's longest time-out. */
  patient: boolean;
  /** Hears of each invocation that failed or timed out. */
  onError: (functionName: string, requestId: string, error: InvocationError) => void;
  /** Hears of each invocation when it is over. */
  onReport: (fn: LambdaFunction, report: InvocationReport) => void;
}

/** Runs one invocation at a time-out and within concurrency, in the sandbox of its function. */
export class Invoker {
  #clock: Clock;
  #sandboxes: Sandbox[];
  #homes: Homes<Sandbox>;
  #options: InvokerOptions;
  #running = new Map<string, number>();
  #total = 0;
  #versions = new Map<string, { modified: number; generation: number }>();
  #meter: Meter = { invocations: 0, byFunction: {}, errorsByFunction: {}, durationMs: 0 };

  constructor(clock: Clock, sandboxes: Sandbox[], options: InvokerOptions) {
    this.#clock = clock;
    this.#sandboxes = sandboxes;
    this.#homes = new Homes(sandboxes, clock);
    this.#options = options;
  }

  get running(): number {
    return this.#total;
  }

  meter(): Meter {
    return structuredClone(this.#meter);
  }

  /** @throws AwsError `TooManyRequestsException` when the function's or the account's concurrency is used up */
  async invoke(fn: LambdaFunction, payload: string, requestId: string = randomUUID()): Promise<InvocationResult> {
    this.#enter(fn);
    const started = this.#clock.now();
    try {
      const seconds = this.#options.patient ? LONGEST_TIMEOUT_SECONDS : fn.timeoutSeconds;
      const outcome = await this.#runWithin(fn, requestId, payload, started, seconds);
      const { initMilliseconds, memoryBytes } = outcome.usage ?? {};
      const milliseconds = this.#clock.now() - started;
      if ('error' in outcome) this.#options.onError(fn.name, requestId, outcome.error);
      this.#options.onReport(fn, { requestId, milliseconds, initMilliseconds, memoryBytes, outcome: endOf(outcome) });
      if ('payload' in outcome) return { requestId, payload: outcome.payload };
      this.#meter.errorsByFunction[fn.name] = (this.#meter.errorsByFunction[fn.name] ?? 0) + 1;
      return { requestId, payload: JSON.stringify(outcome.error), functionError: 'Unhandled' };
    } finally {
      this.#leave(fn, started);
    }
  }

  /** Ends the thread that a function runs on; false if no invocation of it is under way. */
  crash(functionName: string): boolean {
    const running = this.#sandboxes.filter((sandbox) => sandbox.runs(functionName));
    for (const sandbox of running) sandbox.crash();
    return running.length > 0;
  }

  #runWithin(
    fn: LambdaFunction,
    requestId: string,
    payload: string,
    started: number,
    seconds: number,
  ): Promise<Outcome> {
    const deadline = started + seconds * 1000;
    const sandbox = this.#homes.of(fn.name);
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.at(deadline, () => {
        sandbox.abandon(fn.name, requestId);
        resolve({ error: timedOut(requestId, seconds) });
      });
      sandbox.invoke(this.#code(fn), requestId, payload, deadline).finally(cancel).then(resolve, reject);
    });
  }

  #enter(fn: LambdaFunction): void {
    const running = this.#running.get(fn.name) ?? 0;
    if (running >= (fn.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#total >= ACCOUNT_CONCURRENCY) throw throttled('ConcurrentInvocationLimitExceeded');
    this.#running.set(fn.name, running + 1);
    this.#total += 1;
  }

  #leave(fn: LambdaFunction, started: number): void {
    this.#running.set(fn.name, (this.#running.get(fn.name) ?? 1) - 1);
    this.#total -= 1;
    this.#meter.invocations += 1;
    this.#meter.byFunction[fn.name] = (this.#meter.byFunction[fn.name] ?? 0) + 1;
    this.#meter.durationMs += this.#clock.now() - started;
  }

  /** With `reload`, a bundle that changed on disk counts as a new generation of the code. */
  #code(fn: LambdaFunction): LambdaFunction['code'] {
    if (!this.#options.reload) return fn.code;
    const entry = join(fn.code.directory, `${fn.code.handler.slice(0, fn.code.handler.indexOf('.'))}.js`);
    const modified = statSync(entry, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const known = this.#versions.get(fn.name);
    if (!known || known.modified !== modified) {
      this.#versions.set(fn.name, { modified, generation: (known?.generation ?? -1) + 1 });
    }
    return { ...fn.code, generation: this.#versions.get(fn.name)!.generation };
  }
}

function endOf(outcome: Outcome): InvocationReport['outcome'] {
  if ('payload' in outcome) return 'success';
  const { errorType } = outcome.error;
  return errorType === TIMED_OUT ? 'timeout' : errorType === 'Runtime.ExitError' ? 'exit' : 'failure';
}

const TIMED_OUT = 'Sandbox.Timedout';

function timedOut(requestId: string, seconds: number): InvocationError {
  return {
    errorType: TIMED_OUT,
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  };
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
}
