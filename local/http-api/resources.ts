import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Kernel, Resource, ResourceHandler } from '../kernel/kernel.ts';
import { type Api, type Authorizer, CONTEXT_SOURCES, type IdentitySource, STAGE } from './api.ts';
import { RouteTable } from './route-table.ts';

/** API Gateway's longest: a function that takes longer is answered 503. */
const LONGEST_INTEGRATION_MILLISECONDS = 30_000;
/** What CloudFormation sets when the template says nothing. */
const DEFAULT_AUTHORIZER_TTL_SECONDS = 300;

/** The API being provisioned: one machine serves one. */
export interface ApiHolder {
  api: Api | undefined;
}

type Place = Pick<Kernel, 'region' | 'account'>;

/** @param url what `ApiEndpoint` answers */
export function httpApiResources(holder: ApiHolder, place: Place, url: string): ResourceHandler[] {
  return [apiResource(holder, place, url), stage(holder), integration(holder), authorizer(holder), route(holder)];
}

const strings = z.array(z.string()).default([]);

function apiResource(holder: ApiHolder, { region, account }: Place, url: string): ResourceHandler {
  const shape = z.object({
    ProtocolType: z.literal('HTTP'),
    Name: z.string().default(''),
    CorsConfiguration: z
      .object({
        AllowOrigins: strings,
        AllowMethods: strings,
        AllowHeaders: strings,
        ExposeHeaders: strings,
        MaxAge: z.number().optional(),
        AllowCredentials: z.boolean().default(false),
      })
      .optional(),
  });
  return {
    type: 'AWS::ApiGatewayV2::Api',
    honored: ['ProtocolType', 'Name', 'CorsConfiguration'],
    // The endpoint that can be disabled is the one under amazonaws.com.
    ignored: ['Description', 'Tags', 'DisableExecuteApiEndpoint', 'IpAddressType'],
    provision(resource) {
      if (holder.api) throw new Error('one machine serves one HTTP API, and the template has a second');
      const { CorsConfiguration: cors, Name: name } = shape.parse(resource.properties);
      const id = shortId(resource);
      holder.api = {
        id,
        name,
        arnPrefix: `arn:aws:execute-api:${region}:${account}:${id}`,
        cors: cors && {
          origins: cors.AllowOrigins,
          methods: cors.AllowMethods,
          headers: cors.AllowHeaders,
          exposed: cors.ExposeHeaders,
          maxAgeSeconds: cors.MaxAge,
          credentials: cors.AllowCredentials,
        },
        stageVariables: undefined,
        hasStage: false,
        integrations: new Map(),
        authorizers: new Map(),
        routes: new RouteTable(),
      };
      return { ref: id, attributes: { ApiId: id, ApiEndpoint: url } };
    },
  };
}

function stage(holder: ApiHolder): ResourceHandler {
  const shape = z.object({
    ApiId: z.string(),
    StageName: z.literal(STAGE, `only the stage ${STAGE} is served on one machine`),
    AutoDeploy: z.literal(true, 'a stage without AutoDeploy is not supported on one machine'),
    StageVariables: z.record(z.string(), z.string()).optional(),
  });
  return {
    type: 'AWS::ApiGatewayV2::Stage',
    honored: ['ApiId', 'StageName', 'AutoDeploy', 'StageVariables'],
    // Nothing is throttled on one's own machine; access logs and metrics are the account's.
    ignored: ['Description', 'Tags', 'AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'],
    provision(resource) {
      const properties = shape.parse(resource.properties);
      const api = apiOf(holder, properties.ApiId);
      api.hasStage = true;
      api.stageVariables = properties.StageVariables;
      return { ref: STAGE, attributes: {} };
    },
  };
}

function integration(holder: ApiHolder): ResourceHandler {
  const shape = z.object({
    ApiId: z.string(),
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: z.string(),
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: z.number().int().min(50).max(LONGEST_INTEGRATION_MILLISECONDS).optional(),
  });
  return {
    type: 'AWS::ApiGatewayV2::Integration',
    honored: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
    ignored: ['Description', 'IntegrationMethod', 'ConnectionType'],
    provision(resource) {
      const properties = shape.parse(resource.properties);
      const id = shortId(resource);
      apiOf(holder, properties.ApiId).integrations.set(id, {
        id,
        functionArn: functionArnOf(properties.IntegrationUri),
        timeoutMilliseconds: properties.TimeoutInMillis ?? LONGEST_INTEGRATION_MILLISECONDS,
      });
      return { ref: id, attributes: { IntegrationId: id } };
    },
  };
}

