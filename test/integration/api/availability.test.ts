import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const put = async (path: string, body: unknown) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
};
const store = { name: 'Store', kind: 'store', timeZone: 'Europe/Madrid' };
const get = (query: string) => api.ask('GET', `/v1/availability?${query}`, { as: 'storefront' });
const counted = async (query: string) => ((await get(query)).body as { availableToSell: number }).availableToSell;

beforeAll(async () => {
  api = await startApi();
  await put('/v1/locations/madrid', {
    ...store,
    site: { coordinates: { latitude: 40.42, longitude: -3.7 } },
    capabilities: ['ship', 'pickup'],
    processingMinutes: 30,
  });
  await put('/v1/locations/bcn', { ...store, site: { coordinates: { latitude: 41.39, longitude: 2.17 } } });
  await put('/v1/inventory/mug/locations/madrid', { onHand: 10 });
  await put('/v1/inventory/mug/locations/bcn', { onHand: 7 });
  await put('/v1/location-groups/spain', {
    name: 'Spain',
    locations: [{ locationId: 'madrid' }, { locationId: 'bcn' }],
  });
});
afterAll(() => api.stop());

describe('without storefronts', () => {
  test('any channel sells everything everywhere', async () => {
    expect(await counted('sku=mug&storefront=anything')).toBe(17);
  });
});

