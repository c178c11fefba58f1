import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ShippingService } from '../../../shared/domain/location.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const group = (locations: object[] = [], groups: string[] = []) => ({ name: 'A group', locations, groups });
const put = (path: string, body: unknown) => api.ask('PUT', path, { body });

/** Read one by one, a page each. */
async function listed<T = { id: string }>(path: string): Promise<T[]> {
  const all: T[] = [];
  for (let next = `${path}${path.includes('?') ? '&' : '?'}limit=1`; ; ) {
    const page = await api.ask('GET', next);
    const { data, nextCursor } = page.body as { data: T[]; nextCursor: string | null };
    expect(data.length).toBeLessThanOrEqual(1);
    all.push(...data);
    if (nextCursor === null) return all;
    next = /<[^>]*(\/v1\/[^>]*)>/.exec(page.headers.link ?? '')?.[1] ?? '';
  }
}

describe('location groups', () => {
  test('a location is put in, made inactive and taken out again, each by itself', async () => {
    await put('/v1/location-groups/north', group([{ locationId: 'dc-1' }]));
    expect(await put('/v1/location-groups/north/locations/dc-2', {})).toMatchObject({
      status: 200,
      body: {
        locations: [
          { locationId: 'dc-1', active: true },
          { locationId: 'dc-2', active: true },
        ],
      },
    });
    await put('/v1/location-groups/north/locations/dc-1', { active: false });
    const left = await api.ask('DELETE', '/v1/location-groups/north/locations/dc-2');
    expect(left).toMatchObject({ status: 200, body: { locations: [{ locationId: 'dc-1', active: false }] } });
    expect(await api.ask('GET', '/v1/location-groups/north', { as: 'storefront' })).toMatchObject({
      status: 200,
      body: { id: 'north', locations: [{ locationId: 'dc-1', active: false }] },
    });
  });

  test('ten people who change one group at the same time all have their way', async () => {
    await put('/v1/location-groups/busy', group());
    for (let n = 0; n < 10; n++) {
      await put(`/v1/locations/busy-${n}`, { name: 'Busy', kind: 'store', timeZone: 'UTC' });
    }
    const changes = Array.from({ length: 10 }, (_, n) => put(`/v1/location-groups/busy/locations/busy-${n}`, {}));
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    const { body } = await api.ask('GET', '/v1/location-groups/busy');
    expect((body as { locations: unknown[] }).locations).toHaveLength(10);
  });

  test('a circle of groups is refused with the way around, and nothing is changed', async () => {
    await put('/v1/location-groups/c', group());
    await put('/v1/location-groups/b', group([], ['c']));
    await put('/v1/location-groups/a', group([], ['b']));
    const circle = await put('/v1/location-groups/c', group([{ locationId: 'dc-1' }], ['north', 'a']));
    expect(circle).toMatchObject({
      status: 422,
      body: { code: 'location_group_cycle', errors: [{ pointer: '/groups/1', detail: 'c > a > b > c' }] },
    });
    expect(await api.ask('GET', '/v1/location-groups/c')).toMatchObject({ body: { locations: [], groups: [] } });
  });

  test('of two changes that close a circle together, one is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const [x, y] = [`x${round}`, `y${round}`];
      await put(`/v1/location-groups/${x}`, group());
      await put(`/v1/location-groups/${y}`, group());
      const both = await Promise.all([
        put(`/v1/location-groups/${x}`, group([], [y])),
        put(`/v1/location-groups/${y}`, group([], [x])),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
    }
  });

  test.each([
    [group([{ locationId: 'nowhere' }]), 'unknown_location', '/locations/0/locationId'],
    [group([], ['nobody']), 'unknown_location_group', '/groups/0'],
    [group([{ locationId: 'dc-1' }, { locationId: 'dc-1' }]), 'repeated', '/locations/1/locationId'],
    [group([{ locationId: 'dc-1', active: 'yes' }]), 'invalid_type', '/locations/0/active'],
  ])('a group %j is refused', async (body, code, pointer) => {
    const answer = await put('/v1/location-groups/bad', body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code, pointer }] } });
    expect(await api.ask('GET', '/v1/location-groups/bad')).toMatchObject({ status: 404 });
  });

  test('a group that something uses stays', async () => {
    await put('/v1/location-groups/used', group());
    await put('/v1/location-groups/user', group([], ['used']));
    await put('/v1/storefronts/shop', { name: 'Shop', kind: 'web', locationGroupId: 'used' });
    const refused = await api.ask('DELETE', '/v1/location-groups/used');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'location_group_in_use', storefronts: ['shop'], groups: ['user'] },
    });
    await api.ask('DELETE', '/v1/storefronts/shop');
    await api.ask('DELETE', '/v1/location-groups/user');
    expect(await api.ask('DELETE', '/v1/location-groups/used')).toMatchObject({ status: 204 });
    expect(await api.ask('DELETE', '/v1/location-groups/used')).toMatchObject({ status: 404 });
  });
});

