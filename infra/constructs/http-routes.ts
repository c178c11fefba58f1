import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { CfnIntegration, CfnRoute, HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
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
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  bytes: '$context.responseLength',
  error: '$context.error.message',
  functionError: '$context.integrationErrorMessage',
};

/** The gateway would refuse in its own words, not in problem+json: docs/decisions/0009-functions-authenticate.md. */
const AUTHENTICATES =
  'The function asks for the API key itself (shared/runtime/route.ts), before anything else, and lets in those of the route only.';

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
    for (const route of routes) this.#route(route, props.functionOf(route.group));
    const meaning = 'The API answers 5xx: callers cannot place or change orders. Orders that are accepted go on.';
    const metric = this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' });
    alarms.add({ name: 'api-errors', meaning, metric, threshold: 0, evaluationPeriods: 2 }, this);
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

  #route({ key, group, access }: Route, target: BatutaFunction): void {
    const route = new CfnRoute(this, `Route ${key.replaceAll('/', ' ')}`, {
      apiId: this.api.apiId,
      routeKey: key,
      target: `integrations/${this.#integration(group, target).ref}`,
      authorizationType: 'NONE',
    });
    acknowledge(route, {
      'AwsSolutions-APIG4':
        typeof access === 'string' ? access : `${AUTHENTICATES} Here they are of the roles ${access.join(', ')}.`,
    });
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
