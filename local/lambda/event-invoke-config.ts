import * as z from 'zod';
import type { Resource } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { checkDestination } from './destinations.ts';

/** How asynchronous invocations of a function are retried and what becomes of them. */
export interface EventInvokeConfig {
  maximumRetries: number;
  maximumAgeSeconds: number;
  onSuccess?: string | undefined;
  onFailure?: string | undefined;
}

/** Lambda's own defaults: two retries within six hours. */
export const defaultEventInvokeConfig: EventInvokeConfig = { maximumRetries: 2, maximumAgeSeconds: 21_600 };

const destination = z.strictObject({ Destination: z.string() }).optional();

const shape = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: z.int().min(0).max(2).default(defaultEventInvokeConfig.maximumRetries),
  MaximumEventAgeInSeconds: z.int().min(60).max(21_600).default(defaultEventInvokeConfig.maximumAgeSeconds),
  DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
});

export const eventInvokeConfigProperties = {
  honored: [
    'FunctionName',
    'Qualifier',
    'MaximumRetryAttempts',
    'MaximumEventAgeInSeconds',
    'DestinationConfig.OnSuccess.Destination',
    'DestinationConfig.OnFailure.Destination',
  ],
  ignored: [],
};

export function readEventInvokeConfig(resource: Resource): EventInvokeConfig & { functionName: string } {
  const properties = parseInput(shape, resource.properties);
  const onSuccess = properties.DestinationConfig?.OnSuccess?.Destination;
  const onFailure = properties.DestinationConfig?.OnFailure?.Destination;
  for (const target of [onSuccess, onFailure]) checkDestination(target, ['sqs', 'lambda', 'events']);
  return {
    functionName: properties.FunctionName,
    maximumRetries: properties.MaximumRetryAttempts,
    maximumAgeSeconds: properties.MaximumEventAgeInSeconds,
    onSuccess,
    onFailure,
  };
}
