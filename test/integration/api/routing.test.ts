import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrderId } from '../../../shared/domain/ids.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const put = async (path: string, body: object) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(answer.text);
};
const location = (id: string, changes: object = {}) =>
  put(`/v1/locations/${id}`, { name: id, kind: 'warehouse', timeZone: 'UTC', priority: 5, ...changes });
const stock = async (sku: string, units: Record<string, number>) => {
  for (const [locationId, quantity] of Object.entries(units)) await count(api, sku, locationId, quantity);
};
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const reserve = (id: string) => reserveStock(api.deps, OrderId.parse(id), meta);
const order = async (sku: string, quantity: number, channel = 'north', changes: object = {}) => {
  const placed = await api.place({ channel, lines: [{ sku, quantity, unitPrice: 900 }], ...changes });
  await reserve(placed.id);
  return placed.id;
};
const available = async (sku: string, locationId: string) => (await api.bucket(sku, locationId))?.available;
const routing = (id: string) => api.ask('GET', `/v1/orders/${id}/routing`);
const whatIf = (orderId: string, patch: object, more: object = {}) =>
  api.ask('POST', '/v1/routing/what-if', { body: { orderId, patch, ...more } });
const loaded = async (id: string) => {
  const found = await api.orders.load(OrderId.parse(id));
  if (!found) throw new Error(`${id} is gone`);
  return found;
};

beforeAll(async () => {
  api = await startApi();
  await location('closed', { enabled: false });
  await location('counter', { capabilities: ['pickup'] });
  await put('/v1/location-groups/north', {
    name: 'North',
    locations: ['dc-1', 'dc-2', 'closed', 'counter'].map((locationId) => ({ locationId })),
  });
  await put('/v1/storefronts/north', { name: 'North', kind: 'web', locationGroupId: 'north' });
});
afterAll(() => api.stop());

describe('why an order goes out from where it does', () => {
  let id: string;
  beforeAll(async () => {
    await stock('lamp', { 'dc-1': 9, 'dc-2': 3, 'store-1': 50, closed: 50, counter: 50 });
    await put('/v1/safety-stock', { sku: 'lamp', locationId: 'dc-2', units: 3 });
    id = await order('lamp', 2);
  });

  test('each site that is out has its true reason', async () => {
    const { body } = await routing(id);
    expect(body).toMatchObject({
      data: [
        {
          policy: 'by_priority',
          outcome: 'routed',
          chosen: { locations: ['dc-1'], allocations: [{ lineId: 'line_1', locationId: 'dc-1', quantity: 2 }] },
          explanation: {
            excluded: [
              { locationId: 'closed', code: 'DISABLED' },
              { locationId: 'counter', code: 'NO_CAPABILITY', reasons: ['NO_CAPABILITY: cannot do "ship"'] },
              {
                locationId: 'dc-2',
                code: 'SAFETY_STOCK',
                reasons: ['SAFETY_STOCK: line_1: 2 of lamp needed, available 3, safety stock 3'],
              },
              { locationId: 'store-1', code: 'NOT_IN_SEGMENT' },
            ],
          },
        },
      ],
    });
    expect(await api.ask('GET', `/v1/orders/${id}/events`)).toMatchObject({
      body: { data: expect.arrayContaining([expect.objectContaining({ type: 'reservation.created' })]) },
    });
  });

  test('with the chosen site closed nobody could have served it; with more units elsewhere, there', async () => {
    expect(await whatIf(id, { closeSites: ['dc-1'] })).toMatchObject({
      status: 200,
      body: {
        changed: true,
        locations: { before: ['dc-1'], after: [], removed: ['dc-1'] },
        unitsServed: { before: 2, after: 0 },
        exclusions: [{ locationId: 'dc-1', before: null, after: 'DISABLED' }],
      },
    });
    const patch = { closeSites: ['dc-1'], addStock: [{ locationId: 'dc-2', sku: 'lamp', units: 2 }] };
    expect(await whatIf(id, patch)).toMatchObject({
      body: {
        locations: { after: ['dc-2'] },
        after: { chosen: { allocations: [{ locationId: 'dc-2', quantity: 2 }] } },
      },
    });
    expect(await available('lamp', 'dc-1')).toBe(7);
  });

  test('other weights on the same input change the score, not the site', async () => {
    const answer = await whatIf(id, { weights: { priority: 0 } }, { decision: 2 });
    expect(answer).toMatchObject({ status: 200, body: { changed: false, locations: { after: ['dc-1'] } } });
    expect((answer.body as { terms: object[] }).terms).toMatchObject([{ term: 'priority', after: 0 }]);
  });

  test.each([
    [{ closeSites: ['nowhere'] }, 'unknown_location', '/patch/closeSites/0'],
    [{ addStock: [{ locationId: 'dc-1', sku: 'tea', units: 1 }] }, 'unknown_sku', '/patch/addStock/0/sku'],
    [{ policy: 'luckiest' }, 'invalid_value', '/patch/policy'],
    [{ weights: { charm: 1 } }, 'unknown_field', '/patch/weights/charm'],
    [{ maxParcels: 0 }, 'too_small', '/patch/maxParcels'],
    [{}, 'invalid_value', '/patch'],
  ])('a patch %j is refused', async (patch, code, pointer) => {
    const answer = await whatIf(id, patch);
    expect(answer.status, answer.text).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ code, pointer }] });
  });

  test('an order or a decision that is not there', async () => {
    const nobody = 'ord_00000000000000000000000000';
    expect(await routing(nobody)).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
    expect(await whatIf(id, { closeSites: ['dc-1'] }, { decision: 99 })).toMatchObject({
      status: 404,
      body: { code: 'routing_decision_not_found' },
    });
    const fresh = await api.place({ channel: 'north' });
    expect(await routing(fresh.id)).toMatchObject({ status: 200, body: { data: [] } });
    expect(await api.ask('GET', `/v1/orders/${id}/routing`, { as: 'storefront' })).toMatchObject({ status: 403 });
  });
});

