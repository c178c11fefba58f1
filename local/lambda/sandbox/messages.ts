/** What a sandbox (a worker thread, or the main thread) needs to know to run a function. Sent again whenever it changes. */
export interface FunctionCode {
  name: string;
  arn: string;
  /** Folder that holds the bundle, an asset of cdk.out. */
  directory: string;
  /** Folders of the layers, each as it stands under `/opt`; of two that hold the same file the later one counts. */
  layers: readonly string[];
  /** `index.handler` */
  handler: string;
  memoryMegabytes: number;
  logGroup: string;
  environment: Record<string, string>;
  /** Counts up when the code on disk changed: the sandbox then loads it afresh. */
  generation: number;
}

/** One invocation as it travels to a sandbox. Payloads cross threads as JSON text, so that only one side parses. */
export interface InvokeMessage {
  kind: 'invoke';
  functionName: string;
  requestId: string;
  payload: string;
  /** Epoch milliseconds at which the function times out. */
  deadline: number;
}

export type ToSandbox = { sequence: number; now: number } & (
  | { kind: 'define'; code: FunctionCode }
  | InvokeMessage
  /** The invocation timed out: nobody waits for it, and its sandbox is not reused (the code is loaded afresh). */
  | { kind: 'abandon'; functionName: string; requestId: string }
  | { kind: 'timer'; timer: number }
  /** Without `answer` there is none: what a broken connection is to a socket. */
  | { kind: 'answer'; id: number; answer?: AnswerMessage | undefined }
  /** The clock was set: it is `ahead` milliseconds ahead of the host's. */
  | { kind: 'jump'; ahead: number }
  /** The function runs elsewhere from now on: what was loaded of it is let go of. */
  | { kind: 'forget'; functionName: string }
  | { kind: 'ping' }
);

export type FromSandbox =
  | { kind: 'result'; requestId: string; payload: string; usage: Usage }
  | { kind: 'error'; requestId: string; error: InvocationError; usage: Usage }
  | { kind: 'log'; lines: LogLine[] }
  | { kind: 'request'; id: number; request: RequestMessage }
  /** Virtual time only: a handler's `setTimeout`, kept by the kernel's clock. */
  | { kind: 'set-timer'; timer: number; delay: number }
  | { kind: 'clear-timer'; timer: number }
  /** Virtual time only: handlers wait for nothing but time. `sequence` = the last message seen: a later one makes this stale. */
  | { kind: 'idle'; sequence: number }
  | { kind: 'busy' }
  | { kind: 'pong' };

/** What an invocation took. */
export interface Usage {
  /** The thread's heap and what hangs on it, when the invocation was over. */
  memoryBytes: number;
  /** How long it took to load the code; undefined if it was loaded before. */
  initMilliseconds?: number | undefined;
}

/** A request to the AWS endpoint that travels to the services without a socket. Bodies that are text do so as text. */
export interface RequestMessage {
  method: string;
  url: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  body: string | Uint8Array;
}

export interface AnswerMessage {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** A Buffer is often a part of a larger block of memory, all of which would travel. */
export const bytesOf = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer);

export interface LogLine {
  functionName: string;
  /** Empty for lines written while the code was loaded. */
  requestId: string;
  text: string;
  /** Epoch milliseconds at which the line came out of its thread. */
  time?: number;
  /** Counts the lines of all functions. */
  number?: number;
  /** Lambda's own word about an invocation, not the function's. */
  platform?: true;
}

/** The payload of a failed invocation, as the Node.js runtime of Lambda writes it. */
export interface InvocationError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}
