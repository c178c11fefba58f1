import { randomUUID } from 'node:crypto';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { backOffDelay, type Delivery, deliver } from './destinations.ts';
import type { EventInvokeConfig } from './event-invoke-config.ts';
import { type LambdaFunction, rolePrincipal } from './function.ts';
import type { FunctionRegistry } from './function-registry.ts';
import type { InvocationResult, Invoker } from './invoker.ts';

interface PendingEvent {
  requestId: string;
  functionName: string;
  payload: string;
  /** Epoch milliseconds. */
  received: number;
  /** Epoch milliseconds of the next attempt. */
  due: number;
  /** Attempts that reached the function and failed. */
  failures: number;
  /** Attempts that concurrency refused; they do not count as retries. */
  throttles: number;
}

/** Wait before the first and before the second retry. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_WAITS_MS = [60_000, 120_000];
const LONGEST_THROTTLE_WAIT_MS = 300_000;
/** Events of one function that run at a time here; the rest wait their turn in the queue, as behind Lambda's pollers. */
const CONCURRENCY_PER_FUNCTION = 10;

/** The queue behind `InvocationType: Event`: durable, so an event that was answered with 202 survives a crash; it may then run twice. */
export class AsyncInvocations {
  #kernel: Kernel;
  #invoker: Invoker;
  #functions: FunctionRegistry;
  #configOf: (functionName: string) => EventInvokeConfig;
  #ready = new Map<string, PendingEvent[]>();
  #running = new Map<string, number>();
  #stopped = false;

  constructor(
    kernel: Kernel,
    invoker: Invoker,
    functions: FunctionRegistry,
    configOf: (functionName: string) => EventInvokeConfig,
  ) {
    this.#kernel = kernel;
    this.#invoker = invoker;
    this.#functions = functions;
    this.#configOf = configOf;
    kernel.storage.db.exec(`CREATE TABLE IF NOT EXISTS lambda_events (
      request_id TEXT PRIMARY KEY, function_name TEXT NOT NULL, payload TEXT NOT NULL, received INTEGER NOT NULL,
      due INTEGER NOT NULL, failures INTEGER NOT NULL, throttles INTEGER NOT NULL) WITHOUT ROWID`);
  }

  /** Resolves with the request's id once the event is on disk. */
  async add(fn: LambdaFunction, payload: string): Promise<string> {
    const now = this.#kernel.clock.now();
    const event = { requestId: randomUUID(), functionName: fn.name, payload, received: now, due: now };
    await this.#save({ ...event, failures: 0, throttles: 0 });
    return event.requestId;
  }

