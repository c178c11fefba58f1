import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnAuthorizer,
  CfnIntegration,
  CfnRoute,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../routes.ts';
import { acknowledge } from './acknowledge.ts';
import type { Alarms } from './alarms.ts';
import type { BatutaFunction } from './batuta-function.ts';

export interface HttpRoutesProps {
  stage: string;
  routes: readonly Route[];
  authorizer: BatutaFunction;
  /** The function of a route's group: `orders`. */
  functionOf(group: string): BatutaFunction;
  alarms: Alarms;
}

/** What stands in the access log, a JSON object a line: never a header, a query string or a body, which hold keys and people. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  keyId: '$context.authorizer.keyId',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  bytes: '$context.responseLength',
  error: '$context.error.message',
  functionError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
};

/** The HTTP API: a route for each line of the contracts, one integration for each function. */
export class HttpRoutes extends Construct {
  readonly api: HttpApi;
  readonly #integrations = new Map<string, CfnIntegration>();

  constructor(scope: Construct, id: string, props: HttpRoutesProps) {
    super(scope, id);
    const { stage, routes, alarms } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: `batuta-${stage}`,
      description: 'Batuta, an order management system',
      createDefaultStage: false,
    });
    this.#stage(stage);
    const authorizer = this.#authorizer(props.authorizer);
    for (const route of routes) this.#route(route, props.functionOf(route.group), authorizer);
    alarms.add({
      name: 'api-errors',
      meaning: 'The API answers 5xx: callers cannot place or change orders. Orders that are accepted go on.',
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 0,
      evaluationPeriods: 2,
    });
  }

  #stage(stage: string): void {
    const accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/apigateway/batuta-${stage}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // A fuse, not a quota: what an account's default of 10,000 a second would let one runaway client spend.
      throttle: { rateLimit: 500, burstLimit: 1000 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }

  /**
   * It has no identity source and no cache, so that it is asked about every request, those without a key too: it always says yes and
   * passes on whose key it was or what is wrong, and the routes answer 401 and 403 in the API's own words.
   */
  #authorizer({ lambda }: BatutaFunction): CfnAuthorizer {
    const { partition, region } = Stack.of(this);
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.api.apiId,
      name: 'api-key',
      authorizerType: 'REQUEST',
      authorizerUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${lambda.functionArn}/invocations`,
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      authorizerResultTtlInSeconds: 0,
    });
    this.#permission('AuthorizerPermission', lambda.functionArn, `authorizers/${authorizer.ref}`);
    return authorizer;
  }

  #route({ key, group, open }: Route, target: BatutaFunction, authorizer: CfnAuthorizer): void {
    const route = new CfnRoute(this, `Route ${key.replaceAll('/', ' ')}`, {
      apiId: this.api.apiId,
      routeKey: key,
      target: `integrations/${this.#integration(group, target).ref}`,
      ...(open ? { authorizationType: 'NONE' } : { authorizationType: 'CUSTOM', authorizerId: authorizer.ref }),
    });
    if (open) acknowledge(route, { 'AwsSolutions-APIG4': open });
  }

  #integration(group: string, { lambda }: BatutaFunction): CfnIntegration {
    const known = this.#integrations.get(group);
    if (known) return known;
    const integration = new CfnIntegration(this, `Integration ${group}`, {
      apiId: this.api.apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.functionArn,
      payloadFormatVersion: '2.0',
    });
    // Any stage, any method, any path, and the $default route, which has neither.
    this.#permission(`Permission ${group}`, lambda.functionArn, '*/*');
    this.#integrations.set(group, integration);
    return integration;
  }

  #permission(id: string, functionArn: string, source: string): void {
    new CfnPermission(this, id, {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName: source }),
    });
  }
}