describe('what is kept', () => {
  test('an order that is rejected as nobody has its units can be asked why', async () => {
    await stock('harp', { 'store-1': 5 });
    const { id } = await api.place({ channel: 'north', lines: [{ sku: 'harp', quantity: 1, unitPrice: 900 }] });
    const deny = { ...api.deps, policy: { ...api.deps.policy, backorder: 'deny' as const } };
    expect(await reserveStock(deny, OrderId.parse(id), meta)).toEqual({ outcome: 'REJECTED' });
    const { body } = await routing(id);
    const excluded = expect.arrayContaining([
      expect.objectContaining({ locationId: 'store-1', code: 'NOT_IN_SEGMENT' }),
    ]);
    expect(body).toMatchObject({ data: [{ chosen: null, explanation: { excluded } }] });
  });

  test('a decision whose input was too large still explains itself; only what if is refused', async () => {
    await stock('tuba', { 'dc-1': 5 });
    const id = await order('tuba', 1);
    const key = { pk: { S: `ORDER#${id}` }, sk: { S: 'ROUTE_INPUT#0000000002' } };
    await api.client.send(new DeleteItemCommand({ TableName: 'orders', Key: key }));
    expect(await routing(id)).toMatchObject({ status: 200, body: { data: [{ chosen: { locations: ['dc-1'] } }] } });
    expect(await whatIf(id, { closeSites: ['dc-1'] })).toMatchObject({
      status: 409,
      body: { code: 'routing_input_not_kept' },
    });
  });
});