  /** Takes up what was queued when the process ended. */
  start(): void {
    const rows = this.#kernel.storage.db.prepare('SELECT * FROM lambda_events ORDER BY received').all();
    for (const row of rows) {
      const event = {
        requestId: String(row.request_id),
        functionName: String(row.function_name),
        payload: String(row.payload),
        received: Number(row.received),
        due: Number(row.due),
        failures: Number(row.failures),
        throttles: Number(row.throttles),
      };
      if (this.#functions.find(event.functionName)) this.#schedule(event);
      else
        this.#kernel.report(
          'lambda events',
          new Error(`${event.functionName} is gone: its event ${event.requestId} waits`),
        );
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #save(event: PendingEvent): Promise<void> {
    const { requestId, functionName, payload, received, due, failures, throttles } = event;
    return this.#kernel.track(
      this.#kernel.storage.write((group) => {
        this.#kernel.storage.db
          .prepare('INSERT OR REPLACE INTO lambda_events VALUES (?, ?, ?, ?, ?, ?, ?)')
          .run(requestId, functionName, payload, received, due, failures, throttles);
        group.afterCommit(() => this.#schedule(event));
      }),
    );
  }

  #schedule(event: PendingEvent): void {
    if (event.due > this.#kernel.clock.now()) {
      this.#kernel.clock.at(event.due, () => this.#enqueue(event));
    } else this.#enqueue(event);
  }

  #enqueue(event: PendingEvent): void {
    const ready = this.#ready.get(event.functionName) ?? [];
    this.#ready.set(event.functionName, ready);
    ready.push(event);
    this.#pump(event.functionName);
  }

  #pump(functionName: string): void {
    const ready = this.#ready.get(functionName) ?? [];
    for (let running = this.#running.get(functionName) ?? 0; running < CONCURRENCY_PER_FUNCTION; running += 1) {
      const event = this.#stopped ? undefined : ready.shift();
      if (!event) return;
      this.#running.set(functionName, running + 1);
      this.#attempt(event)
        .catch((error) => this.#kernel.report(`lambda event ${event.requestId} of ${functionName}`, error))
        .finally(() => {
          this.#running.set(functionName, (this.#running.get(functionName) ?? 1) - 1);
          this.#pump(functionName);
        });
    }
  }

  async #attempt(event: PendingEvent): Promise<void> {
    const fn = this.#functions.resolve(event.functionName);
    const { maximumAgeSeconds, maximumRetries } = this.#configOf(fn.name);
    const expires = event.received + maximumAgeSeconds * 1000;
    const { clock } = this.#kernel;
    if (clock.now() > expires) return this.#conclude(fn, event, 'EventAgeExceeded', undefined);
    const result = await this.#invoke(fn, event);
    if (this.#stopped) return;
    if (result === 'throttled') {
      const due = clock.now() + backOffDelay(event.throttles, LONGEST_THROTTLE_WAIT_MS);
      await this.#save({ ...event, due, throttles: event.throttles + 1 });
    } else if (!result.functionError) {
      await this.#conclude(fn, event, 'Success', result);
    } else if (event.failures >= maximumRetries) {
      await this.#conclude(fn, { ...event, failures: event.failures + 1 }, 'RetriesExhausted', result);
    } else {
      const due = clock.now() + (RETRY_WAITS_MS[event.failures] ?? RETRY_WAITS_MS.at(-1)!);
      await this.#save({ ...event, due, failures: event.failures + 1 });
    }
  }

  async #invoke(fn: LambdaFunction, event: PendingEvent): Promise<InvocationResult | 'throttled'> {
    try {
      return await this.#invoker.invoke(fn, event.payload, event.requestId);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
      throw error;
    }
  }

  /** Tells the destinations first and forgets the event then: a crash between the two tells them twice rather than never. */
  async #conclude(
    fn: LambdaFunction,
    event: PendingEvent,
    condition: Condition,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const { onSuccess, onFailure } = this.#configOf(fn.name);
    const failed = condition !== 'Success';
    const deliveries: Delivery[] = [];
    const target = failed ? onFailure : onSuccess;
    if (target) deliveries.push(destinationRecord(this.#kernel.clock.now(), target, fn, event, condition, result));
    if (failed && fn.deadLetterArn) deliveries.push(deadLetter(fn.deadLetterArn, event, result));
    for (const delivery of deliveries) {
      await deliver(this.#kernel, delivery, rolePrincipal(fn), () => this.#stopped);
    }
    if (failed && deliveries.length === 0) {
      this.#kernel.report(`lambda event of ${fn.name}`, new Error(`given up (${condition}): ${result?.payload ?? ''}`));
    }
    if (this.#stopped) return;
    await this.#kernel.track(
      this.#kernel.storage.write(() => {
        this.#kernel.storage.db.prepare('DELETE FROM lambda_events WHERE request_id = ?').run(event.requestId);
      }),
    );
  }
}

type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function destinationRecord(
  now: number,
  target: string,
  fn: LambdaFunction,
  event: PendingEvent,
  condition: Condition,
  result: InvocationResult | undefined,
): Delivery {
  const record = {
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${fn.arn}:$LATEST`,
      condition,
      approximateInvokeCount: condition === 'Success' ? event.failures + 1 : event.failures,
    },
    requestPayload: JSON.parse(event.payload),
    ...(result && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(result.functionError && { functionError: result.functionError }),
      },
      responsePayload: JSON.parse(result.payload),
    }),
  };
  const outcome = condition === 'Success' ? 'Success' : 'Failure';
  return {
    target,
    body: JSON.stringify(record),
    detailType: `Lambda Function Invocation Result - ${outcome}`,
    about: [target, `${fn.arn}:$LATEST`],
  };
}

/** The event as it came, with the failure in message attributes (Lambda cuts the text at 1 KB). */
function deadLetter(target: string, event: PendingEvent, result: InvocationResult | undefined): Delivery {
  const error = result ? JSON.parse(result.payload) : { errorMessage: 'The event was too old' };
  return {
    target,
    body: event.payload,
    attributes: {
      RequestID: event.requestId,
      ErrorCode: '200',
      ErrorMessage: String(error.errorMessage).slice(0, 1024) || 'Unknown',
    },
  };
}
