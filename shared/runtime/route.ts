import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type Answer, retryAfter } from './answer.ts';
import { type ApiRole, type Contracts, headKeyOf, type RouteContract, routeKeyOf } from './contract.ts';
import { admit, type Door } from './door.ts';
import { describeError, log } from './log.ts';
import { ProblemError, problemAnswer } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';
import { type ApiEvent, type ApiRequest, headersOf, parseRequest, placeOf } from './request.ts';

/** A route that asks for a key. */
export type GuardedContract = RouteContract & { roles: readonly ApiRole[] };
export type GuardedContracts = Readonly<Record<string, GuardedContract>>;
export type RouteHandler<C extends RouteContract> = (request: ApiRequest<C>) => Promise<Answer>;
export type Handlers<C extends Contracts> = { [K in keyof C]: RouteHandler<C[K]> };
export type ApiHandler = (event: ApiEvent, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Milliseconds kept back from the function's time, to answer a timeout in our own words before API Gateway does in its. */
const keptBack = 300;

/**
 * The Lambda for a group of routes. Nobody gets past the door without an API key of the route's roles, each request is checked against its
 * contract, each answer is JSON or problem+json with the same headers, and nothing that is thrown gets out.
 */
export function defineRoutes<const C extends GuardedContracts>(
  contracts: C,
  door: Door,
  handlers: Handlers<C>,
): ApiHandler {
  const routes = new Map<string, (event: ApiEvent) => Promise<Answer>>();
  for (const name in contracts) addRoute(routes, contracts[name]!, door, handlers[name]);
  return serve(async (event) => {
    const route = routes.get(event.routeKey);
    if (!route) throw new Error(`no contract for the route ${event.routeKey}`);
    return route(event);
  });
}

/** Ids of the API keys of requests, for their lines in the log: the gateway, which asks no authorizer, does not know them. */
const keyIds = new WeakMap<ApiEvent, string>();

function addRoute<C extends GuardedContract>(
  routes: Map<string, (event: ApiEvent) => Promise<Answer>>,
  contract: C,
  door: Door,
  handle: RouteHandler<C>,
): void {
  const answer = async (event: ApiEvent) => {
    const caller = await admit(door, contract, headersOf(event).authorization, (id) => keyIds.set(event, id));
    return handle(parseRequest(contract, event, caller));
  };
  routes.set(routeKeyOf(contract), answer);
  if (contract.method === 'GET') routes.set(headKeyOf(contract), answer);
}

/**
 * Wraps what answers a request, and asks nobody for a key: only what is public is served by it directly. Errors become problems, every answer gets the common headers, each request
 * one line in the log.
 */
export function serve(answer: (event: ApiEvent) => Promise<Answer>): ApiHandler {
  const wrapped = middy<ApiEvent, APIGatewayProxyStructuredResultV2>(
    async (event: ApiEvent) => {
      const started = performance.now();
      const result = finish(event, await answer(event));
      logRequest(event, result.statusCode, { milliseconds: Math.round(performance.now() - started) });
      return result;
    },
    {
      timeoutEarlyInMillis: keptBack,
      timeoutEarlyResponse: () => {
        throw new ProblemError('timeout', undefined, { headers: retryAfter(1) });
      },
    },
  ).onError((request) => {
    const problem = problemOf(request.error);
    const answered = problemAnswer(problem, placeOf(request.event));
    logRequest(request.event, answered.status, {
      code: problem.code,
      ...(answered.status >= 500 && { failure: describeError(request.error) }),
    });
    request.response = finish(request.event, answered);
  });
  return async (event, context) => wrapped(event, context);
}

/** Errors that others' code throws, by name: a bundle may hold their class twice. Seconds to wait are for the client. */
const outages: Readonly<Record<string, { code: ProblemCode; wait: number }>> = {
  StoreContention: { code: 'store_busy', wait: 1 },
  StoreUnavailable: { code: 'store_busy', wait: 2 },
  ProvisionedThroughputExceededException: { code: 'store_busy', wait: 2 },
  RequestLimitExceeded: { code: 'store_busy', wait: 2 },
  ThrottlingException: { code: 'store_busy', wait: 2 },
  PaymentUnavailable: { code: 'payment_provider_unavailable', wait: 5 },
  TaxUnavailable: { code: 'tax_provider_unavailable', wait: 5 },
  PaymentOutcomeUnknown: { code: 'payment_provider_unavailable', wait: 5 },
  CarrierUnavailable: { code: 'carrier_unavailable', wait: 5 },
};

function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const outage = error instanceof Error && Object.hasOwn(outages, error.name) ? outages[error.name] : undefined;
  if (outage) return new ProblemError(outage.code, undefined, { headers: retryAfter(outage.wait) });
  return new ProblemError('internal_error');
}

function finish(
  event: ApiEvent,
  { status, headers, body, text, bytes }: Answer,
): APIGatewayProxyStructuredResultV2 & { statusCode: number } {
  // The gateway takes no bytes from a function: they travel in base64, and leave it as what they are.
  const content = bytes
    ? Buffer.from(bytes).toString('base64')
    : (text ?? (body === undefined ? undefined : JSON.stringify(body)));
  return {
    statusCode: status,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
      'x-request-id': event.requestContext.requestId,
    },
    ...(content !== undefined &&
      event.requestContext.http.method !== 'HEAD' && { body: content, ...(bytes && { isBase64Encoded: true }) }),
  };
}

/** Ids only: paths hold no personal data, queries may (`customer=`) and are left out. */
function logRequest(event: ApiEvent, status: number, more: Record<string, unknown>): void {
  const { id } = event.pathParameters ?? {};
  const line = {
    requestId: event.requestContext.requestId,
    keyId: keyIds.get(event),
    route: event.routeKey,
    method: event.requestContext.http.method,
    status,
    ...(id?.startsWith('ord_') && { orderId: id }),
    ...(id?.startsWith('ful_') && { fulfillmentId: id }),
    ...more,
  };
  if (status >= 500) log.error('request failed', line);
  else log.info('request', line);
}
