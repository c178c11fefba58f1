import * as z from 'zod';
import type { Kernel } from '../kernel/kernel.ts';

export type Invocation =
  | { kind: 'answered'; payload: string }
  /** The function threw, could not be invoked, or may not be. */
  | { kind: 'failed'; errorMessage: string | undefined }
  | { kind: 'throttled' }
  | { kind: 'timed out' };

const answerSchema = z.looseObject({
  StatusCode: z.number(),
  Payload: z
    .union([z.string(), z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('utf8'))])
    .default('null'),
  FunctionError: z.string().optional(),
});

/**
 * Invokes a function as API Gateway does: as the service, for an API's route or authorizer, so that the function's resource policy
 * must allow it. A function that outlives the time limit goes on; its result is not waited for.
 */
export async function invoke(
  kernel: Kernel,
  functionArn: string,
  event: object,
  sourceArn: string,
  timeoutMilliseconds: number,
): Promise<Invocation> {
  const input = { FunctionName: functionArn, InvocationType: 'RequestResponse', Payload: JSON.stringify(event) };
  const principal = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn } as const;
  const call = kernel.call('lambda', 'Invoke', input, principal).then(
    (answer): Invocation => {
      const { Payload, FunctionError } = answerSchema.parse(answer);
      return FunctionError === undefined
        ? { kind: 'answered', payload: Payload }
        : { kind: 'failed', errorMessage: errorMessageOf(Payload) };
    },
    (error: unknown): Invocation => {
      if (error instanceof Error && error.name === 'TooManyRequestsException') return { kind: 'throttled' };
      kernel.report(`HTTP API invoking ${functionArn}`, error);
      return { kind: 'failed', errorMessage: undefined };
    },
  );
  let cancel = () => {};
  const limit = new Promise<Invocation>((resolve) => {
    cancel = kernel.clock.at(kernel.clock.now() + timeoutMilliseconds, () => resolve({ kind: 'timed out' }));
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    cancel();
  }
}

function errorMessageOf(payload: string): string | undefined {
  try {
    return z.looseObject({ errorMessage: z.string() }).safeParse(JSON.parse(payload)).data?.errorMessage;
  } catch {
    return undefined;
  }
}
