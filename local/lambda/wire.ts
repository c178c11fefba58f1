import { AwsError } from '../kernel/errors.ts';
import type { Principal, WireRequest, WireResponse } from '../kernel/kernel.ts';
import { pathSegment } from '../kernel/path-segment.ts';

type Call = (operation: string, input: unknown, principal: Principal) => Promise<unknown>;

interface InvokeAnswer {
  StatusCode: number;
  ExecutedVersion: string;
  Payload: string;
  FunctionError?: string;
  LogResult?: string;
}

/** Lambda's REST protocol for the operations served here. */
export async function answerWire(
  request: WireRequest,
  call: Call,
  invoke: (input: unknown, principal: Principal) => Promise<InvokeAnswer>,
): Promise<WireResponse> {
  const { method, principal } = request;
  const path = request.path.replace(/\/$/, '');
  const named = /^\/2015-03-31\/functions\/(?<name>[^/]+)(?<rest>\/invocations|\/configuration)?$/.exec(path)?.groups;
  if (method === 'POST' && named?.rest === '/invocations') {
    return invocationAnswer(await invoke(invokeInput(request, pathSegment(named.name!)), principal));
  }
  if (method === 'GET' && named && !named.rest) {
    return json(await call('GetFunction', { FunctionName: pathSegment(named.name!) }, principal));
  }
  if (method === 'GET' && named?.rest === '/configuration') {
    return json(await call('GetFunctionConfiguration', { FunctionName: pathSegment(named.name!) }, principal));
  }
  if (method === 'GET' && path === '/2015-03-31/functions') return json(await call('ListFunctions', {}, principal));
  if (method === 'GET' && path === '/2015-03-31/event-source-mappings') {
    const input = Object.fromEntries(request.query);
    return json(await call('ListEventSourceMappings', input, principal));
  }
  throw new AwsError('UnknownOperationException', `Lambda on this machine does not answer ${method} ${path}`, 404);
}

function invokeInput(request: WireRequest, name: string) {
  const qualifier = request.query.get('Qualifier');
  return {
    FunctionName: qualifier ? `${name}:${qualifier}` : name,
    InvocationType: request.headers['x-amz-invocation-type'] ?? 'RequestResponse',
    LogType: request.headers['x-amz-log-type'] ?? 'None',
    ...(request.body.length > 0 && { Payload: request.body.toString('utf8') }),
  };
}

function invocationAnswer(answer: InvokeAnswer): WireResponse {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-executed-version': answer.ExecutedVersion,
  };
  if (answer.FunctionError) headers['x-amz-function-error'] = answer.FunctionError;
  if (answer.LogResult) headers['x-amz-log-result'] = answer.LogResult;
  return { status: answer.StatusCode, headers, body: answer.Payload };
}

function json(body: unknown): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
