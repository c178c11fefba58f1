import type { InvocationError } from './messages.ts';

/** An error that the runtime itself raises; `name` becomes the payload's `errorType`, which ASL and alarms match. */
export class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The payload for what a handler threw: an error's name, message and stack lines, or the type and text of any other value. */
export function invocationError(thrown: unknown): InvocationError {
  if (isError(thrown)) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/** Errors of another realm (`vm` contexts) fail `instanceof`. */
function isError(value: unknown): value is Error {
  return (
    value instanceof Error || (typeof value === 'object' && value !== null && 'message' in value && 'stack' in value)
  );
}

/** How Lambda tells that a sandbox died under an invocation. */
export function exitError(requestId: string, cause: string): InvocationError {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${cause}` };
}