describe('storefronts', () => {
  test('are made, read, listed and deleted', async () => {
    await put('/v1/location-groups/web-stock', group([{ locationId: 'dc-1' }]));
    const body = { name: 'Web', kind: 'web', locationGroupId: 'web-stock', currencies: ['EUR', 'JPY'], lowStock: 3 };
    expect(await put('/v1/storefronts/Web.es', body)).toMatchObject({ status: 200, body: { id: 'Web.es', ...body } });
    expect(await api.ask('GET', '/v1/storefronts', { as: 'storefront' })).toMatchObject({
      body: { data: [{ id: 'Web.es' }], nextCursor: null },
    });
    const seen = (await listed('/v1/location-groups')).map(({ id }) => id);
    expect(seen).toContain('web-stock');
    expect(seen).toEqual([...new Set(seen)].toSorted());
    expect(await api.ask('DELETE', '/v1/storefronts/Web.es')).toMatchObject({ status: 204 });
    expect(await api.ask('GET', '/v1/storefronts/Web.es')).toMatchObject({
      status: 404,
      body: { code: 'storefront_not_found' },
    });
  });

  test('of an unknown group, of no kind, or by somebody else are refused', async () => {
    const shop = { name: 'Shop', kind: 'web' };
    expect(await put('/v1/storefronts/shop', { ...shop, locationGroupId: 'nobody' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_location_group', errors: [{ pointer: '/locationGroupId' }] },
    });
    expect(await put('/v1/storefronts/shop', { ...shop, kind: 'kiosk' })).toMatchObject({ status: 422 });
    for (const [fault, pointer] of [
      [{ locales: ['es', 'not a tag'] }, '/locales/1'],
      [{ locales: ['es', 'es'] }, '/locales/1'],
      [{ currencies: ['EUR', 'EUR'] }, '/currencies/1'],
    ] as const) {
      expect(await put('/v1/storefronts/shop', { ...shop, ...fault })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer }] },
      });
    }
    expect(await api.ask('PUT', '/v1/storefronts/shop', { body: shop, as: 'agent' })).toMatchObject({ status: 403 });
    expect(await api.ask('GET', '/v1/storefronts/shop')).toMatchObject({ status: 404 });
  });
});

