import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fulfillmentRoutes } from '../../../functions/api/fulfillments/routes.ts';
import { orderRoutes } from '../../../functions/api/orders/routes.ts';
import { documentedRoutes } from '../../../infra/generate-api.ts';
import { LocationId } from '../../../shared/domain/ids.ts';
import { KeyRole, newApiKey } from '../../../shared/runtime/authentication.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { log } from '../../../shared/runtime/log.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const guarded = documentedRoutes.flatMap(({ contract: { method, path, roles } }) => {
  if (roles === 'public') return [];
  const target = path.replaceAll(/\{\w+\}/g, 'x');
  const methods = method === 'GET' ? ['GET', 'HEAD'] : [method];
  return methods.map((each) => ({ method: each, target, roles: [...roles] as string[] }));
});

describe('a key for the work of one location', () => {
  const { key, record } = newApiKey({ role: 'warehouse', name: 'a store', locations: [LocationId.parse('dc-1')] }, 0);
  const warehouse = guarded.filter(({ roles }) => roles.includes('warehouse'));

  test.each(warehouse)(
    '$method $target: it is let in where the route heeds its location, and nowhere else',
    async (one) => {
      api.ring.records.set(record.id, record);
      const headers = { authorization: `Bearer ${key}` };
      const { status } = await api.ask(one.method, one.target, { raw: '{', headers });
      if (one.target.startsWith('/v1/fulfillments')) expect(status).not.toBe(403);
      else expect(status).toBe(403);
    },
  );
});

describe('every route that is not public', () => {
  test('there are routes to be held to this', () => {
    expect(guarded.length).toBeGreaterThan(25);
  });

  test.each(guarded)('$method $target answers nobody without a key', async ({ method, target }) => {
    const answer = await api.ask(method, target, { as: 'nobody', raw: '{' });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: 'authentication_required' });
  });

  test.each(guarded)('$method $target takes no key that is made up', async ({ method, target }) => {
    const { key } = newApiKey({ role: 'admin', name: 'nobody made this' }, 0);
    for (const authorization of ['Bearer x', `Bearer ${key}`]) {
      const answer = await api.ask(method, target, { as: 'nobody', raw: '{', headers: { authorization } });
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      if (method !== 'HEAD') expect(answer.body).toMatchObject({ code: 'invalid_api_key' });
    }
    await api.later(1000);
  });

  test.each(guarded)('$method $target takes keys of $roles only', async ({ method, target, roles }) => {
    for (const role of KeyRole.options) {
      const { status } = await api.ask(method, target, { as: role, raw: '{' });
      expect([401, 403].includes(status), role).toBe(!roles.includes(role));
    }
  });
});

test('what another has written into the event lets nobody in', async () => {
  const forged = { authorizer: { lambda: { keyId: 'x', role: 'admin' } } };
  const handler = orderRoutes({ ...api.deps });
  const lying: typeof handler = (event, context) =>
    handler({ ...event, requestContext: { ...event.requestContext, ...forged } }, context);
  expect(await api.ask('GET', '/v1/orders', { as: 'nobody', handler: lying })).toMatchObject({ status: 401 });
});

test('a revoked key is refused 30 seconds later at the latest', async () => {
  const ask = () => api.ask('GET', '/v1/orders', { as: 'agent', keyName: 'leaver' });
  expect((await ask()).status).toBe(200);
  const record = [...api.ring.records.values()].find(({ name }) => name === 'leaver');
  if (!record) throw new Error('the key is not in the ring');
  api.ring.records.set(record.id, { ...record, revokedAt: new Date(api.deps.system.now()).toISOString() });
  await api.later(30_000);
  expect(await ask()).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
});

test.each([
  ['ThrottlingException', 503, 'store_busy'],
  ['TimeoutError', 500, 'internal_error'],
])('while keys cannot be read (%s) nobody gets in, and is told so in our words', async (name, status, code) => {
  const down = { apiKey: async () => Promise.reject(Object.assign(new Error('down'), { name })) };
  const handler = fulfillmentRoutes({ ...api.deps, door: keyDoor(down, api.deps.system.now) });
  const answer = await api.ask('GET', '/v1/fulfillments', { handler });
  expect(answer).toMatchObject({ status, body: { code }, headers: { 'content-type': 'application/problem+json' } });
});

test('the log names the key by its id and holds none, whether it was let in or not', async () => {
  vi.mocked(log.info).mockClear();
  await api.ask('GET', '/v1/orders', { as: 'agent' });
  await api.ask('GET', '/v1/fulfillments', { as: 'storefront' });
  const { key } = newApiKey({ role: 'admin', name: 'unknown' }, 0);
  await api.ask('GET', '/v1/orders', { as: 'nobody', headers: { authorization: `Bearer ${key}` } });
  const lines = vi.mocked(log.info).mock.calls.map((line) => JSON.stringify(line));
  const logged = lines.map((line) => (JSON.parse(line) as [string, { keyId?: string; status: number }])[1]);
  expect(logged.map(({ status }) => status)).toEqual([200, 403, 401]);
  expect(logged.map(({ keyId }) => keyId && api.ring.records.get(keyId)?.role)).toEqual([
    'agent',
    'storefront',
    undefined,
  ]);
  const secrets = [key, api.ring.bearer('agent'), api.ring.bearer('storefront')].map((one) => one.slice(-40));
  for (const secret of secrets) expect(lines.join()).not.toContain(secret);
});
