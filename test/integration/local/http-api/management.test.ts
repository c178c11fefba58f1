import { afterEach, beforeEach, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { type ApiForTests, addAuthorizer, addRoute, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeEach(async () => {
  api = await startApi({ CorsConfiguration: { AllowOrigins: ['https://shop.example'], MaxAge: 60 } });
});
afterEach(() => api.stop());

async function ask(path: string, method = 'GET'): Promise<ReturnType<typeof JSON.parse>> {
  const { pathname, searchParams } = new URL(path, 'http://x');
  const request = { method, path: pathname, query: searchParams, headers: {}, body: Buffer.alloc(0), requestId: 'r' };
  const answer = await api.api.wire!({ ...request, principal: operator });
  return JSON.parse(answer.body.toString());
}

test('the API, its routes and what is behind them can be looked at', async () => {
  addRoute(api, 'GET /v1/orders/{id}', addAuthorizer(api));
  addRoute(api, '$default');
  const { items } = await ask('/v2/apis');
  expect(items).toEqual([
    expect.objectContaining({
      name: 'orders',
      protocolType: 'HTTP',
      apiEndpoint: api.url,
      corsConfiguration: expect.objectContaining({ allowOrigins: ['https://shop.example'], maxAge: 60 }),
    }),
  ]);
  const { apiId } = items[0];
  expect(await ask(`/v2/apis/${apiId}`)).toEqual(items[0]);
  const routes = (await ask(`/v2/apis/${apiId}/routes`)).items;
  const [authorizer] = (await ask(`/v2/apis/${apiId}/authorizers`)).items;
  expect(routes).toMatchObject([
    { routeKey: 'GET /v1/orders/{id}', authorizationType: 'CUSTOM', authorizerId: authorizer.authorizerId },
    { routeKey: '$default', authorizationType: 'NONE' },
  ]);
  const integrations = (await ask(`/v2/apis/${apiId}/integrations`)).items;
  const ids = integrations.map(({ integrationId }: { integrationId: string }) => `integrations/${integrationId}`);
  for (const { target } of routes) expect(ids).toContain(target);
  expect((await ask(`/v2/apis/${apiId}/stages`)).items).toEqual([
    { stageName: '$default', autoDeploy: true, stageVariables: {} },
  ]);
});

test.each([
  ['GET', '/v2/apis/none', 'NotFoundException'],
  ['GET', '/v2/apis/none/routes', 'NotFoundException'],
  ['GET', '/v2/apis/none/models', 'UnknownOperationException'],
  ['POST', '/v2/apis', 'UnknownOperationException'],
  ['GET', '/restapis', 'UnknownOperationException'],
  ['GET', '/v2/apis?nextToken=x', 'BadRequestException'],
])('%s %s is refused: %s', async (method, path, code) => {
  await expect(ask(path, method)).rejects.toMatchObject({ code });
});
