import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import { FakeClock } from '../kernel/fake-clock.ts';
import type { Exchange, Kernel, Principal, ResourceHandler, Service } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';
import type { QueueSource, StreamSource } from '../kernel/streams.ts';
import type { LogSource } from '../logs/service.ts';
import { AsyncInvocations } from './async-invocations.ts';
import {
  defaultEventInvokeConfig,
  type EventInvokeConfig,
  eventInvokeConfigProperties,
  readEventInvokeConfig,
} from './event-invoke-config.ts';
import { EventSourceMappings } from './event-sources/event-source-mappings.ts';
import { type FunctionOptions, functionProperties, type LambdaFunction, readFunction } from './function.ts';
import { FunctionRegistry } from './function-registry.ts';
import { failureLine, reportLine } from './invocation-report.ts';
import { Invoker, type Meter } from './invoker.ts';
import { Layers } from './layers.ts';
import { FunctionLogs } from './logs.ts';
import type { InvocationError, LogLine } from './sandbox/messages.ts';
import { Sandbox } from './sandbox/sandbox.ts';
import { answerWire } from './wire.ts';

export interface LambdaOptions extends FunctionOptions {
  streams: StreamSource;
  queues: QueueSource;
  /**
   * Threads that run functions; the services have the main thread, and a core. Unless given, one for each of the other cores, at least 1 and at
   * most 2: a thread costs 45 MB, and one that shares its core brings nothing.
   */
  workers?: number;
  /** Runs handlers on the main thread: for a debugger, and for tests that follow every step. An infinite loop then stops everything. */
  inProcess?: boolean;
  /** How long a thread is kept that has nothing to do, in real milliseconds. Default: 5 minutes. */
  idleMs?: number;
  /** Loads a bundle afresh when its file changed. */
  reload?: boolean;
  /** Gives every function Lambda's longest time-out: somebody may stand at a breakpoint. */
  patient?: boolean;
  onLog?: (line: LogLine) => void;
  /** Hears of each invocation that failed or timed out. */
  onInvocationError?: (functionName: string, requestId: string, error: InvocationError) => void;
  /**
   * How functions' requests to the AWS endpoint get there: as messages between threads through this, or, without it, over sockets as on AWS,
   * which costs a third more for each order.
   */
  exchange?: Exchange | undefined;
}

export interface LambdaService extends Service {
  start(): void;
  stop(): Promise<void>;
  /** What functions were loaded for is done: each thread ends when it has had nothing to do for so long, unless told otherwise a second. */
  rest(idleMs?: number): void;
  meter(): Meter;
  /** Ends the thread that runs a function under whatever it is doing; false if no invocation of it is under way. */
  crash(functionName: string): boolean;
  /** Where each function's lines are found. */
  logSources(): LogSource[];
  /** The last 1,000 lines that a function printed, and that Lambda reports of its invocations. */
  logs(functionName: string): LogLine[];
}

export interface InvokeOutput {
  StatusCode: 200 | 202 | 204;
  ExecutedVersion: '$LATEST';
  /** JSON text; empty for `Event` and `DryRun`. */
  Payload: string;
  FunctionError?: 'Unhandled';
  /** With `LogType: Tail`: the last 4 KB that the invocation printed, in base64. */
  LogResult?: string;
}

const LOG_TAIL_BYTES = 4096;

const invokeShape = z.strictObject({
  FunctionName: z.string(),
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
  Payload: z.string().default('{}'),
  Qualifier: z.literal('$LATEST').optional(),
  LogType: z.enum(['None', 'Tail']).optional(),
});
const getShape = z.strictObject({ FunctionName: z.string(), Qualifier: z.literal('$LATEST').optional() });
const listMappingsShape = z.strictObject({
  FunctionName: z.string().optional(),
  EventSourceArn: z.string().optional(),
});

const LIMITS = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024, DryRun: 6 * 1024 * 1024 };
/** How long `stop` lets running invocations finish, in real milliseconds. What is cut off runs again: streams, queues and events are durable. */
const STOP_WITHIN_MS = 2000;
/** Wakes often enough to notice the end of the last invocation at once by human standards. */
const STOP_POLL_MS = 5;

/** The Lambda service: runs the bundles of the template's functions, and the event source mappings that feed them. */
export function createLambda(kernel: Kernel, options: LambdaOptions): LambdaService {
  return new Lambda(kernel, options);
}

