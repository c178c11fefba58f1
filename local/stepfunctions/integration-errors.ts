import { AwsError } from '../kernel/errors.ts';
import { StatesError } from './errors.ts';
import type { OptimizedService, SdkService, TaskResource } from './resources.ts';

/** How an integration names its errors: the SDKs of AWS differ, and so do the names that Retry and Catch must use. */
interface Naming {
  /** Before the dot. */
  prefix: string;
  /** What an error becomes that the SDK's model does not know (validation, access denied). */
  generic: string;
  /** Codes of the SDK's model: they keep their names, with `Exception` at the end. `all` = every code but the unmodeled ones below. */
  modeled: 'all' | readonly string[];
  service: string;
}

/** Errors that come before the service's own code runs; no SDK models them. */
const UNMODELED = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'ValidationException',
  'SerializationException',
  'UnknownOperationException',
  'ValidationError',
]);

const LAMBDA: Naming = { prefix: 'Lambda', generic: 'AWSLambdaException', modeled: 'all', service: 'AWSLambda' };
const OPTIMIZED: Record<OptimizedService, Naming> = {
  lambda: LAMBDA,
  dynamodb: { prefix: 'DynamoDB', generic: 'AmazonDynamoDBException', modeled: 'all', service: 'AmazonDynamoDBv2' },
  events: {
    prefix: 'EventBridge',
    generic: 'AmazonEventBridgeException',
    modeled: 'all',
    service: 'AmazonEventBridge',
  },
  sqs: { prefix: 'SQS', generic: 'AmazonSQSException', modeled: [], service: 'AmazonSQS' },
  states: {
    prefix: 'StepFunctions',
    generic: 'AWSStepFunctionsException',
    modeled: 'all',
    service: 'AWSStepFunctions',
  },
};
const SDK: Record<SdkService, Naming> = {
  dynamodb: { prefix: 'DynamoDb', generic: 'DynamoDbException', modeled: 'all', service: 'DynamoDb' },
  sfn: { prefix: 'Sfn', generic: 'SfnException', modeled: 'all', service: 'Sfn' },
  sqs: { prefix: 'Sqs', generic: 'SqsException', modeled: 'all', service: 'Sqs' },
  eventbridge: { prefix: 'EventBridge', generic: 'EventBridgeException', modeled: 'all', service: 'EventBridge' },
};

/** A service's refusal as the state machine sees it. What is not an AwsError looks like a service that could not be reached. */
export function integrationError(resource: TaskResource, failure: unknown): StatesError {
  const naming = namingOf(resource);
  if (!(failure instanceof AwsError)) return new StatesError(`${naming.prefix}.SdkClientException`, String(failure));
  const known = !UNMODELED.has(failure.code) && (naming.modeled === 'all' || naming.modeled.includes(failure.code));
  const name = known ? failure.code.replace(/(Exception)?$/, 'Exception') : naming.generic;
  return new StatesError(`${naming.prefix}.${name}`, causeText(resource, naming, failure));
}

/** The message of the SDK for Java 2 (aws-sdk:) or 1 (optimized integrations), which is what Step Functions is built on. */
function causeText(resource: TaskResource, naming: Naming, failure: AwsError): string {
  if (resource.kind === 'sdk') return `${failure.message} (Service: ${naming.service}, Status Code: ${failure.status})`;
  return `${failure.message} (Service: ${naming.service}; Status Code: ${failure.status}; Error Code: ${failure.code})`;
}

/**
 * A function's own failure: its error type is the error, the answer as JSON text the cause. A function that ran out of time or memory did not
 * answer at all: the Developer Guide calls that Lambda.Unknown.
 */
export function functionError(payload: string): StatesError {
  const parsed = parseObject(payload);
  const type = typeof parsed?.errorType === 'string' ? parsed.errorType : undefined;
  const silent = type === undefined || type === 'Sandbox.Timedout' || type === 'Runtime.ExitError';
  return new StatesError(silent ? 'Lambda.Unknown' : type, payload);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function namingOf(resource: TaskResource): Naming {
  if (resource.kind === 'function') return LAMBDA;
  return resource.kind === 'sdk' ? SDK[resource.service] : OPTIMIZED[resource.service];
}
