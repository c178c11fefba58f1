/** Fields of a line: what JSON can say. */
type Fields = object;

/**
 * The one logger: a JSON line each, with `requestId` and `orderId` where there is one. Never log a body, a header, a token, a name or an
 * address: ids say enough to find them.
 */
export const log = {
  info: (message: string, fields: Fields = {}): void => write('INFO', message, fields),
  warn: (message: string, fields: Fields = {}): void => write('WARN', message, fields),
  error: (message: string, fields: Fields = {}): void => write('ERROR', message, fields),
};

const service = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'batuta';

/** To standard output, not by `console`: Lambda's own puts a time, an id and a level before each line, and no query finds its fields. */
function write(level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: Fields): void {
  const line = { level, message, timestamp: new Date().toISOString(), service, traceId: traceId(), ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** X-Ray's `Root=1-…;Parent=…;Sampled=1`, by which Lambda names each invocation's trace. */
const traceId = (): string | undefined => /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1];

export interface DescribedError {
  name: string;
  message: string;
  stack?: string;
  cause?: string;
}

/** What is logged of an error. Only these fields: SDK errors carry whole items (customers' data) in fields of their own. */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { name: 'NonError', message: typeof error };
  return {
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause instanceof Error && { cause: `${error.cause.name}: ${error.cause.message}` }),
  };
}
