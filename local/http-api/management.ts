import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, WireRequest, WireResponse } from '../kernel/kernel.ts';
import { pathSegment } from '../kernel/path-segment.ts';
import { type Api, STAGE } from './api.ts';

/** What the API is made of, for a person who looks: the names that API Gateway's own calls give it. All of it in one page. */
export const MANAGEMENT = ['GetApis', 'GetApi', 'GetRoutes', 'GetStages', 'GetIntegrations', 'GetAuthorizers'] as const;
type Operation = (typeof MANAGEMENT)[number];

const COLLECTIONS: Record<string, Operation> = {
  routes: 'GetRoutes',
  stages: 'GetStages',
  integrations: 'GetIntegrations',
  authorizers: 'GetAuthorizers',
};

/** API Gateway version 2's REST protocol, to read. */
export function answerManagement(
  kernel: Kernel,
  api: Api | undefined,
  url: string,
  { method, path, query, principal }: WireRequest,
): WireResponse {
  const [, given, collection, rest] = /^\/v2\/apis(?:\/([^/]+)(?:\/([^/]+)(\/.*)?)?)?\/?$/.exec(path) ?? [];
  const operation = given === undefined ? 'GetApis' : collection === undefined ? 'GetApi' : COLLECTIONS[collection];
  if (method !== 'GET' || !path.startsWith('/v2/apis') || operation === undefined || rest !== undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `API Gateway on this machine does not answer ${method} ${path}`,
      404,
    );
  }
  for (const name of query.keys()) {
    if (name !== 'maxResults') throw new AwsError('BadRequestException', `${name} is not supported on this machine`);
  }
  const id = given === undefined ? undefined : pathSegment(given);
  authorize(kernel, principal, `/apis${id === undefined ? '' : `/${id}`}${collection ? `/${collection}` : ''}`);
  if (id !== undefined && id !== api?.id) {
    throw new AwsError('NotFoundException', `Invalid API identifier specified ${kernel.account}:${id}`, 404);
  }
  const body = operation === 'GetApi' && api ? describeApi(api, url) : { items: itemsOf(operation, api, url) };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function authorize(kernel: Kernel, principal: Principal, path: string): void {
  kernel.authorizer.authorize(principal, 'apigateway:GET', `arn:aws:apigateway:${kernel.region}::${path}`);
}

function itemsOf(operation: Operation, api: Api | undefined, url: string): object[] {
  if (!api) return [];
  switch (operation) {
    case 'GetApis':
    case 'GetApi':
      return [describeApi(api, url)];
    case 'GetStages':
      return api.hasStage ? [{ stageName: STAGE, autoDeploy: true, stageVariables: api.stageVariables ?? {} }] : [];
    case 'GetIntegrations':
      return [...api.integrations.values()].map(({ id, functionArn, timeoutMilliseconds }) => ({
        integrationId: id,
        integrationType: 'AWS_PROXY',
        integrationUri: functionArn,
        payloadFormatVersion: '2.0',
        timeoutInMillis: timeoutMilliseconds,
      }));
    case 'GetAuthorizers':
      return [...api.authorizers.values()].map(({ id, functionArn, cacheMilliseconds }) => ({
        authorizerId: id,
        authorizerType: 'REQUEST',
        authorizerUri: functionArn,
        authorizerResultTtlInSeconds: cacheMilliseconds / 1000,
      }));
    case 'GetRoutes':
      return api.routes.all().map(({ id, key, integration, authorizer }) => ({
        routeId: id,
        routeKey: key,
        target: `integrations/${integration.id}`,
        authorizationType: authorizer ? 'CUSTOM' : 'NONE',
        ...(authorizer && { authorizerId: authorizer.id }),
        apiKeyRequired: false,
      }));
  }
}

function describeApi({ id, name, cors }: Api, url: string): object {
  return {
    apiId: id,
    name,
    apiEndpoint: url,
    protocolType: 'HTTP',
    routeSelectionExpression: '$request.method $request.path',
    ...(cors && {
      corsConfiguration: {
        allowOrigins: cors.origins,
        allowMethods: cors.methods,
        allowHeaders: cors.headers,
        exposeHeaders: cors.exposed,
        allowCredentials: cors.credentials,
        ...(cors.maxAgeSeconds !== undefined && { maxAge: cors.maxAgeSeconds }),
      },
    }),
  };
}