function authorizer(holder: ApiHolder): ResourceHandler {
  const shape = z.object({
    ApiId: z.string(),
    AuthorizerType: z.literal('REQUEST', 'only REQUEST (Lambda) authorizers are supported on one machine'),
    AuthorizerUri: z.string(),
    AuthorizerPayloadFormatVersion: z.literal('2.0'),
    EnableSimpleResponses: z.literal(true, 'only simple authorizer responses are supported on one machine'),
    IdentitySource: strings,
    AuthorizerResultTtlInSeconds: z.number().int().min(0).max(3600).optional(),
  });
  return {
    type: 'AWS::ApiGatewayV2::Authorizer',
    honored: [
      'ApiId',
      'AuthorizerType',
      'AuthorizerUri',
      'AuthorizerPayloadFormatVersion',
      'EnableSimpleResponses',
      'IdentitySource',
      'AuthorizerResultTtlInSeconds',
    ],
    ignored: ['Name'],
    provision(resource) {
      const properties = shape.parse(resource.properties);
      const id = shortId(resource);
      const identitySources = properties.IdentitySource.map(parseIdentitySource);
      const ttl = properties.AuthorizerResultTtlInSeconds ?? DEFAULT_AUTHORIZER_TTL_SECONDS;
      const made: Authorizer = {
        id,
        functionArn: functionArnOf(properties.AuthorizerUri),
        identitySources,
        // Without identity sources there is nothing to tell callers apart by, so nothing is cached.
        cacheMilliseconds: identitySources.length > 0 ? ttl * 1000 : 0,
      };
      apiOf(holder, properties.ApiId).authorizers.set(id, made);
      return { ref: id, attributes: { AuthorizerId: id } };
    },
  };
}

function route(holder: ApiHolder): ResourceHandler {
  const shape = z.object({
    ApiId: z.string(),
    RouteKey: z.string(),
    Target: z.string(),
    AuthorizationType: z
      .enum(['NONE', 'CUSTOM'], 'only routes that are open or have a Lambda authorizer are supported on one machine')
      .default('NONE'),
    AuthorizerId: z.string().optional(),
  });
  return {
    type: 'AWS::ApiGatewayV2::Route',
    honored: ['ApiId', 'RouteKey', 'Target', 'AuthorizationType', 'AuthorizerId'],
    ignored: ['OperationName', 'ApiKeyRequired'],
    provision(resource) {
      const { ApiId, RouteKey, Target, AuthorizationType, AuthorizerId } = shape.parse(resource.properties);
      const api = apiOf(holder, ApiId);
      const target = api.integrations.get(Target.replace(/^integrations\//, ''));
      if (!target) throw new Error(`there is no integration ${Target}`);
      const guard = AuthorizationType === 'CUSTOM' ? api.authorizers.get(AuthorizerId ?? '') : undefined;
      if (AuthorizationType === 'CUSTOM' && !guard) throw new Error(`there is no authorizer ${AuthorizerId}`);
      const id = shortId(resource);
      api.routes.add(RouteKey, { id, key: RouteKey, integration: target, authorizer: guard });
      return { ref: id, attributes: { RouteId: id } };
    },
  };
}

function apiOf(holder: ApiHolder, id: string): Api {
  if (holder.api?.id !== id) throw new Error(`there is no HTTP API ${id}`);
  return holder.api;
}

/** A function's ARN, bare or inside `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations`. */
function functionArnOf(uri: string): string {
  const arn =
    /^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
  if (!arn.startsWith('arn:aws:lambda:')) throw new Error(`${uri} names no Lambda function`);
  return arn;
}

function parseIdentitySource(source: string): IdentitySource {
  const [, place, name] =
    /^\$(request\.header|request\.querystring|context|stageVariables)\.([\w.-]+)$/.exec(source) ?? [];
  if (place === 'request.header') return { kind: 'header', name: name!.toLowerCase() };
  if (place === 'request.querystring') return { kind: 'query', name: name! };
  if (place === 'stageVariables') return { kind: 'stageVariable', name: name! };
  const context = CONTEXT_SOURCES.find((known) => place === 'context' && known === name);
  if (!context) throw new Error(`identity source ${source} is not supported on one machine`);
  return { kind: 'context', name: context };
}

/** Ten characters as API Gateway's, the same after a restart. */
function shortId({ stackName, logicalId }: Resource): string {
  const hash = createHash('sha256').update(`${stackName}/${logicalId}`).digest();
  return BigInt(`0x${hash.toString('hex')}`)
    .toString(36)
    .slice(0, 10);
}
