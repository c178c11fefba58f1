import { copyFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { documentedRoutes } from '../../infra/generate-api.ts';
import { paths } from '../../infra/paths.ts';
import { routes } from '../../infra/routes.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { KeyRole } from '../../shared/runtime/authentication.ts';
import type { ApiHandler } from '../../shared/runtime/route.ts';
import { assembled, imported, resourcesOf, type Templates, temporaryDirectory, valueAt } from './synthesized.ts';

/**
 * The gateway asks no authorizer: docs/decisions/0009. So that no route can be reached past the door, every route of the template is asked
 * here as the gateway asks it, of the very bundle that its integration names.
 */
let cloud: Templates;
beforeAll(async () => {
  cloud = await assembled();
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

const open = [
  '$default',
  'GET /docs',
  'GET /v1/health',
  'GET /v1/openapi.json',
  // The provider signs what it sends.
  'POST /v1/payment-webhooks/{provider}',
];
const guarded = routes.filter(({ access }) => typeof access !== 'string');
const context = { awsRequestId: 'lambda', getRemainingTimeInMillis: () => 10_000 } as Context;

/** The folder under functions/api of the function that the template has a route go to. */
function groupOf(routeKey: string): string | undefined {
  const route = routesOfTemplate().find(({ RouteKey }) => RouteKey === routeKey);
  const [, integration] = String(valueAt(route, 'Target', 'Fn::Join', 1, 1, 'Ref')).match(/^(\w+)$/) ?? [];
  const lambda = imported(cloud.application, cloud.api.Resources[integration ?? '']?.Properties.IntegrationUri);
  const name = cloud.application.Resources[lambda ?? '']?.Properties.FunctionName;
  return /^batuta-dev-api-([a-z-]+)$/.exec(String(name))?.[1];
}

const routesOfTemplate = () =>
  resourcesOf(cloud.api, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);

/** What must be of a certain form; the rest only has to be there. */
const values: Record<string, string> = {
  ORDER_POLICY: JSON.stringify(defaultPolicy),
  WEBHOOK_ALLOWED_NETWORKS: '',
  PAYMENT_PROVIDER: 'sandbox',
  TAX_PROVIDER: 'table',
};

const handlers = new Map<string, ApiHandler>();

/** The function as it is deployed, with an environment that leads nowhere. */
function deployed(group: string): ApiHandler {
  const known = handlers.get(group);
  if (known) return known;
  const [, lambda] =
    resourcesOf(cloud.application, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties.FunctionName === `batuta-dev-api-${group}`,
    ) ?? [];
  for (const name of Object.keys(Object(valueAt(lambda, 'Properties', 'Environment', 'Variables')))) {
    vi.stubEnv(name, values[name] ?? 'nowhere');
  }
  // Lambda takes a bundle as CommonJS; next to our package.json it would be a module. And it finds the layer's packages by NODE_PATH.
  const directory = temporaryDirectory();
  symlinkSync(join(paths.layer, 'nodejs/node_modules'), join(directory, 'node_modules'));
  const copy = join(directory, `${group}.cjs`);
  copyFileSync(join(paths.bundles, 'api', group, 'index.js'), copy);
  const { handler }: { handler: ApiHandler } = createRequire(import.meta.url)(copy);
  handlers.set(group, handler);
  return handler;
}

async function ask(
  group: string,
  routeKey: string,
  headers: Record<string, string>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const [method = 'GET', path = '/x'] = routeKey.split(' ');
  const http = { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' };
  const requestContext = {
    accountId: '123456789012',
    apiId: 'api',
    domainName: 'api.test',
    domainPrefix: 'api',
    http,
    requestId: 'r',
    routeKey,
    stage: '$default',
    time: '',
    timeEpoch: 0,
    // What an authorizer that there no longer is would have said.
    authorizer: { lambda: { keyId: 'somebody', role: 'admin' } },
  };
  const event = { version: '2.0', routeKey, rawPath: path, rawQueryString: '', headers, requestContext };
  return deployed(group)({ ...event, isBase64Encoded: false }, context);
}

test('the routes of the template are those of the contracts, and the open ones are of no secrets or signed', () => {
  expect(
    routesOfTemplate()
      .map(({ RouteKey }) => RouteKey)
      .toSorted(),
  ).toEqual(routes.map(({ key }) => key).toSorted());
  expect(
    routes
      .filter(({ access }) => typeof access === 'string')
      .map(({ key }) => key)
      .toSorted(),
  ).toEqual(open);
  for (const { key, group, access } of guarded) {
    const contract = documentedRoutes.find(
      ({ contract: { method, path } }) => `${method} ${path}` === key.replace(/^HEAD /, 'GET '),
    )?.contract;
    expect(contract?.roles, key).toEqual(access);
    expect(access.length, key).toBeGreaterThan(0);
    for (const role of access) expect(KeyRole.options).toContain(role);
    expect(groupOf(key), key).toBe(group);
  }
});

test('there is no other way in: no function of the API has a URL, and the gateway has no integration besides', () => {
  for (const template of Object.values(cloud)) expect(resourcesOf(template, 'AWS::Lambda::Url')).toEqual([]);
  const integrations = resourcesOf(cloud.api, 'AWS::ApiGatewayV2::Integration');
  expect(integrations.map(([id]) => id).length).toBe(new Set(routes.map(({ group }) => group)).size);
});

describe.each(guarded)('$key', ({ key, group }) => {
  test.each<[string, Record<string, string>, string]>([
    ['no key', {}, 'authentication_required'],
    ['an empty header', { authorization: ' ' }, 'authentication_required'],
    ['no key of ours', { authorization: 'Bearer admin' }, 'invalid_api_key'],
    ['two headers', { authorization: 'Bearer a,Bearer b' }, 'invalid_api_key'],
  ])('%s: 401 problem+json, whatever else the request says', async (_, headers, code) => {
    const answer = await ask(group, key, headers);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/problem+json',
    });
    if (!key.startsWith('HEAD ')) expect(JSON.parse(answer.body ?? '')).toMatchObject({ code });
  });
});

test('a function answers no route of another, nor one that no contract has', async () => {
  for (const group of new Set(guarded.map((route) => route.group))) {
    for (const { key } of routes.filter((route) => route.group !== group)) {
      expect((await ask(group, key, {})).statusCode, `${group}: ${key}`).toBe(500);
    }
  }
});
