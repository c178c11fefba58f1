import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, Resource } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';
import type { Layers } from './layers.ts';
import type { FunctionCode } from './sandbox/messages.ts';

/** A provisioned function. */
export interface LambdaFunction {
  name: string;
  arn: string;
  role: string;
  description: string;
  timeoutSeconds: number;
  reservedConcurrency: number | undefined;
  deadLetterArn: string | undefined;
  /** ARNs. */
  layers: readonly string[];
  code: FunctionCode;
}

export interface FunctionOptions {
  /** Folder of the asset that the template's Code names. */
  codeDirectory(bucket: string, key: string): string;
  /** Keys by which this machine knows calls of the role (`AWS_ACCESS_KEY_ID` in the function's environment); the session is the function's name. */
  credentials(
    roleArn: string,
    session: string,
  ): { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

const shape = z.object({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Layers: z.array(z.string()).max(5, 'a function has at most 5 layers').default([]),
  Runtime: z.literal('nodejs24.x', 'this machine runs nodejs24.x functions only'),
  Role: z.string(),
  Timeout: z.int().min(1).max(900).default(3),
  MemorySize: z.int().min(128).max(10240).default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  LoggingConfig: z
    .object({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).optional(),
      ApplicationLogLevel: z.string().optional(),
    })
    .optional(),
  ReservedConcurrentExecutions: z.int().min(0).optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
  Description: z.string().default(''),
});

/** Tracing, processor and tags say nothing about what a function does. MemorySize reaches the function as a number only. */
export const functionProperties = {
  honored: [
    'FunctionName',
    'Code.S3Bucket',
    'Code.S3Key',
    'Handler',
    'Layers',
    'Runtime',
    'Role',
    'Timeout',
    'MemorySize',
    'Environment.Variables',
    'LoggingConfig.LogGroup',
    'LoggingConfig.LogFormat',
    'LoggingConfig.ApplicationLogLevel',
    'ReservedConcurrentExecutions',
    'DeadLetterConfig.TargetArn',
    'Description',
  ],
  ignored: ['Architectures', 'TracingConfig', 'LoggingConfig.SystemLogLevel', 'Tags'],
};

/** Names that Lambda sets itself and refuses in a function's own environment. */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_.*|ACCESS_KEY.*|SECRET_.*|SESSION_TOKEN)|LAMBDA_.*)$/;

export function readFunction(
  kernel: Kernel,
  layers: Layers,
  options: FunctionOptions,
  resource: Resource,
): LambdaFunction {
  const properties = parseInput(shape, resource.properties);
  const name = properties.FunctionName ?? physicalName(resource, 64);
  const arn = functionArn(kernel, name);
  const logGroup = properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  const variables = properties.Environment?.Variables ?? {};
  const reserved = Object.keys(variables).find((key) => RESERVED.test(key));
  if (reserved) {
    throw new AwsError('InvalidParameterValueException', `${name}: ${reserved} is reserved and cannot be set`);
  }
  const directory = options.codeDirectory(properties.Code.S3Bucket, properties.Code.S3Key);
  const keys = options.credentials(properties.Role, name);
  const environment: Record<string, string> = {
    NODE_ENV: 'production',
    ...variables,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_REGION: kernel.region,
    AWS_DEFAULT_REGION: kernel.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: `${name}/[$LATEST]`,
    AWS_LAMBDA_LOG_FORMAT: properties.LoggingConfig?.LogFormat ?? 'Text',
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: properties.Handler,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken && { AWS_SESSION_TOKEN: keys.sessionToken }),
    AWS_ENDPOINT_URL: kernel.endpoint,
  };
  const level = properties.LoggingConfig?.ApplicationLogLevel;
  if (level) environment.AWS_LAMBDA_LOG_LEVEL = level;
  return {
    name,
    arn,
    role: properties.Role,
    description: properties.Description,
    timeoutSeconds: properties.Timeout,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
    deadLetterArn: properties.DeadLetterConfig?.TargetArn,
    layers: properties.Layers,
    code: {
      name,
      arn,
      directory,
      layers: properties.Layers.map((layer) => layers.directory(layer)),
      handler: properties.Handler,
      memoryMegabytes: properties.MemorySize,
      logGroup,
      environment,
      generation: 0,
    },
  };
}

/** Who a function is when it calls other services, and when an event source mapping reads on its behalf. */
export function rolePrincipal(fn: LambdaFunction): Principal {
  return { kind: 'role', arn: fn.role, session: fn.name };
}

export function functionArn(kernel: Kernel, name: string): string {
  return `arn:aws:lambda:${kernel.region}:${kernel.account}:function:${name}`;
}
