import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../kernel/errors.ts';
import type { Json, Resource } from '../../kernel/kernel.ts';
import { parseInput } from '../../kernel/parse-input.ts';
import { checkDestination } from '../destinations.ts';

const shape = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.int().min(1).max(10_000).optional(),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).default(0),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).max(10) }).optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
  BisectBatchOnFunctionError: z.boolean().optional(),
  MaximumRetryAttempts: z.int().min(-1).max(10_000).optional(),
  MaximumRecordAgeInSeconds: z.int().min(-1).max(604_800).optional(),
  ParallelizationFactor: z.int().min(1).max(10).optional(),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2).max(1000).optional() }).optional(),
  Tags: z.unknown().optional(),
  MetricsConfig: z.unknown().optional(),
});

export const mappingProperties = {
  honored: [
    'FunctionName',
    'EventSourceArn',
    'Enabled',
    'BatchSize',
    'MaximumBatchingWindowInSeconds',
    'FilterCriteria.Filters.*.Pattern',
    'FunctionResponseTypes',
    'StartingPosition',
    'BisectBatchOnFunctionError',
    'MaximumRetryAttempts',
    'MaximumRecordAgeInSeconds',
    'ParallelizationFactor',
    'DestinationConfig.OnFailure.Destination',
    'ScalingConfig.MaximumConcurrency',
  ],
  // No metrics are kept on one machine.
  ignored: ['Tags', 'MetricsConfig'],
};

interface CommonConfig {
  uuid: string;
  functionName: string;
  sourceArn: string;
  enabled: boolean;
  batchSize: number;
  windowMs: number;
  /** EventBridge patterns, parsed; a record passes if any of them matches, or if there are none. */
  patterns: { [key: string]: Json }[];
  reportsItemFailures: boolean;
}

export interface StreamMappingConfig extends CommonConfig {
  kind: 'stream';
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  bisect: boolean;
  /** -1 = until the record leaves the stream. */
  maximumRetries: number;
  /** -1 = no limit. */
  maximumAgeSeconds: number;
  parallelizationFactor: number;
  onFailure: string | undefined;
}

export interface QueueMappingConfig extends CommonConfig {
  kind: 'queue';
  maximumConcurrency: number;
}

export type MappingConfig = StreamMappingConfig | QueueMappingConfig;

type Properties = z.infer<typeof shape>;

const STREAM_ONLY = [
  'StartingPosition',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'ParallelizationFactor',
  'DestinationConfig',
] as const;

/** Lambda's pollers start with five invocations at a time on a queue and scale out from there; here five is the bound unless the template names one. */
const QUEUE_CONCURRENCY = 5;

/** @throws AwsError `InvalidParameterValueException` for what Lambda refuses, and for sources other than table streams and queues */
export function readMapping(resource: Resource): MappingConfig {
  const properties = parseInput(shape, resource.properties, 'InvalidParameterValueException');
  if (/^arn:aws:dynamodb:[^:]+:\d+:table\/[^/]+\/stream\/.+/.test(properties.EventSourceArn)) {
    return readStream(resource, properties);
  }
  if (properties.EventSourceArn.startsWith('arn:aws:sqs:')) return readQueue(resource, properties);
  throw refusal(resource, `${properties.EventSourceArn} is neither a table's stream nor a queue`);
}

function readStream(resource: Resource, properties: Properties): StreamMappingConfig {
  if (!properties.StartingPosition) throw refusal(resource, 'StartingPosition is required for a stream');
  if (properties.ScalingConfig) throw refusal(resource, 'ScalingConfig is for queues');
  const onFailure = properties.DestinationConfig?.OnFailure?.Destination;
  checkDestination(onFailure, ['sqs', 's3']);
  return {
    kind: 'stream',
    ...common(resource, properties, 100),
    startingPosition: properties.StartingPosition,
    bisect: properties.BisectBatchOnFunctionError ?? false,
    maximumRetries: properties.MaximumRetryAttempts ?? -1,
    maximumAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
    parallelizationFactor: properties.ParallelizationFactor ?? 1,
    onFailure,
  };
}

function readQueue(resource: Resource, properties: Properties): QueueMappingConfig {
  const foreign = STREAM_ONLY.find((name) => properties[name] !== undefined);
  if (foreign) throw refusal(resource, `${foreign} is for streams`);
  const config = common(resource, properties, 10);
  if (config.batchSize > 10 && config.windowMs === 0) {
    throw refusal(resource, 'a BatchSize above 10 needs a MaximumBatchingWindowInSeconds of at least 1');
  }
  const maximumConcurrency = properties.ScalingConfig?.MaximumConcurrency ?? QUEUE_CONCURRENCY;
  return { kind: 'queue', ...config, maximumConcurrency };
}

function common(resource: Resource, properties: Properties, batchSize: number): CommonConfig {
  return {
    uuid: stableUuid(`${resource.stackName}/${resource.logicalId}`),
    functionName: properties.FunctionName,
    sourceArn: properties.EventSourceArn,
    enabled: properties.Enabled,
    batchSize: properties.BatchSize ?? batchSize,
    windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    patterns: (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => parsePattern(resource, Pattern)),
    reportsItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
  };
}

function parsePattern(resource: Resource, text: string): { [key: string]: Json } {
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(text));
  } catch {
    throw refusal(resource, `the filter is no JSON object: ${text}`);
  }
}

function refusal(resource: Resource, reason: string): AwsError {
  return new AwsError('InvalidParameterValueException', `${resource.logicalId}: ${reason}`);
}

/** The same after a restart: it keys the mapping's checkpoint. */
function stableUuid(name: string): string {
  const digest = createHash('sha256').update(`event-source-mapping/${name}`).digest('hex');
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
