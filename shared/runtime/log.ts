import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The one logger: a JSON line each, with `requestId` and `orderId` where there is one. Never log a body, a header, a token, a name or an
 * address: ids say enough to find them.
 */
export const log = new Logger({ serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'batuta' });

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
