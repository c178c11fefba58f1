import type { LambdaFunction } from './function.ts';
import type { InvocationError } from './sandbox/messages.ts';

/** What Lambda says of an invocation when it is over. */
export interface InvocationReport {
  requestId: string;
  /** Milliseconds from the event to the answer, loading the code included. */
  milliseconds: number;
  /** Milliseconds that loading the code took; undefined if it was loaded before. */
  initMilliseconds: number | undefined;
  /** Of the thread that ran it, when it was over: functions share threads. Undefined if the thread died before it ever said. */
  memoryBytes: number | undefined;
  outcome: 'success' | 'failure' | 'timeout' | 'exit';
}

const MEGABYTE = 1024 * 1024;

/**
 * The line, as Lambda writes it for functions whose log is text, and the event `platform.report` for those whose log is JSON. Since August
 * 2025 loading is billed too. Source: Lambda Developer Guide, "Lambda Telemetry API event schema reference", and lines of AWS's own guides.
 */
export function reportLine(fn: LambdaFunction, report: InvocationReport, now: number): string {
  const { requestId, milliseconds, initMilliseconds = 0, memoryBytes, outcome } = report;
  const durationMs = Math.max(0, milliseconds - initMilliseconds);
  const billedDurationMs = Math.ceil(milliseconds);
  const memorySizeMB = fn.code.memoryMegabytes;
  const maxMemoryUsedMB = memoryBytes === undefined ? undefined : Math.ceil(memoryBytes / MEGABYTE);
  if (fn.code.environment.AWS_LAMBDA_LOG_FORMAT === 'JSON') {
    const rounded = { durationMs: hundredths(durationMs), billedDurationMs, memorySizeMB, maxMemoryUsedMB };
    const init = initMilliseconds > 0 && { initDurationMs: hundredths(initMilliseconds) };
    const failed = outcome === 'exit' && { errorType: 'Runtime.ExitError' };
    const status = outcome === 'exit' ? 'error' : outcome;
    const record = { requestId, metrics: { ...rounded, ...init }, status, ...failed };
    return JSON.stringify({ time: new Date(now).toISOString(), type: 'platform.report', record });
  }
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedDurationMs} ms`,
    `Memory Size: ${memorySizeMB} MB`,
    ...(maxMemoryUsedMB === undefined ? [] : [`Max Memory Used: ${maxMemoryUsedMB} MB`]),
    ...(initMilliseconds > 0 ? [`Init Duration: ${initMilliseconds.toFixed(2)} ms`] : []),
    ...STATUS[outcome],
  ];
  return parts.join('\t');
}

/** What the runtime writes of an invocation that failed, before its report. */
export function failureLine(
  requestId: string,
  { errorType, errorMessage, trace }: InvocationError,
  now: number,
): string {
  const time = new Date(now).toISOString();
  if (errorType === 'Sandbox.Timedout') return `${time} ${requestId} ${errorMessage.replace(/^.*? Error: /, '')}`;
  if (errorType === 'Runtime.ExitError') return `${errorMessage}\n${errorType}`;
  const error = { errorType, errorMessage, ...(trace && { stack: trace }) };
  return `${time}\t${requestId}\tERROR\tInvoke Error\t${JSON.stringify(error)}`;
}

/** A handler that throws ends as well as one that answers: only what ended otherwise is told. */
const STATUS: Record<InvocationReport['outcome'], readonly string[]> = {
  success: [],
  failure: [],
  timeout: ['Status: timeout'],
  exit: ['Status: error', 'Error Type: Runtime.ExitError'],
};

const hundredths = (value: number): number => Math.round(value * 100) / 100;
