import { createHttpApi, type HttpApi } from '../../../../local/http-api/service.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { type HttpServer, listen } from '../../../../local/kernel/http-server.ts';
import type { Kernel, Principal } from '../../../../local/kernel/kernel.ts';
import { openStorage } from '../../../../local/kernel/storage.ts';

/** What a function was asked. */
export interface Asked {
  functionName: string;
  // The event as JSON delivers it: tests look at what they expect in it.
  event: ReturnType<typeof JSON.parse>;
  principal: Principal;
}

type Answer = { payload: unknown } | { raw: string } | { error: object } | { throws: Error } | 'never';

export interface ApiForTests {
  api: HttpApi;
  clock: FakeClock;
  port: number;
  url: string;
  asked: Asked[];
  reported: unknown[];
  /** What the function of that name (`orders`, `authorizer`) answers from now on. */
  answer(functionName: string, respond: (asked: Asked) => Answer): void;
  resource(type: string, logicalId: string, properties: Record<string, unknown>): string;
  stop(): Promise<void>;
}

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** An HTTP API with a stage, an integration `orders` and no routes, whose functions are JavaScript functions of the test. */
export async function startApi(properties: Record<string, unknown> = {}): Promise<ApiForTests> {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const reported: unknown[] = [];
  const answers = new Map<string, (asked: Asked) => Answer>();
  const kernel: Kernel = {
    clock,
    storage: openStorage(),
    authorizer: { authorize() {} },
    region: 'us-east-1',
    account: '000000000000',
    endpoint: '',
    track: (work) => clock.track(work),
    report: (_where, error) => reported.push(error),
    async call(_service, _operation, input, principal) {
      const { FunctionName, Payload } = input as { FunctionName: string; Payload: string };
      const functionName = FunctionName.split(':').at(-1)!;
      const question = { functionName, event: JSON.parse(Payload), principal };
      asked.push(question);
      const answer = answers.get(functionName)?.(question) ?? { payload: { statusCode: 200, body: 'ok' } };
      if (answer === 'never') return new Promise(() => {});
      if ('throws' in answer) throw answer.throws;
      if ('error' in answer)
        return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(answer.error) };
      return { StatusCode: 200, Payload: 'raw' in answer ? answer.raw : JSON.stringify(answer.payload) };
    },
  };
  let api: HttpApi | undefined;
  const server: HttpServer = await listen(
    '127.0.0.1',
    0,
    async (request, response) => api?.handle(request, response),
    (_where, error) => reported.push(error),
  );
  const url = `http://127.0.0.1:${server.port}`;
  const made = createHttpApi(kernel, url);
  api = made;
  const resource = (type: string, logicalId: string, given: Record<string, unknown>) => {
    const handler = made.resources.find((one) => one.type === `AWS::ApiGatewayV2::${type}`)!;
    return handler.provision({ logicalId, type: handler.type, stackName: 'S', properties: given }).ref;
  };
  const ApiId = resource('Api', 'Api', { ProtocolType: 'HTTP', Name: 'orders', ...properties });
  resource('Stage', 'Stage', { ApiId, StageName: '$default', AutoDeploy: true });
  const integration = {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: arnOf('orders'),
    PayloadFormatVersion: '2.0',
  };
  resource('Integration', 'Orders', integration);
  return {
    api: made,
    clock,
    port: server.port,
    url,
    asked,
    reported,
    answer: (name, respond) => answers.set(name, respond),
    resource: (type, logicalId, given) => resource(type, logicalId, { ApiId, ...given }),
    stop: async () => {
      await server.stop();
      await kernel.storage.close();
    },
  };
}

/** Adds a route to the integration `orders`. */
export function addRoute(api: ApiForTests, RouteKey: string, more: Record<string, unknown> = {}): void {
  const Target = `integrations/${api.resource('Integration', `For ${RouteKey}`, {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: arnOf('orders'),
    PayloadFormatVersion: '2.0',
  })}`;
  api.resource('Route', `Route ${RouteKey}`, { RouteKey, Target, ...more });
}

/** Adds a Lambda authorizer; answers what routes need to use it. */
export function addAuthorizer(api: ApiForTests, more: Record<string, unknown> = {}): Record<string, unknown> {
  const AuthorizerId = api.resource('Authorizer', 'Authorizer', {
    AuthorizerType: 'REQUEST',
    AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arnOf('authorizer')}/invocations`,
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    IdentitySource: ['$request.header.X-Api-Key'],
    ...more,
  });
  return { AuthorizationType: 'CUSTOM', AuthorizerId };
}