describe('safety stock', () => {
  test('one rule a subject: set, set again, listed with its SKU, deleted', async () => {
    await put('/v1/safety-stock', { sku: 'tea', locationId: 'dc-1', units: 4 });
    await put('/v1/safety-stock', { sku: 'tea', locationId: 'dc-1', units: 6 });
    await put('/v1/safety-stock', { category: 'drinks', units: 1 });
    expect(await api.ask('GET', '/v1/safety-stock?sku=tea')).toMatchObject({
      body: { data: [{ sku: 'tea', locationId: 'dc-1', units: 6 }] },
    });
    expect((await api.ask('GET', '/v1/safety-stock')).body).toEqual({
      data: [{ category: 'drinks', units: 1 }],
      nextCursor: null,
    });
    expect(await api.ask('DELETE', '/v1/safety-stock?sku=tea&locationId=dc-1')).toMatchObject({ status: 204 });
    expect(await api.ask('DELETE', '/v1/safety-stock?sku=tea&locationId=dc-1')).toMatchObject({
      status: 404,
      body: { code: 'safety_stock_not_found' },
    });
  });

  test('is read page by page: of one SKU, and of none; a cursor is good for its own list', async () => {
    const ofOne = [{}, { locationId: 'dc-1' }, { locationId: 'dc-2' }].map((at) => ({
      sku: 'paged-tea',
      ...at,
      units: 2,
    }));
    const ofNone = [{ category: 'glass', units: 3 }, { locationId: 'dc-2', units: 1 }, { units: 0 }];
    for (const rule of [...ofOne, ...ofNone]) await put('/v1/safety-stock', rule);
    expect(await listed('/v1/safety-stock?sku=paged-tea')).toEqual(ofOne);
    const all = await listed('/v1/safety-stock');
    expect(all).toEqual(expect.arrayContaining(ofNone));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(all.length);
    const first = await api.ask('GET', '/v1/safety-stock?sku=paged-tea&limit=1');
    const { nextCursor } = first.body as { nextCursor: string };
    expect(await api.ask('GET', `/v1/safety-stock?limit=1&cursor=${nextCursor}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
    for (const rule of ofNone) {
      const { units: _, ...subject } = rule;
      await api.ask('DELETE', `/v1/safety-stock?${new URLSearchParams(subject)}`);
    }
  });

  test('of a location or a storefront that does not exist is refused: it would keep nothing back', async () => {
    await put('/v1/storefronts/known', { name: 'Known', kind: 'web' });
    expect(await put('/v1/safety-stock', { sku: 'tea', locationId: 'nowhere', units: 1 })).toMatchObject({
      status: 422,
      body: { code: 'unknown_location', errors: [{ pointer: '/locationId' }] },
    });
    expect(await put('/v1/safety-stock', { sku: 'tea', storefrontId: 'knwon', units: 1 })).toMatchObject({
      status: 422,
      body: { code: 'unknown_storefront', errors: [{ pointer: '/storefrontId' }] },
    });
    expect(await put('/v1/safety-stock', { sku: 'tea', storefrontId: 'known', units: 1 })).toMatchObject({
      status: 200,
    });
    expect((await listed('/v1/safety-stock?sku=tea')).length).toBe(1);
    await api.ask('DELETE', '/v1/safety-stock?sku=tea&storefrontId=known');
    await api.ask('DELETE', '/v1/storefronts/known');
  });

  test.each([
    [{ sku: 'tea', units: -1 }, 'too_small', '/units'],
    [{ sku: 'tea', category: 'drinks', units: 1 }, 'not_with_sku', '/category'],
    [{ sku: 'tea', units: 1.5 }, 'invalid_type', '/units'],
    [{ sku: 'tea', units: 1, shop: 'x' }, 'unknown_field', '/shop'],
  ])('a rule %j is refused', async (body, code, pointer) => {
    expect(await put('/v1/safety-stock', body)).toMatchObject({ status: 422, body: { errors: [{ code, pointer }] } });
  });
});

describe('locations', () => {
  test('carry where they are, when they work and what they can do', async () => {
    const body = {
      name: 'Store',
      kind: 'store',
      timeZone: 'Europe/Madrid',
      site: { postalCode: '28001', coordinates: { latitude: 40.4, longitude: -3.7 } },
      capabilities: ['ship', 'pickup', 'customize:engraving'],
      calendar: { hours: { monday: [{ from: '09:00', to: '20:00' }] }, holidays: ['2026-12-25'] },
      cutOffs: { same_day: '12:00' },
      processingMinutes: 45,
      capacity: { ordersPerDay: 100 },
      costs: { pick: 30, pack: 50 },
    };
    expect(await put('/v1/locations/store-9', body)).toMatchObject({ status: 200, body });
    expect(await api.ask('GET', '/v1/locations/store-9', { as: 'storefront' })).toMatchObject({
      status: 200,
      body: { id: 'store-9', ...body },
    });
    expect(await api.ask('GET', '/v1/locations/store-99')).toMatchObject({
      status: 404,
      body: { code: 'location_not_found' },
    });
  });

  test('are listed page by page, by kind, and those that are in use or not', async () => {
    const small = { name: 'Small', timeZone: 'UTC' };
    await put('/v1/locations/listed-b', { ...small, kind: 'showroom' });
    await put('/v1/locations/listed-a', { ...small, kind: 'showroom', enabled: false });
    const ids = async (query: string) => (await listed(`/v1/locations${query}`)).map(({ id }) => id);
    expect(await ids('?kind=showroom')).toEqual(['listed-a', 'listed-b']);
    expect(await ids('?kind=showroom&enabled=false')).toEqual(['listed-a']);
    expect(await ids('?enabled=true')).not.toContain('listed-a');
    const all = await ids('');
    expect(all).toEqual([...new Set(all)].toSorted());
    expect(all).toEqual(expect.arrayContaining(['dc-1', 'dc-2', 'listed-a', 'listed-b']));
    expect(await api.ask('GET', '/v1/locations?kind=cellar')).toMatchObject({ status: 400 });
  });

  const store = { name: 'Store', kind: 'store', timeZone: 'UTC' };
  test.each([
    [{ site: { coordinates: { latitude: 91, longitude: 0 } } }, '/site/coordinates/latitude'],
    [{ site: { coordinates: { latitude: 1 } } }, '/site/coordinates/longitude'],
    [
      {
        calendar: {
          hours: {
            monday: [
              { from: '10:00', to: '12:00' },
              { from: '11:00', to: '13:00' },
            ],
          },
        },
      },
      '/calendar/hours/monday/1',
    ],
    [{ calendar: { hours: { monday: [{ from: '25:00', to: '26:00' }] } } }, '/calendar/hours/monday/0/from'],
    [{ cutOffs: { teleport: '12:00' } }, '/cutOffs/teleport'],
    [{ capabilities: ['Fly'] }, '/capabilities/0'],
    [{ processingMinutes: -1 }, '/processingMinutes'],
  ])('with %j are refused where the fault is', async (fault, pointer) => {
    const answer = await put('/v1/locations/bad', { ...store, ...fault });
    expect(answer).toMatchObject({ status: 422 });
    expect((answer.body as { errors: { pointer: string }[] }).errors.map((one) => one.pointer)).toContain(pointer);
    expect(await api.ask('GET', '/v1/locations/bad')).toMatchObject({ status: 404 });
  });
});

describe('shipping rates', () => {
  const standard = { zone: 'spain', service: 'standard', perParcel: 490 };
  const zones = [{ zone: 'spain', countries: ['ES'] }];

  test('a shop that set none sends everywhere for nothing; what is set counts from the next request on', async () => {
    const unset = await api.ask('GET', '/v1/shipping-rates', { as: 'storefront' });
    expect(unset).toMatchObject({
      status: 200,
      body: {
        zones: [{ zone: 'everywhere' }],
        rates: ShippingService.options.map((service) => ({ service, perParcel: 0 })),
      },
    });
    expect(unset.body).not.toHaveProperty('updatedAt');
    const rates = [standard, { ...standard, locationId: 'dc-1', perParcel: 390, transitDays: 1 }];
    expect(await put('/v1/shipping-rates', { zones, rates })).toMatchObject({ status: 200 });
    expect(await api.ask('GET', '/v1/shipping-rates')).toMatchObject({
      body: {
        zones,
        rates: [
          { perParcel: 490, perKilogram: 0 },
          { perParcel: 390, locationId: 'dc-1' },
        ],
      },
    });
  });

  test.each([
    [{ zones, rates: [{ ...standard, zone: 'france' }] }, 'unknown_zone', '/rates/0/zone'],
    [{ zones, rates: [{ ...standard, locationId: 'nowhere' }] }, 'unknown_location', '/rates/0/locationId'],
    [{ zones, rates: [standard, standard] }, 'repeated', '/rates/1'],
    [{ zones: [...zones, ...zones], rates: [standard] }, 'repeated', '/zones/1/zone'],
    [{ zones, rates: [{ ...standard, service: 'teleport' }] }, 'invalid_value', '/rates/0/service'],
  ])('rates %j are refused', async (body, code, pointer) => {
    const before = await api.ask('GET', '/v1/shipping-rates');
    const answer = await put('/v1/shipping-rates', body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code, pointer }] } });
    expect((await api.ask('GET', '/v1/shipping-rates')).body).toEqual(before.body);
  });
});

describe('restrictions', () => {
  test('nobody has set any; what is set is read back, all at once', async () => {
    const unset = await api.ask('GET', '/v1/restrictions', { as: 'storefront' });
    expect(unset).toMatchObject({ status: 200, body: { restrictions: [] } });
    expect(unset.body).not.toHaveProperty('updatedAt');
    const restrictions = [
      { category: 'aerosols', country: 'US' },
      { sku: 'knives', locationId: 'dc-1' },
      { sku: 'recalled' },
    ];
    expect(await put('/v1/restrictions', { restrictions })).toMatchObject({ status: 200, body: { restrictions } });
    expect(await api.ask('GET', '/v1/restrictions')).toMatchObject({ body: { restrictions } });
    expect(await put('/v1/restrictions', { restrictions: [] })).toMatchObject({ status: 200 });
  });

  test.each([
    [[{ sku: 'tea', category: 'drinks' }], 'not_with_sku', '/restrictions/0/category'],
    [[{}], 'restricts_everything', '/restrictions/0'],
    [[{ sku: 'tea', locationId: 'nowhere' }], 'unknown_location', '/restrictions/0/locationId'],
    [[{ sku: 'tea' }, { sku: 'tea' }], 'repeated', '/restrictions/1'],
    [[{ sku: 'tea', country: 'Spain' }], 'invalid_format', '/restrictions/0/country'],
  ])('restrictions %j are refused', async (restrictions, code, pointer) => {
    const before = await api.ask('GET', '/v1/restrictions');
    const answer = await put('/v1/restrictions', { restrictions });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ code, pointer }] } });
    expect((await api.ask('GET', '/v1/restrictions')).body).toEqual(before.body);
  });
});
