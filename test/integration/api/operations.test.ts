import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const outage = (id: string, body: object) => api.ask('POST', `/v1/locations/${id}/outage`, { body });

test('a location out of service is not enabled and says why, until somebody says it is back', async () => {
  const started = await outage('dc-2', { reason: 'flood' });
  expect(started).toMatchObject({ status: 202, body: { state: 'RUNNING', locationId: 'dc-2' } });
  const { id } = started.body as { id: string };
  expect(await api.ask('GET', `/v1/operations/${id}`, { as: 'warehouse' })).toMatchObject({
    status: 200,
    body: { id },
  });
  // Locations are remembered for ten seconds.
  api.later(10_001);
  const list = await api.ask('GET', '/v1/locations');
  const { data } = list.body as { data: { id: string }[] };
  expect(data.find((one) => one.id === 'dc-2')).toMatchObject({ enabled: false, outage: { reason: 'flood' } });
  expect(await api.ask('DELETE', '/v1/locations/dc-2/outage')).toMatchObject({ status: 204 });
  api.later(10_001);
  expect((await api.ask('GET', '/v1/locations')).text).not.toContain('flood');
});

test.each([
  ['nowhere', { reason: 'flood' }, 404, undefined],
  ['dc-1', {}, 422, '/reason'],
  ['dc-1', { reason: 'flood', until: '2020-01-01T00:00:00Z' }, 422, '/until'],
  ['dc-1', { reason: 'flood', until: 'tomorrow' }, 422, '/until'],
])('an outage of %s with %j is refused', async (id, body, status, pointer) => {
  const answer = await outage(id, body);
  expect(answer).toMatchObject({ status, ...(pointer && { body: { errors: [{ pointer }] } }) });
  expect((await api.ask('GET', '/v1/locations')).text).not.toContain('flood');
});
