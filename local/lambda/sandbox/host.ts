import { AsyncLocalStorage } from 'node:async_hooks';
import { getHeapStatistics } from 'node:v8';
import { BundleLoader } from './bundle-loader.ts';
import { exitError, invocationError, RuntimeError } from './errors.ts';
import { type FunctionGlobals, functionGlobals, hostTimers, sharedGlobals } from './globals.ts';
import { doorTo, kernelHttp, openKernelDoor } from './kernel-http.ts';
import { LayerModules } from './layer-modules.ts';
import type {
  AnswerMessage,
  FromSandbox,
  FunctionCode,
  InvocationError,
  InvokeMessage,
  LogLine,
  ToSandbox,
} from './messages.ts';
import { StackTraces } from './stack-trace.ts';
import { dateOf, VirtualTime } from './virtual-time.ts';

type Handler = (event: unknown, context: unknown) => unknown;

interface Installed {
  code: FunctionCode;
  /** Undefined until the first invocation, and again after a failure that costs Lambda the sandbox. */
  handler?: Handler | undefined;
  /** Of the code as it was loaded last. */
  globals?: FunctionGlobals | undefined;
  /** For functions that ask for source maps. */
  traces?: StackTraces | undefined;
}

export interface SandboxHostOptions {
  /** The kernel's clock is a fake one: handlers follow it. */
  virtualTime: boolean;
  /** The AWS endpoint, if requests to it are to travel as messages; else they take sockets. */
  endpoint?: string | undefined;
  /** The kernel's clock can be set: milliseconds by which it is ahead of the host's now. Undefined = it is the host's. */
  ahead?: number | undefined;
}

/** Lambda's limit on a synchronous answer: 6 MiB and the runtime's own allowance, as its error text says. */
const LARGEST_RESPONSE = 6_291_556;

/**
 * Runs functions on one thread, side by side: the inside of a sandbox. Unlike on Lambda, invocations of one function may overlap on one
 * set of module variables, so a handler must keep nothing about an invocation there (the product's handlers keep clients and configuration).
 */
export class SandboxHost {
  #post: (message: FromSandbox) => void;
  #time: VirtualTime | undefined;
  #date = Date;
  #ahead = 0;
  #installed = new Map<string, Installed>();
  #running = new Map<string, Installed>();
  /** How long code took to load, for the invocation that loaded it. */
  #loading = new Map<string, number>();
  /** By their directories. */
  #layers = new Map<string, LayerModules>();
  #current = new AsyncLocalStorage<{ functionName: string; requestId: string }>();
  #lines: LogLine[] = [];
  #closeDoor: (() => void) | undefined;
  /** On their way to the services. */
  #requests = new Map<number, (answer: AnswerMessage | undefined) => void>();
  #lastRequest = 0;

  constructor(post: (message: FromSandbox) => void, options: SandboxHostOptions) {
    this.#post = post;
    this.#time = options.virtualTime ? new VirtualTime(post) : undefined;
    if (options.endpoint !== undefined) this.#openDoor(options.endpoint);
    if (options.ahead !== undefined) {
      this.#ahead = options.ahead;
      this.#date = dateOf(() => Date.now() + this.#ahead);
    }
  }

  /** Lets go of what outlives it in its thread. */
  close(): void {
    this.#closeDoor?.();
  }