describe('with storefronts', () => {
  beforeAll(async () => {
    await put('/v1/storefronts/web', { name: 'Web', kind: 'web', locationGroupId: 'spain', lowStock: 8 });
    await put('/v1/storefronts/pos', { name: 'Till', kind: 'pos' });
  });

  test('a location that is taken out, or put back, changes the count of the very next request', async () => {
    expect(await counted('sku=mug&storefront=web')).toBe(17);
    await put('/v1/location-groups/spain/locations/bcn', { active: false });
    expect(await counted('sku=mug&storefront=web')).toBe(10);
    expect(await counted('sku=mug&storefront=pos')).toBe(17);
    await put('/v1/location-groups/spain/locations/bcn', { active: true });
    expect(await counted('sku=mug&storefront=web')).toBe(17);
  });

  test('a location that is disabled counts nothing from the very next request on', async () => {
    const bcn = { ...store, site: { coordinates: { latitude: 41.39, longitude: 2.17 } } };
    await put('/v1/locations/bcn', { ...bcn, enabled: false });
    expect(await counted('sku=mug&storefront=web')).toBe(10);
    await put('/v1/locations/bcn', bcn);
    expect(await counted('sku=mug&storefront=web')).toBe(17);
  });

  test('safety stock is kept back, for one storefront or for all', async () => {
    await put('/v1/safety-stock', { sku: 'mug', storefrontId: 'web', units: 5 });
    expect(await counted('sku=mug&storefront=web')).toBe(7);
    expect((await get('sku=mug&storefront=web')).body).toMatchObject({ status: 'low_stock' });
    expect(await counted('sku=mug&storefront=pos')).toBe(17);
    await api.ask('DELETE', '/v1/safety-stock?sku=mug&storefrontId=web');
    expect(await counted('sku=mug&storefront=web')).toBe(17);
  });

  test('safety stock of a category is kept back of its SKUs, from quotes of stock and from carts', async () => {
    await put('/v1/inventory/plate/locations/madrid', { onHand: 4 });
    await put('/v1/safety-stock', { category: 'ceramics', locationId: 'madrid', units: 3 });
    expect(await counted('sku=plate&storefront=web')).toBe(4);
    const set = await api.ask('PUT', '/v1/inventory/plate/category', { body: { category: 'ceramics' } });
    expect(set).toMatchObject({ status: 200, body: { sku: 'plate', category: 'ceramics' } });
    expect(await api.ask('GET', '/v1/inventory/plate')).toMatchObject({ body: { category: 'ceramics' } });
    expect(await counted('sku=plate&storefront=web')).toBe(1);
    const held = await api.ask('POST', '/v1/cart-holds', {
      as: 'storefront',
      body: { storefront: 'web', lines: [{ sku: 'plate', quantity: 2 }] },
      headers: { 'idempotency-key': 'two-plates' },
    });
    expect(held).toMatchObject({ status: 409, body: { code: 'stock_short' } });

    // A count leaves it as it is; a rule of the SKU itself says more than its category's.
    await put('/v1/inventory/plate/locations/madrid', { onHand: 5 });
    expect(await counted('sku=plate&storefront=web')).toBe(2);
    await put('/v1/safety-stock', { sku: 'plate', units: 1 });
    expect(await counted('sku=plate&storefront=web')).toBe(4);
    await api.ask('DELETE', '/v1/safety-stock?sku=plate');
    await put('/v1/inventory/plate/category', { category: null });
    expect(await counted('sku=plate&storefront=web')).toBe(5);
    expect((await api.ask('GET', '/v1/inventory/plate')).body).not.toHaveProperty('category');
  });

  test('categories of many SKUs are set together, or not at all; set again they are no change of the network', async () => {
    for (const sku of ['bowl', 'vase']) await put(`/v1/inventory/${sku}/locations/madrid`, { onHand: 9 });
    await put('/v1/safety-stock', { category: 'glass', units: 4 });
    const set = (...skus: [string, string | null][]) =>
      api.ask('PUT', '/v1/sku-categories', { body: { skus: skus.map(([sku, category]) => ({ sku, category })) } });
    const sold = () => Promise.all(['bowl', 'vase'].map((sku) => counted(`sku=${sku}&storefront=web`)));
    expect(await set(['bowl', 'glass'], ['never-seen', 'glass'], ['vase', 'glass'])).toMatchObject({
      status: 422,
      body: { code: 'unknown_sku', errors: [{ pointer: '/skus/1/sku' }] },
    });
    expect(await sold()).toEqual([9, 9]);
    expect(await set(['bowl', 'glass'], ['vase', 'glass'])).toMatchObject({ status: 200 });
    expect(await sold()).toEqual([5, 5]);
    const { version } = await api.deps.network.network();
    await set(['bowl', 'glass'], ['vase', 'glass']);
    expect((await api.deps.network.network()).version).toBe(version);
    await set(['bowl', null], ['vase', 'glass']);
    expect(await sold()).toEqual([9, 5]);
    expect(await set(['bowl', 'glass'], ['bowl', null])).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/skus/1/sku', code: 'repeated' }] },
    });
  });

  test.each([
    ['/v1/inventory/never-seen/category', { category: 'ceramics' }, 404, { code: 'sku_not_found' }],
    ['/v1/inventory/mug/category', { category: 'no blanks' }, 422, { errors: [{ pointer: '/category' }] }],
    ['/v1/inventory/mug/category', {}, 422, { errors: [{ pointer: '/category' }] }],
  ])('a category %s %j is refused', async (path, body, status, says) => {
    expect(await api.ask('PUT', path, { body })).toMatchObject({ status, body: says });
    expect((await api.ask('GET', '/v1/inventory/mug')).body).not.toHaveProperty('category');
  });

  test('reserved units are not for sale', async () => {
    const { id } = await api.place({ channel: 'web', lines: [{ sku: 'mug', quantity: 4, unitPrice: 1 }] });
    await api.confirm(id);
    expect(await counted('sku=mug&storefront=web')).toBe(13);
    await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'test' }, headers: { 'idempotency-key': 'c' } });
    expect(await counted('sku=mug&storefront=web')).toBe(17);
  });

  test('the nearest location comes first, with its distance and when it can be picked up', async () => {
    const near = await get('sku=mug&storefront=web&latitude=41.4&longitude=2.2');
    expect(near.body).toMatchObject({
      status: 'in_stock',
      locations: [
        { locationId: 'bcn', kilometers: 2.7 },
        { locationId: 'madrid', ships: true, availableToSell: 10 },
      ],
    });
    const [bcn, madrid] = (near.body as { locations: Record<string, unknown>[] }).locations;
    expect(bcn).not.toHaveProperty('pickupReadyAt');
    expect(madrid?.pickupReadyAt).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  test('a postal code is as good as coordinates; a country of which nothing is known is refused', async () => {
    const near = await get('sku=mug&storefront=web&country=ES&postalCode=08001');
    expect(near.body).toMatchObject({ locations: [{ locationId: 'bcn' }, { locationId: 'madrid' }] });
    expect(await get('sku=mug&storefront=web&country=AQ')).toMatchObject({
      status: 422,
      body: { code: 'unknown_place' },
    });
  });

  test('a hundred SKUs are answered in the order asked; one that never had stock is unknown, the rest is told', async () => {
    const body = {
      storefront: 'web',
      skus: ['nothing', 'mug', 'tea'],
      near: { coordinates: { latitude: 40, longitude: 0 } },
    };
    const answer = await api.ask('POST', '/v1/availability', { body, as: 'storefront' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: [
          { sku: 'nothing', status: 'unknown', availableToSell: 0 },
          { sku: 'mug', availableToSell: 17 },
          { sku: 'tea', status: 'out_of_stock', availableToSell: 0, locations: [] },
        ],
      },
    });
    const skus = Array.from({ length: 100 }, (_, n) => `sku-${n}`);
    expect(await api.ask('POST', '/v1/availability', { body: { storefront: 'web', skus } })).toMatchObject({
      status: 200,
    });
    const tooMany = { storefront: 'web', skus: [...skus, 'mug'] };
    expect(await api.ask('POST', '/v1/availability', { body: tooMany })).toMatchObject({ status: 422 });
  });

  test.each([
    ['sku=mug&storefront=wep', 404, 'storefront_not_found'],
    ['sku=gum&storefront=web', 404, 'sku_not_found'],
    ['sku=mug', 400, 'invalid_parameter'],
    ['sku=mug&storefront=web&latitude=91&longitude=0', 400, 'invalid_parameter'],
    ['sku=mug&storefront=web&latitude=41', 400, 'invalid_parameter'],
    ['sku=mug&storefront=web&latitude=NaN&longitude=0', 400, 'invalid_parameter'],
    ['sku=mug&storefront=web&country=ZZ', 400, 'invalid_parameter'],
  ])('%s is refused', async (query, status, code) => {
    expect(await get(query)).toMatchObject({ status, body: { code } });
  });

  test('a SKU that stands in the list twice is refused', async () => {
    const answer = await api.ask('POST', '/v1/availability', { body: { storefront: 'web', skus: ['mug', 'mug'] } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code: 'repeated', pointer: '/skus/1' }] } });
  });
});
