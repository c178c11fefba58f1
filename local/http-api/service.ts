import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../kernel/errors.ts';
import { readBody } from '../kernel/http-server.ts';
import type { Kernel, Service } from '../kernel/kernel.ts';
import { type Api, STAGE } from './api.ts';
import { Authorization } from './authorization.ts';
import { addCors, preflight } from './cors.ts';
import { eventBase } from './event.ts';
import { invoke } from './invocation.ts';
import { type LocalHandler, LocalRoutes, localRequest, refusalOf } from './local-routes.ts';
import { answerManagement, MANAGEMENT } from './management.ts';
import { type ApiRequest, readRequest } from './request.ts';
import { type ApiHolder, httpApiResources } from './resources.ts';
import { type ApiResponse, gatewayAnswer, mapResult } from './response.ts';

/** API Gateway's limit for a request's body. */
const BODY_LIMIT = 10 * 1024 * 1024;

export interface HttpApi extends Service {
  /** Serves one request of the API's port. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Serves a path below `/local/` that AWS does not have, to this machine only. */
  extraRoute(path: string, handler: LocalHandler): void;
}

/**
 * API Gateway's HTTP APIs: routes, Lambda proxy integrations and Lambda authorizers with payload format 2.0, CORS. Source of the rules: API Gateway
 * Developer Guide, "HTTP APIs".
 * @param url where the API is reached: what its `ApiEndpoint` answers
 */
export function createHttpApi(kernel: Kernel, url: string): HttpApi {
  const holder: ApiHolder = { api: undefined };
  const authorization = new Authorization(kernel);
  const local = new LocalRoutes();

  return {
    name: 'apigateway',
    resources: httpApiResources(holder, kernel, url),
    operations: MANAGEMENT,
    wire: async (request) => answerManagement(kernel, holder.api, url, request),
    async call(operation) {
      throw new AwsError('UnknownOperationException', `API Gateway on this machine has no operation ${operation}`);
    },
    extraRoute: (path, handler) => local.add(path, handler),
    async handle(incoming, response) {
      const body = await readBody(incoming, BODY_LIMIT).catch(() => null);
      if (body === null) return void response.destroy();
      const request = readRequest(incoming, body ?? Buffer.alloc(0));
      if (!request) return send(response, gatewayAnswer(400, 'Bad Request'), undefined);
      const page = local.find(request.path);
      if (page) return await servePage(page, incoming, request, body, response);
      const cors = holder.api?.cors;
      const early = cors && preflight(cors, request);
      if (early) return send(response, early, request.requestId);
      const answer = await answerRequest(kernel, holder.api, authorization, request, body === undefined);
      if (cors) addCors(cors, request, answer);
      send(response, answer, request.requestId);
    },
  };
}

async function answerRequest(
  kernel: Kernel,
  api: Api | undefined,
  authorization: Authorization,
  request: ApiRequest,
  tooLarge: boolean,
): Promise<ApiResponse> {
  const match = api?.hasStage ? api.routes.find(request.method, request.path) : undefined;
  if (!api || !match) return gatewayAnswer(404, 'Not Found');
  if (tooLarge) return gatewayAnswer(413, 'Request Entity Too Large');
  const { route, parameters } = match;
  let event: ReturnType<typeof eventBase>;
  try {
    event = eventBase(kernel, api, route, request, parameters);
  } catch (error) {
    if (error instanceof URIError) return gatewayAnswer(400, 'Bad Request');
    throw error;
  }
  if (route.authorizer) {
    const verdict = await authorization.check(api, route, route.authorizer, request, event);
    if ('refusal' in verdict) return verdict.refusal;
    event.requestContext.authorizer = { lambda: verdict.context };
  }
  const full = {
    ...event,
    ...(request.body === undefined ? {} : { body: request.body }),
    isBase64Encoded: request.isBase64Encoded,
  };
  const path = route.key === '$default' ? route.key : `${request.method}${route.key.slice(route.key.indexOf(' ') + 1)}`;
  const { functionArn, timeoutMilliseconds } = route.integration;
  const invocation = await invoke(kernel, functionArn, full, `${api.arnPrefix}/${STAGE}/${path}`, timeoutMilliseconds);
  const answer = invocation.kind === 'answered' ? mapResult(invocation.payload) : undefined;
  if (answer) return answer;
  return invocation.kind === 'timed out' || invocation.kind === 'throttled'
    ? gatewayAnswer(503, 'Service Unavailable')
    : gatewayAnswer(500, 'Internal Server Error');
}

async function servePage(
  page: LocalHandler,
  incoming: IncomingMessage,
  request: ApiRequest,
  body: Buffer | undefined,
  response: ServerResponse,
): Promise<void> {
  const refusal = refusalOf(incoming) ?? (body ? undefined : 'The request is too large');
  if (refusal || !body) return send(response, gatewayAnswer(403, refusal ?? ''), undefined);
  const answer = await page(localRequest(incoming, request.path, request.rawQueryString, body));
  send(response, { ...answer, cookies: [] }, undefined);
}

function send(response: ServerResponse, answer: ApiResponse, requestId: string | undefined): void {
  if (response.destroyed) return;
  const headers: Record<string, string | string[]> = { ...answer.headers };
  if (requestId !== undefined) headers['apigw-requestid'] = requestId;
  if (answer.cookies.length > 0) headers['set-cookie'] = answer.cookies;
  const bodyless = answer.status === 204 || answer.status === 304;
  if (bodyless) delete headers['content-type'];
  // A HEAD's length is that of what GET would answer, which the function left out: better none than a wrong one (RFC 9110, 8.6).
  else if (response.req.method !== 'HEAD' || answer.body.length > 0)
    headers['content-length'] = String(Buffer.byteLength(answer.body));
  response.writeHead(answer.status, headers);
  response.end(bodyless ? undefined : answer.body);
}