class Lambda implements LambdaService {
  readonly name = 'lambda';
  readonly operations = [
    'Invoke',
    'GetFunction',
    'GetFunctionConfiguration',
    'ListFunctions',
    'ListEventSourceMappings',
  ];
  readonly resources: ResourceHandler[];
  #kernel: Kernel;
  #functions: FunctionRegistry;
  #layers: Layers;
  #eventConfigs = new Map<string, EventInvokeConfig>();
  #logs: FunctionLogs;
  #sandboxes: Sandbox[];
  #invoker: Invoker;
  #events: AsyncInvocations;
  #mappings: EventSourceMappings;

  constructor(kernel: Kernel, options: LambdaOptions) {
    this.#kernel = kernel;
    this.#functions = new FunctionRegistry(kernel);
    this.#layers = new Layers(kernel, options.codeDirectory);
    this.#logs = new FunctionLogs(options.onLog, () => kernel.clock.now());
    const sandboxOptions = {
      clock: kernel.clock,
      track: <T>(work: Promise<T>) => kernel.track(work),
      onLog: (lines: LogLine[]) => this.#logs.append(lines),
      virtualTime: kernel.clock instanceof FakeClock,
      inProcess: options.inProcess ?? false,
      idleMs: options.idleMs,
      wire: options.exchange && { endpoint: kernel.endpoint, exchange: options.exchange },
    };
    const workers = options.inProcess ? 1 : (options.workers ?? Math.min(2, availableParallelism()));
    this.#sandboxes = Array.from({ length: workers }, () => new Sandbox(sandboxOptions));
    this.#invoker = new Invoker(kernel.clock, this.#sandboxes, {
      reload: options.reload ?? false,
      patient: options.patient ?? false,
      onError: (name, requestId, error) => {
        this.#logs.report(name, requestId, failureLine(requestId, error, kernel.clock.now()));
        options.onInvocationError?.(name, requestId, error);
      },
      onReport: (fn, report) =>
        this.#logs.report(fn.name, report.requestId, reportLine(fn, report, kernel.clock.now())),
    });
    const configOf = (name: string) => this.#eventConfigs.get(name) ?? defaultEventInvokeConfig;
    this.#events = new AsyncInvocations(kernel, this.#invoker, this.#functions, configOf);
    this.#mappings = new EventSourceMappings(kernel, this.#invoker, this.#functions, options);
    this.resources = [
      this.#layers.resource,
      this.#functionResource(options),
      this.#eventConfigResource(),
      this.#mappings.resource,
    ];
  }

  async call(operation: string, input: unknown, principal: Principal): Promise<unknown> {
    switch (operation) {
      case 'Invoke':
        return this.#invoke(input, principal);
      case 'GetFunction':
        return this.#getFunction(input, principal);
      case 'GetFunctionConfiguration':
        return this.#configuration(input, 'GetFunctionConfiguration', principal);
      case 'ListFunctions':
        this.#kernel.authorizer.authorize(principal, 'lambda:ListFunctions', '*');
        return { Functions: this.#functions.all().map(describe) };
      case 'ListEventSourceMappings':
        this.#kernel.authorizer.authorize(principal, 'lambda:ListEventSourceMappings', '*');
        return { EventSourceMappings: this.#mappings.describe(parseInput(listMappingsShape, input, INVALID)) };
      default:
        throw new AwsError('UnknownOperationException', `Lambda on this machine has no operation ${operation}`, 404);
    }
  }

  wire: NonNullable<Service['wire']> = (request) =>
    answerWire(
      request,
      (operation, input, principal) => this.call(operation, input, principal),
      (input, principal) => this.#invoke(input, principal),
    );

  start(): void {
    this.#events.start();
    this.#mappings.start();
  }

  async stop(): Promise<void> {
    this.#events.stop();
    this.#mappings.stop();
    const until = Date.now() + STOP_WITHIN_MS;
    while (this.#invoker.running > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, STOP_POLL_MS));
    }
    await Promise.all(this.#sandboxes.map((sandbox) => sandbox.close()));
  }

  rest(idleMs?: number): void {
    for (const sandbox of this.#sandboxes) sandbox.rest(idleMs);
  }

  meter(): Meter {
    return this.#invoker.meter();
  }

  crash(functionName: string): boolean {
    return this.#invoker.crash(functionName);
  }

  logSources(): LogSource[] {
    return this.#functions.all().map(({ name, code }) => ({
      group: code.logGroup,
      stream: code.environment.AWS_LAMBDA_LOG_STREAM_NAME ?? name,
      lines: () => this.#logs.of(name),
    }));
  }

  logs(functionName: string): LogLine[] {
    return this.#logs.of(functionName);
  }

  async #invoke(input: unknown, principal: Principal): Promise<InvokeOutput> {
    const request = parseInput(invokeShape, input, INVALID);
    this.#kernel.authorizer.authorize(principal, 'lambda:InvokeFunction', this.#functions.arnOf(request.FunctionName));
    const fn = this.#functions.resolve(request.FunctionName);
    checkPayload(request.Payload, LIMITS[request.InvocationType]);
    const output = { ExecutedVersion: '$LATEST', Payload: '' } as const;
    if (request.InvocationType === 'DryRun') return { ...output, StatusCode: 204 };
    if (request.InvocationType === 'Event') {
      await this.#events.add(fn, request.Payload);
      return { ...output, StatusCode: 202 };
    }
    const result = await this.#invoker.invoke(fn, request.Payload, randomUUID());
    const failure = result.functionError && { FunctionError: result.functionError };
    const log = request.LogType === 'Tail' && { LogResult: this.#logTail(fn, result.requestId) };
    return { ...output, StatusCode: 200, Payload: result.payload, ...failure, ...log };
  }

  #logTail(fn: LambdaFunction, requestId: string): string {
    const mine = this.#logs.of(fn.name).filter((line) => line.requestId === requestId);
    const report = mine.findLast(({ platform }) => platform);
    const isText = fn.code.environment.AWS_LAMBDA_LOG_FORMAT === 'Text';
    const lines = [
      ...(isText ? [`START RequestId: ${requestId} Version: $LATEST`] : []),
      ...mine.filter((line) => line !== report).map((line) => line.text),
      ...(isText ? [`END RequestId: ${requestId}`] : []),
      ...(report ? [report.text] : []),
    ];
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    return text.subarray(-LOG_TAIL_BYTES).toString('base64');
  }

  #getFunction(input: unknown, principal: Principal) {
    const Configuration = this.#configuration(input, 'GetFunction', principal);
    const { code } = this.#functions.resolve(Configuration.FunctionName);
    return { Configuration, Code: { RepositoryType: 'S3', Location: `file://${code.directory}` } };
  }

  #configuration(input: unknown, action: string, principal: Principal) {
    const { FunctionName } = parseInput(getShape, input, INVALID);
    this.#kernel.authorizer.authorize(principal, `lambda:${action}`, this.#functions.arnOf(FunctionName));
    return describe(this.#functions.resolve(FunctionName));
  }

  #functionResource(options: FunctionOptions): ResourceHandler {
    return {
      type: 'AWS::Lambda::Function',
      ...functionProperties,
      provision: (resource) => {
        const fn = readFunction(this.#kernel, this.#layers, options, resource);
        this.#functions.add(fn);
        return { ref: fn.name, attributes: { Arn: fn.arn } };
      },
    };
  }

  #eventConfigResource(): ResourceHandler {
    return {
      type: 'AWS::Lambda::EventInvokeConfig',
      ...eventInvokeConfigProperties,
      provision: (resource) => {
        const { functionName, ...config } = readEventInvokeConfig(resource);
        const fn = this.#functions.resolve(functionName);
        this.#eventConfigs.set(fn.name, config);
        return { ref: `${fn.name}|$LATEST`, attributes: {} };
      },
    };
  }
}

const INVALID = 'InvalidParameterValueException';

function checkPayload(payload: string, limit: number): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > limit) {
    const message = `${bytes} byte payload is too large for the invocation type (limit ${limit} bytes)`;
    throw new AwsError('RequestTooLargeException', message, 413, { Type: 'User' });
  }
  try {
    parseJson(payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`;
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
}

function describe(fn: LambdaFunction) {
  return {
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Runtime: 'nodejs24.x',
    Role: fn.role,
    Handler: fn.code.handler,
    Description: fn.description,
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.code.memoryMegabytes,
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    LoggingConfig: { LogGroup: fn.code.logGroup },
    ...(fn.layers.length > 0 && { Layers: fn.layers.map((Arn) => ({ Arn })) }),
    ...(fn.deadLetterArn && { DeadLetterConfig: { TargetArn: fn.deadLetterArn } }),
  };
}
