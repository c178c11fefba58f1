import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const madrid = { name: 'Madrid', kind: 'store', country: 'ES', timeZone: 'Europe/Madrid' };

test('a location is made and replaced by the same request; the list has it once', async () => {
  const made = await api.ask('PUT', '/v1/locations/madrid-1', { body: madrid });
  expect(made).toMatchObject({ status: 200, body: { id: 'madrid-1', ...madrid, priority: 100, enabled: true } });
  await api.ask('PUT', '/v1/locations/madrid-1', { body: { ...madrid, enabled: false } });
  const list = await api.ask('GET', '/v1/locations', { as: 'storefront' });
  expect(list.text.match(/"id":"madrid-1"/g)).toHaveLength(1);
  expect(list.text).toContain('"enabled":false');
});

test.each([
  [{ ...madrid, timeZone: 'Mars/Olympus' }, 'invalid_value', '/timeZone'],
  [{ ...madrid, kind: 'cellar' }, 'invalid_value', '/kind'],
  [{ ...madrid, country: 'XX' }, 'invalid_value', '/country'],
  [{ ...madrid, priority: 1001 }, 'too_large', '/priority'],
  [{ ...madrid, id: 'x' }, 'unknown_field', '/id'],
  [{ ...madrid, name: '\u0007' }, 'invalid_characters', '/name'],
])('a location %j is refused', async (body, code, pointer) => {
  const answer = await api.ask('PUT', '/v1/locations/madrid-2', { body });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ code, pointer }] } });
});

test('a location id is lower-case letters, digits and dashes', async () => {
  const answer = await api.ask('PUT', '/v1/locations/Madrid', { body: madrid });
  expect(answer).toMatchObject({ status: 404, body: { code: 'location_not_found' } });
});

test('only an admin makes locations; a warehouse counts, a storefront reads', async () => {
  expect(await api.ask('PUT', '/v1/locations/x', { body: madrid, as: 'warehouse' })).toMatchObject({ status: 403 });
  const count = { body: { onHand: 1 } };
  expect(await api.ask('PUT', '/v1/inventory/tea/locations/dc-2', { ...count, as: 'storefront' })).toMatchObject({
    status: 403,
  });
  expect(await api.ask('PUT', '/v1/inventory/tea/locations/dc-2', { ...count, as: 'warehouse' })).toMatchObject({
    status: 200,
  });
  expect(await api.ask('GET', '/v1/inventory/tea', { as: 'storefront' })).toMatchObject({ status: 200 });
});

test('a count below what is promised is refused with what is promised; the totals add up', async () => {
  const { id } = await api.place({ lines: [{ sku: 'cup', quantity: 12, unitPrice: 1 }] });
  await api.confirm(id);
  const few = await api.ask('PUT', '/v1/inventory/cup/locations/dc-1', { body: { onHand: 3 } });
  expect(few).toMatchObject({
    status: 409,
    body: { code: 'below_committed', onHand: 10, committed: 10, available: 0 },
  });
  const more = await api.ask('PUT', '/v1/inventory/cup/locations/dc-1', { body: { onHand: 20 } });
  expect(more).toMatchObject({ status: 200, body: { onHand: 20, committed: 10, available: 10 } });
  expect(await api.ask('GET', '/v1/inventory/cup')).toMatchObject({
    status: 200,
    body: {
      sku: 'cup',
      totals: { onHand: 25, committed: 12, available: 13, held: 0, unavailable: 0 },
      buckets: [{ locationId: 'dc-1' }, { locationId: 'dc-2' }],
    },
  });
});

test('what is not there: the SKU, the location', async () => {
  expect(await api.ask('GET', '/v1/inventory/nothing')).toMatchObject({ status: 404, body: { code: 'sku_not_found' } });
  expect(await api.ask('GET', '/v1/inventory/%2A')).toMatchObject({ status: 404, body: { code: 'sku_not_found' } });
  const put = (sku: string, location: string) =>
    api.ask('PUT', `/v1/inventory/${sku}/locations/${location}`, { body: { onHand: 1 } });
  expect(await put('tea', 'nowhere')).toMatchObject({ status: 404, body: { code: 'location_not_found' } });
  expect(await put('tea', 'NOWHERE')).toMatchObject({ status: 404, body: { code: 'location_not_found' } });
  expect(await put('-tea', 'dc-1')).toMatchObject({ status: 404, body: { code: 'sku_not_found' } });
});

test.each([{ onHand: -1 }, { onHand: 1.5 }, { onHand: 1e12 }, { onHand: null }, {}, { onHand: 1, available: 1 }])(
  'a count %j is refused',
  async (body) => {
    const answer = await api.ask('PUT', '/v1/inventory/tea/locations/dc-1', { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  },
);