  #openDoor(endpoint: string): void {
    this.#closeDoor = openKernelDoor(endpoint, (request, answered) => {
      const id = ++this.#lastRequest;
      // The answer comes by the port, on nobody's behalf.
      this.#requests.set(id, AsyncLocalStorage.bind(answered));
      this.#post({ kind: 'request', id, request });
    });
  }

  receive(message: ToSandbox): void {
    this.#time?.messageSeen(message.sequence, message.now);
    switch (message.kind) {
      case 'define':
        this.#installed.set(message.code.name, install(message.code));
        break;
      case 'invoke':
        void this.#invoke(message);
        break;
      case 'abandon':
        this.#end(message.requestId, undefined);
        this.#unload(message.functionName);
        break;
      case 'timer':
        this.#time?.fire(message.timer);
        break;
      case 'answer':
        this.#requests.get(message.id)?.(message.answer);
        this.#requests.delete(message.id);
        break;
      case 'jump':
        this.#ahead = message.ahead;
        break;
      case 'forget':
        this.#unload(message.functionName);
        break;
      case 'ping':
        this.#post({ kind: 'pong' });
    }
  }

  /**
   * An error that no handler's promise carries: it ends the invocation it came from, and that function's code is loaded afresh.
   * Returns false if it belongs to no function: then the thread must die.
   */
  uncaught(error: InvocationError): boolean {
    const current = this.#current.getStore();
    if (!current) return false;
    this.#log(current.functionName, `${error.errorType}: ${error.errorMessage}`);
    this.#end(current.requestId, error);
    this.#unload(current.functionName);
    return true;
  }

  async #invoke(message: InvokeMessage): Promise<void> {
    const installed = this.#installed.get(message.functionName);
    if (!installed) throw new Error(`${message.functionName} was not defined in this sandbox`);
    this.#running.set(message.requestId, installed);
    this.#time?.invocationStarted();
    const current = { functionName: message.functionName, requestId: message.requestId };
    await this.#current.run(current, async () => {
      try {
        installed.handler ??= this.#loadFor(message.requestId, installed);
        const result: unknown = await installed.handler(JSON.parse(message.payload), this.#context(installed, message));
        this.#end(message.requestId, undefined, serialize(result));
      } catch (error) {
        this.#end(message.requestId, invocationError(error));
      }
    });
  }

  #loadFor(requestId: string, installed: Installed): Handler {
    const started = performance.now();
    const handler = this.#load(installed);
    this.#loading.set(requestId, performance.now() - started);
    return handler;
  }

  #load(installed: Installed): Handler {
    const { code } = installed;
    const write = (text: string) => this.#log(code.name, text);
    const exit = (status: number) => this.#exit(code.name, status);
    const globals = functionGlobals(code.environment, write, exit, this.#clock());
    if (this.#closeDoor) globals.http = kernelHttp([code.directory]);
    installed.globals = globals;
    const layers = this.#layersOf(code);
    return new BundleLoader(code.directory, globals, (id) => layers.find(id)).handler(code.handler);
  }

  #clock() {
    return this.#time ?? { Date: this.#date, timers: hostTimers };
  }

  #layersOf({ layers }: FunctionCode): LayerModules {
    const key = layers.join('\n');
    const known = this.#layers.get(key);
    if (known) return known;
    const globals = sharedGlobals(() => this.#currentGlobals(), this.#clock());
    if (this.#closeDoor) globals.http = kernelHttp(layers);
    // Virtual time hears of requests as Node tells of them.
    const byDoor = this.#closeDoor && !this.#time;
    const made = new LayerModules(layers, globals, byDoor ? doorTo : undefined);
    this.#layers.set(key, made);
    return made;
  }

  /** @throws Error where code of a layer does something on no function's behalf: it has no environment there */
  #currentGlobals(): FunctionGlobals {
    const current = this.#current.getStore();
    const globals = current && this.#installed.get(current.functionName)?.globals;
    if (!globals) throw new Error('Code of a layer asks for process or console outside of an invocation');
    return globals;
  }

  #context(installed: Installed, message: InvokeMessage): Record<string, unknown> {
    const { code } = installed;
    const clock = this.#time?.Date ?? this.#date;
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName: code.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: code.arn,
      memoryLimitInMB: String(code.memoryMegabytes),
      awsRequestId: message.requestId,
      logGroupName: code.logGroup,
      logStreamName: code.environment.AWS_LAMBDA_LOG_STREAM_NAME,
      getRemainingTimeInMillis: () => Math.max(0, message.deadline - clock.now()),
    };
  }

  /** `process.exit` in a handler: on Lambda the sandbox is gone, here this invocation and the function's loaded code are. */
  #exit(functionName: string, status: number): never {
    const cause =
      status === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${status}`;
    const current = this.#current.getStore();
    if (current) this.#end(current.requestId, exitError(current.requestId, cause));
    this.#unload(functionName);
    throw new RuntimeError('Runtime.ExitError', cause);
  }

  /** Answers an invocation, unless it was answered before: what a handler does after that is nobody's. */
  #end(requestId: string, error: InvocationError | undefined, payload?: string): void {
    const running = this.#running.get(requestId);
    if (!running) return;
    this.#running.delete(requestId);
    this.#flushLog();
    const usage = { memoryBytes: memoryOfThread(), initMilliseconds: this.#loading.get(requestId) };
    this.#loading.delete(requestId);
    if (error) this.#post({ kind: 'error', requestId, error: withOriginalTrace(error, running.traces), usage });
    else if (payload !== undefined) this.#post({ kind: 'result', requestId, payload, usage });
    this.#time?.invocationEnded();
  }

  #unload(functionName: string): void {
    const installed = this.#installed.get(functionName);
    if (installed) installed.handler = undefined;
  }

  #log(functionName: string, text: string): void {
    if (this.#lines.length === 0) setImmediate(() => this.#flushLog());
    this.#lines.push({ functionName, requestId: this.#current.getStore()?.requestId ?? '', text });
  }

  /** Lines travel in bunches: a message between threads costs more than a line. */
  #flushLog(): void {
    if (this.#lines.length > 0) this.#post({ kind: 'log', lines: this.#lines.splice(0) });
  }
}

function memoryOfThread(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function install(code: FunctionCode): Installed {
  const mapped = code.environment.NODE_OPTIONS?.includes('--enable-source-maps');
  return { code, traces: mapped ? new StackTraces() : undefined };
}

function withOriginalTrace(error: InvocationError, traces: StackTraces | undefined): InvocationError {
  return traces && error.trace ? { ...error, trace: error.trace.map((line) => traces.original(line)) } : error;
}

function serialize(result: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
  const payload = text ?? 'null';
  if (Buffer.byteLength(payload) > LARGEST_RESPONSE) {
    throw new RuntimeError(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`,
    );
  }
  return payload;
}
