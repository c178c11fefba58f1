import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Json, Kernel, Principal } from '../kernel/kernel.ts';
import { StatesError } from './errors.ts';
import { functionError, integrationError } from './integration-errors.ts';
import type { SdkService, TaskResource } from './resources.ts';

/** Who asks, for the integrations that say so. */
export interface Caller {
  kernel: Kernel;
  /** The state machine's role. */
  principal: Principal;
  executionArn: string;
  machineArn: string;
}

type JsonObject = { [key: string]: Json };

/**
 * Performs a Task.
 * @throws StatesError with the error's name and cause as AWS gives them
 */
export async function performTask(resource: TaskResource, input: Json, caller: Caller): Promise<Json> {
  try {
    if (resource.kind === 'function') return await invokeFunction(resource.arn, input, caller);
    const request = asObject(input);
    if (resource.kind === 'sdk') return await callSdk(resource.service, resource.action, request, caller);
    switch (resource.service) {
      case 'lambda':
        return await lambdaInvoke(request, caller);
      case 'dynamodb':
        return withMetadata(await call('dynamodb', pascal(resource.action), request, caller));
      case 'sqs':
        return withMetadata(await call('sqs', 'SendMessage', withText(request, 'MessageBody'), caller));
      case 'states':
        return await startExecution(request, caller);
      case 'events':
        return await putEvents(request, caller);
    }
  } catch (failure) {
    if (failure instanceof StatesError) throw failure;
    if (!(failure instanceof AwsError)) caller.kernel.report(`states ${caller.executionArn}`, failure);
    throw integrationError(resource, failure);
  }
}

function asObject(input: Json): JsonObject {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw new StatesError(
    'States.Runtime',
    `The Arguments of the task must be an object, but were: ${JSON.stringify(input)}`,
  );
}

async function call(
  service: string,
  operation: string,
  input: Json,
  { kernel, principal }: Caller,
): Promise<JsonObject> {
  const answer = await kernel.call(service, operation, input, principal);
  return typeof answer === 'object' && answer !== null ? (JSON.parse(JSON.stringify(answer)) as JsonObject) : {};
}

const invocation = z.object({
  StatusCode: z.number(),
  ExecutedVersion: z.string().optional(),
  Payload: z.string().optional(),
  FunctionError: z.string().optional(),
  LogResult: z.string().optional(),
});

async function invoke(request: JsonObject, { kernel, principal }: Caller): Promise<z.infer<typeof invocation>> {
  const answer = invocation.parse(await kernel.call('lambda', 'Invoke', request, principal));
  if (answer.FunctionError !== undefined) throw functionError(answer.Payload ?? '');
  return answer;
}

async function invokeFunction(arn: string, event: Json, caller: Caller): Promise<Json> {
  const request = { FunctionName: arn, InvocationType: 'RequestResponse', Payload: JSON.stringify(event) };
  return parsePayload((await invoke(request, caller)).Payload);
}

/** A Payload that is a string is JSON text already (it is a blob of the API) and goes as it is; anything else is written as JSON. */
async function lambdaInvoke(request: JsonObject, caller: Caller): Promise<Json> {
  const { Payload: payload, ...rest } = request;
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const answer = await invoke(
    { InvocationType: 'RequestResponse', ...rest, ...(text === undefined ? {} : { Payload: text }) },
    caller,
  );
  return withMetadata({
    ...(answer.ExecutedVersion === undefined ? {} : { ExecutedVersion: answer.ExecutedVersion }),
    ...(answer.LogResult === undefined ? {} : { LogResult: answer.LogResult }),
    ...(answer.Payload === undefined || answer.Payload === '' ? {} : { Payload: parsePayload(answer.Payload) }),
    StatusCode: answer.StatusCode,
  });
}

function parsePayload(text: string | undefined): Json {
  if (text === undefined || text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The envelope of the optimized integrations. */
function withMetadata(result: JsonObject): Json {
  const requestId = randomUUID();
  const headers = { 'x-amzn-RequestId': requestId, 'Content-Type': 'application/json' };
  return {
    ...result,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

/** Optimized integrations take an object where the API wants JSON text. */
function withText(request: JsonObject, field: string): JsonObject {
  const value = request[field];
  if (value === undefined || typeof value === 'string') return request;
  return { ...request, [field]: JSON.stringify(value) };
}

async function startExecution(request: JsonObject, caller: Caller): Promise<Json> {
  const { StateMachineArn: stateMachineArn, Input: input, Name: name, TraceHeader: traceHeader } = request;
  const started = await call(
    'states',
    'StartExecution',
    JSON.parse(
      JSON.stringify({
        stateMachineArn,
        name,
        traceHeader,
        input: typeof input === 'string' ? input : JSON.stringify(input),
      }),
    ),
    caller,
  );
  const startDate = typeof started.startDate === 'number' ? Math.round(started.startDate * 1000) : null;
  return withMetadata({ ExecutionArn: started.executionArn ?? null, StartDate: startDate });
}

async function putEvents(request: JsonObject, caller: Caller): Promise<Json> {
  const entries = Array.isArray(request.Entries) ? request.Entries : [];
  const sent = entries.map((entry) => {
    const event = withText(asObject(entry), 'Detail');
    const resources = Array.isArray(event.Resources) ? event.Resources : [];
    return { ...event, Resources: [...resources, caller.executionArn, caller.machineArn] };
  });
  const answer = await call('events', 'PutEvents', { ...request, Entries: sent }, caller);
  if (Number(answer.FailedEntryCount ?? 0) > 0)
    throw new StatesError('EventBridge.FailedEntry', JSON.stringify(answer));
  return answer;
}

const SDK_TARGETS: Record<SdkService, string> = {
  dynamodb: 'dynamodb',
  sfn: 'states',
  sqs: 'sqs',
  eventbridge: 'events',
};

/** `aws-sdk:` integrations write every member in PascalCase, also those of Step Functions, whose API has camelCase. */
async function callSdk(service: SdkService, action: string, request: JsonObject, caller: Caller): Promise<Json> {
  if (service !== 'sfn') return call(SDK_TARGETS[service], pascal(action), request, caller);
  const input = renameKeys(request, (key) => key.charAt(0).toLowerCase() + key.slice(1));
  const answer = await call('states', pascal(action), input, caller);
  return renameKeys(answer, pascal);
}

function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Renames the members at every depth; `...Date` members become ISO 8601 text, as the SDK's model has them as timestamps. */
function renameKeys(value: Json, rename: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((each) => renameKeys(each, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const isTime = typeof each === 'number' && (key.endsWith('Date') || key === 'timestamp');
      return [rename(key), isTime ? new Date(Math.round(each * 1000)).toISOString() : renameKeys(each, rename)];
    }),
  );
}