describe('a storefront sells from its group, above its safety stock (U5)', () => {
  test('what is short is backordered, though there is stock outside of the group and below the line', async () => {
    await stock('rug', { 'dc-1': 4, 'dc-2': 4, 'store-1': 50 });
    await put('/v1/safety-stock', { sku: 'rug', storefrontId: 'north', units: 1 });
    const id = await order('rug', 10);
    const { lines } = await loaded(id);
    expect(lines[0]?.positions).toMatchObject({ BACKORDERED: 4 });
    expect(await Promise.all(['dc-1', 'dc-2', 'store-1'].map((site) => available('rug', site)))).toEqual([1, 1, 50]);
    const { body } = await routing(id);
    expect(body).toMatchObject({ data: [{ outcome: 'partial', short: [{ lineId: 'line_1', quantity: 4 }] }] });
  });

  test('nor under concurrency: 12 orders at once for 6 units above the line', async () => {
    await stock('fan', { 'dc-1': 10, 'store-1': 10 });
    await put('/v1/safety-stock', { sku: 'fan', locationId: 'dc-1', units: 4 });
    const placed = [];
    for (let n = 0; n < 12; n++)
      placed.push(await api.place({ channel: 'north', lines: [{ sku: 'fan', quantity: 1, unitPrice: 1 }] }));
    await Promise.all(placed.map(({ id }) => reserve(id)));
    expect(await available('fan', 'dc-1')).toBe(4);
    expect(await available('fan', 'store-1')).toBe(10);
    const positions = await Promise.all(placed.map(async ({ id }) => (await loaded(id)).lines[0]?.positions));
    expect(positions.filter((one) => one?.RESERVED === 1)).toHaveLength(6);
  });

  test('who waits for stock that cannot be theirs keeps nobody else from it', async () => {
    await stock('tent', { 'dc-1': 0 });
    await order('tent', 3);
    await stock('tent', { 'store-1': 2 });
    const id = await order('tent', 2, 'elsewhere');
    expect((await loaded(id)).lines[0]?.positions).toEqual({ RESERVED: 2 });
    expect(await available('tent', 'store-1')).toBe(0);
  });

  test('units that a cart held for too long are sold: the hold ends when they are needed', async () => {
    await stock('vase', { 'dc-1': 5 });
    const body = { storefront: 'north', lines: [{ sku: 'vase', quantity: 4 }], seconds: 60 };
    const held = await api.ask('POST', '/v1/cart-holds', { body, headers: { 'idempotency-key': 'vases' } });
    expect(held.status, held.text).toBe(201);
    api.later(120_000);
    const id = await order('vase', 5);
    expect((await loaded(id)).lines[0]?.positions).toEqual({ RESERVED: 5 });
    expect(await api.bucket('vase', 'dc-1')).toMatchObject({ available: 0, held: 0, committed: 5 });
  });
});

describe('a storefront chooses its policy', () => {
  test('nearest: by coordinates and postal code; what the usual one would have done is kept beside it', async () => {
    await location('madrid', { site: { coordinates: { latitude: 40.4, longitude: -3.7 } }, priority: 1 });
    await location('bcn', { site: { coordinates: { latitude: 41.4, longitude: 2.2 } }, priority: 9 });
    const policies = { routingPolicy: 'nearest', shadowPolicies: ['by_priority'] };
    await put('/v1/storefronts/near', { name: 'Near', kind: 'web', ...policies });
    await stock('kite', { madrid: 5, bcn: 5 });
    const id = await order('kite', 1, 'near');
    const { body } = await routing(id);
    expect(body).toMatchObject({
      data: [
        {
          policy: 'nearest',
          chosen: { locations: ['madrid'] },
          runnerUp: { locations: ['bcn'] },
          shadow: [{ policy: 'by_priority', locations: ['bcn'], kpis: { parcels: 1 } }],
        },
      ],
    });
    expect(await whatIf(id, { policy: 'by_priority' })).toMatchObject({ body: { locations: { after: ['bcn'] } } });
  });

  test('cheapest: by the rates from each location; where there is none, nothing is sent', async () => {
    const rate = { zone: 'spain', service: 'standard', perParcel: 700 };
    await put('/v1/storefronts/cheap', { name: 'Cheap', kind: 'web', routingPolicy: 'cheapest' });
    await put('/v1/shipping-rates', {
      zones: [{ zone: 'spain', countries: ['ES'] }],
      rates: [rate, { ...rate, locationId: 'dc-2', perParcel: 300, transitDays: 4 }],
    });
    await stock('book', { 'dc-1': 5, 'dc-2': 5 });
    const id = await order('book', 1, 'cheap');
    expect(await routing(id)).toMatchObject({
      body: { data: [{ chosen: { locations: ['dc-2'], terms: { freight: 300 } }, runnerUp: { locations: ['dc-1'] } }] },
    });
    const address = { name: 'A', line1: 'R 1', city: 'Paris', postalCode: '75001', country: 'FR' };
    const abroad = await order('book', 1, 'cheap', { delivery: { method: 'ship', service: 'standard', address } });
    expect((await loaded(abroad)).lines[0]?.positions).toEqual({ BACKORDERED: 1 });
    const kept = await api.ask('GET', `/v1/orders/${abroad}/routing`);
    expect(kept).toMatchObject({ body: { data: [{ outcome: 'backorder' }] } });
    expect(kept.text).toContain('RESTRICTED: does not send to FR 75001');
  });
});
