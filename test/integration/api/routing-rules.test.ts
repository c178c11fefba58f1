import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dueTimers } from '../../../shared/adapters/dynamodb/sweeps.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { rerouteOrder } from '../../../shared/use-cases/reroute-order.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const put = (path: string, body: object) => api.ask('PUT', path, { body });
const must = async (path: string, body: object) => {
  const answer = await put(path, body);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body as { version: number };
};
const rulesPath = '/v1/routing/rules/shop';
const setRules = (...rules: object[]) => must(rulesPath, { rules });
const order = async (sku: string, quantity: number, changes: object = {}) => {
  const placed = await api.place({ channel: 'shop', lines: [{ sku, quantity, unitPrice: 900 }], ...changes });
  const id = OrderId.parse(placed.id);
  return { id, ...(await reserveStock(api.deps, id, meta)) };
};
const reservedAt = async (id: OrderId) =>
  (await api.orders.load(id))?.lines.flatMap(({ reservations }) => reservations.map((one) => one.locationId));
const lastDecision = async (id: OrderId) => {
  const { body } = await api.ask('GET', `/v1/orders/${id}/routing`);
  return (body as { data: unknown[] }).data[0];
};

beforeAll(async () => {
  api = await startApi();
  await must('/v1/locations/corner', { name: 'Corner', kind: 'store', timeZone: 'UTC', priority: 1 });
  await must('/v1/location-groups/stores', { name: 'Stores', locations: [{ locationId: 'corner' }] });
  await must('/v1/storefronts/shop', { name: 'Shop', kind: 'web' });
});
beforeEach(() => api.ask('DELETE', rulesPath));
afterAll(() => api.stop());

const storesFirst = {
  name: 'stores',
  locationFilter: { groups: ['stores'] },
  allowPartial: false,
  onFail: 'nextRule',
};

describe('routing rules', () => {
  test('stores first, then anybody: each order by the first rule that can, named with its version', async () => {
    for (const [site, units] of Object.entries({ 'dc-1': 50, corner: 3 })) await count(api, 'rug', site, units);
    const before = await order('rug', 1);
    const { version } = await setRules(storesFirst, { name: 'anybody' });
    const few = await order('rug', 2);
    const many = await order('rug', 9);
    expect(await reservedAt(before.id)).toEqual(['dc-1']);
    expect(await reservedAt(few.id)).toEqual(['corner']);
    expect(await reservedAt(many.id)).toEqual(['dc-1']);
    expect(await lastDecision(few.id)).toMatchObject({
      rule: 'stores',
      cascade: { id: 'shop', version },
      explanation: { summary: expect.stringContaining(`rule "stores" of shop, version ${version}`) },
    });
    expect(await lastDecision(many.id)).toMatchObject({
      rule: 'anybody',
      trail: [
        { rule: 'stores', result: 'failed', sites: 1 },
        { rule: 'anybody', result: 'covered' },
      ],
    });
    expect(await lastDecision(before.id)).toMatchObject({ rule: 'all orders' });
  });

  test('a rule is for the orders that its filter names', async () => {
    for (const site of ['dc-1', 'corner']) await count(api, 'mat', site, 50);
    await setRules(
      { ...storesFirst, name: 'small ones', orderFilter: { maxValue: 1000 }, onFail: 'backorder' },
      { name: 'anybody', orderFilter: { channels: ['shop'] } },
    );
    expect(await reservedAt((await order('mat', 1)).id)).toEqual(['corner']);
    expect(await reservedAt((await order('mat', 2)).id)).toEqual(['dc-1']);
  });

  test('weights of a rule decide over the policy’s', async () => {
    for (const site of ['dc-1', 'corner']) await count(api, 'bin', site, 5);
    await must('/v1/locations/corner', {
      name: 'Corner',
      kind: 'store',
      timeZone: 'UTC',
      priority: 1,
      costs: { pick: 0, pack: 0 },
    });
    await must('/v1/locations/dear', {
      name: 'Dear',
      kind: 'warehouse',
      timeZone: 'UTC',
      priority: 900,
      costs: { pick: 5000, pack: 0 },
    });
    await count(api, 'bin', 'dear', 5);
    expect(await reservedAt((await order('bin', 1)).id)).toEqual(['dear']);
    await setRules({ name: 'by cost', weights: { priority: 0 }, locationFilter: { locationIds: ['dear', 'corner'] } });
    expect(await reservedAt((await order('bin', 1)).id)).toEqual(['corner']);
  });

  test('`queue`: held for a person, nothing reserved; released and in stock, it goes out', async () => {
    await count(api, 'jar', 'dc-1', 1);
    await setRules({ name: 'all', onFail: 'queue' });
    const { id, outcome } = await order('jar', 2);
    expect(outcome).toBe('ON_HOLD');
    expect(await reservedAt(id)).toEqual([]);
    expect(await api.orders.load(id)).toMatchObject({ holds: [{ handle: 'routing', reason: 'STOCK' }] });
    expect(await lastDecision(id)).toMatchObject({ rule: 'all', onShort: 'queue' });
    await count(api, 'jar', 'dc-1', 2);
    await execute(api.deps, id, [{ type: 'releaseHold', handle: 'routing' }], meta);
    expect(await reserveStock(api.deps, id, meta)).toEqual({ outcome: 'RESERVED' });
  });

  test('`cancelAfterDays: 0`: what no site has is refused, though the shop takes backorders', async () => {
    await setRules({ name: 'all', onFail: { cancelAfterDays: 0 } });
    expect((await order('mat', 200)).outcome).toBe('REJECTED');
  });

  test('`cancelAfterDays: 14`: what no site has waits so long and is then canceled, whatever the rules say by then', async () => {
    await setRules({ name: 'all', onFail: { cancelAfterDays: 14 } });
    await count(api, 'lid', 'dc-1', 1);
    const { id, outcome } = await order('lid', 3, {
      lines: [
        { sku: 'lid', quantity: 3, unitPrice: 900 },
        { sku: 'mat', quantity: 1, unitPrice: 500 },
      ],
    });
    expect(outcome).toBe('BACKORDERED');
    const until = new Date(api.system.now() + 14 * 24 * 3_600_000).toISOString();
    expect(await api.ask('GET', `/v1/orders/${id}`)).toMatchObject({
      body: {
        status: 'BACKORDERED',
        nextAction: { action: 'AWAIT_STOCK', dueAt: until },
        lines: [{ positions: { RESERVED: 1, BACKORDERED: 2 }, waitsUntil: until }, { positions: { RESERVED: 1 } }],
      },
    });
    expect(await lastDecision(id)).toMatchObject({
      onShort: 'cancel_after',
      explanation: { summary: expect.stringContaining('canceled if they still wait after 14 days') },
    });
    await setRules({ name: 'all', onFail: 'backorder' });
    const due = async () =>
      (await dueTimers(api.client, 'orders', new Date(api.system.now()).toISOString(), 100)).map(
        ({ orderId }) => orderId,
      );
    expect(await due()).not.toContain(id);
    api.later(14 * 24 * 3_600_000);
    expect(await due()).toContain(id);
    expect(await fireTimer(api.deps, id, 'backorder')).toBe('fired');
    expect(await due()).not.toContain(id);
    expect(await reserveStock(api.deps, id, meta)).toEqual({ outcome: 'RESERVED' });
    const { body } = await api.ask('GET', `/v1/orders/${id}`);
    expect(body).toMatchObject({
      lines: [{ positions: { RESERVED: 1, CANCELED: 2 } }, { positions: { RESERVED: 1 } }],
    });
    expect(body).not.toHaveProperty('lines.0.waitsUntil');
  });

  test('a unit that is given back is routed again by the rules of that day', async () => {
    for (const site of ['dc-1', 'dc-2', 'corner']) await count(api, 'fan', site, 5);
    const { id } = await order('fan', 1);
    expect(await reservedAt(id)).toEqual(['dc-1']);
    const approved = { approved: true, providerReference: 'test' } as const;
    const [payment] = (await api.orders.load(id))?.payments ?? [];
    if (!payment) throw new Error('no payment');
    await execute(api.deps, id, [{ type: 'authorize', paymentId: payment.id, outcome: approved }], meta);
    await execute(api.deps, id, [{ type: 'confirm' }, { type: 'release' }], meta);
    const [fulfillment] = (await api.orders.load(id))?.fulfillments ?? [];
    if (!fulfillment) throw new Error('nothing handed over');
    const rejection = { type: 'rejectFulfillment', fulfillmentId: fulfillment.id, reason: 'no_capacity' } as const;
    await execute(api.deps, id, [rejection], meta);
    await setRules(storesFirst, { name: 'anybody' });
    expect(await rerouteOrder(api.deps, id, meta)).toEqual({ outcome: 'ROUTED' });
    const live = (await api.orders.load(id))?.lines.flatMap(({ reservations }) =>
      reservations.flatMap(({ state, locationId }) => (state === 'ALLOCATED' ? [locationId] : [])),
    );
    expect(live).toEqual(['corner']);
    expect(await lastDecision(id)).toMatchObject({ rule: 'stores' });
  });
});

describe('what is kept of rules', () => {
  test('the same again changes nothing; a change raises the version; what is deleted is gone', async () => {
    const { version } = await setRules({ name: 'all' });
    expect(await setRules({ name: 'all' })).toMatchObject({ version });
    const next = await setRules({ name: 'all', maxParcels: 2 });
    expect(next.version).toBeGreaterThan(version);
    expect(await api.ask('GET', rulesPath)).toMatchObject({
      status: 200,
      body: {
        id: 'shop',
        version: next.version,
        rules: [{ name: 'all', maxParcels: 2, allowPartial: true, onFail: 'backorder' }],
      },
    });
    await must('/v1/routing/rules/default', { rules: [{ name: 'everyone' }] });
    expect(await api.ask('GET', '/v1/routing/rules')).toMatchObject({
      body: { data: [{ id: 'default' }, { id: 'shop' }], nextCursor: null },
    });
    const first = await api.ask('GET', '/v1/routing/rules?limit=1');
    const { nextCursor } = first.body as { nextCursor: string };
    expect(first).toMatchObject({
      body: { data: [{ id: 'default' }] },
      headers: { link: expect.stringContaining(`/v1/routing/rules?limit=1&cursor=${nextCursor}>; rel="next"`) },
    });
    // Deleted meanwhile: the next page goes on where the first ended.
    await api.ask('DELETE', '/v1/routing/rules/default');
    expect(await api.ask('GET', `/v1/routing/rules?limit=1&cursor=${nextCursor}`)).toMatchObject({
      body: { data: [{ id: 'shop' }], nextCursor: null },
    });
    for (const cursor of ['x', `${nextCursor}A`, nextCursor]) {
      const path = cursor === nextCursor ? '/v1/storefronts' : '/v1/routing/rules';
      expect(await api.ask('GET', `${path}?limit=1&cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      });
    }
    expect(await api.ask('GET', '/v1/routing/rules?limit=0')).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
    await must('/v1/routing/rules/default', { rules: [{ name: 'everyone' }] });
    expect(await api.ask('DELETE', rulesPath)).toMatchObject({ status: 204 });
    expect(await api.ask('GET', rulesPath)).toMatchObject({ status: 404, body: { code: 'routing_rules_not_found' } });
    expect(await api.ask('DELETE', rulesPath)).toMatchObject({ status: 404 });
    await count(api, 'tin', 'dc-1', 1);
    expect(await lastDecision((await order('tin', 1)).id)).toMatchObject({
      rule: 'everyone',
      cascade: { id: 'default' },
    });
    await api.ask('DELETE', '/v1/routing/rules/default');
  });

  test.each([
    [
      { locationFilter: { locationIds: ['dc-1', 'nowhere'] } },
      'unknown_location',
      '/rules/0/locationFilter/locationIds/1',
    ],
    [{ locationFilter: { groups: ['nobody'] } }, 'unknown_location_group', '/rules/0/locationFilter/groups/0'],
    [{ weights: { distance: -1 } }, 'too_small', '/rules/0/weights/distance'],
    [{ weights: { speeed: 1 } }, 'unknown_field', '/rules/0/weights/speeed'],
    [{ onFail: 'panic' }, 'invalid_union', '/rules/0/onFail'],
    [{ onFail: { cancelAfterDays: -1 } }, 'too_small', '/rules/0/onFail/cancelAfterDays'],
    [{ onFail: { cancelAfterDays: 1.5 } }, 'invalid_union', '/rules/0/onFail'],
    [{ onFail: { cancelAfterDays: 3651 } }, 'too_large', '/rules/0/onFail/cancelAfterDays'],
    [{ orderFilter: { minValue: 5, maxValue: 4 } }, 'invalid_value', '/rules/0/orderFilter/maxValue'],
    [{ orderFilter: { tags: ['vip'] } }, 'unknown_field', '/rules/0/orderFilter/tags'],
    [{ maxParcels: 11 }, 'too_large', '/rules/0/maxParcels'],
    [{ name: '' }, 'too_small', '/rules/0/name'],
  ])('%j is refused, by a check as well, and nothing changes', async (changes, code, pointer) => {
    const { version } = await setRules({ name: 'all' });
    const rules = [{ name: 'new', ...changes }];
    const refused = { status: 422, body: { errors: [{ code, pointer }] } };
    expect(await put(rulesPath, { rules })).toMatchObject(refused);
    const check = await api.ask('POST', '/v1/routing/rules/validate', { body: { id: 'shop', rules } });
    expect(check).toMatchObject(refused);
    expect(await api.ask('GET', rulesPath)).toMatchObject({ body: { version, rules: [{ name: 'all' }] } });
  });

  test('two rules of one name, none at all, and rules of a storefront that is not there are refused', async () => {
    expect(await put(rulesPath, { rules: [{ name: 'a' }, { name: 'a' }] })).toMatchObject({
      body: { errors: [{ code: 'repeated', pointer: '/rules/1/name' }] },
    });
    expect(await put(rulesPath, { rules: [] })).toMatchObject({ status: 422 });
    expect(await put('/v1/routing/rules/nowhere', { rules: [{ name: 'a' }] })).toMatchObject({
      status: 404,
      body: { code: 'storefront_not_found' },
    });
  });

  test('a check of good rules says so and keeps nothing', async () => {
    const body = { id: 'shop', rules: [storesFirst] };
    expect(await api.ask('POST', '/v1/routing/rules/validate', { body })).toMatchObject({ body: { valid: true } });
    expect(await api.ask('GET', rulesPath)).toMatchObject({ status: 404 });
  });

  test('a group that rules name cannot be deleted; storefronts cannot read rules', async () => {
    await setRules(storesFirst);
    expect(await api.ask('DELETE', '/v1/location-groups/stores')).toMatchObject({
      status: 409,
      body: { code: 'location_group_in_use', rules: ['shop'] },
    });
    expect(await api.ask('GET', rulesPath, { as: 'storefront' })).toMatchObject({ status: 403 });
  });
});

describe('restrictions', () => {
  afterAll(() => must('/v1/restrictions', { restrictions: [] }));
  const forSale = async (sku: string, place = '') => {
    const { body } = await api.ask('GET', `/v1/availability?sku=${sku}&storefront=shop${place}`, { as: 'storefront' });
    return (body as { availableToSell: number }).availableToSell;
  };
  const restrict = (...restrictions: object[]) => must('/v1/restrictions', { restrictions });

  test('what may not go from a site goes from another, and the explanation says why', async () => {
    for (const site of ['dc-1', 'corner']) await count(api, 'knife', site, 9);
    await restrict({ sku: 'knife', locationId: 'dc-1' });
    const { id } = await order('knife', 1);
    expect(await reservedAt(id)).toEqual(['corner']);
    expect(JSON.stringify(await lastDecision(id))).toContain('knife may not go from here to anywhere');
    expect(await forSale('knife')).toBe(8);
  });

  test('what may not go to a country, by its category, goes nowhere; elsewhere it does; once it may, it goes', async () => {
    await count(api, 'spray', 'dc-1', 9);
    await must('/v1/inventory/spray/category', { category: 'aerosols' });
    await setRules({ name: 'all', onFail: { cancelAfterDays: 0 } });
    await restrict({ category: 'aerosols', country: 'ES' });
    expect(await forSale('spray', '&country=ES&postalCode=28013')).toBe(0);
    expect(await forSale('spray', '&country=PT&postalCode=1000')).toBe(9);
    expect(await order('spray', 1)).toMatchObject({ outcome: 'REJECTED' });
    await restrict({ category: 'aerosols', country: 'PT' });
    expect(await order('spray', 1)).toMatchObject({ outcome: 'RESERVED' });
  });

  test('a kit goes where all of its components may go', async () => {
    for (const sku of ['blade', 'handle']) await count(api, sku, 'dc-1', 9);
    const components = ['blade', 'handle'].map((sku) => ({ sku, perUnit: 1 }));
    await must('/v1/kits/set', { components });
    await setRules({ name: 'all', onFail: { cancelAfterDays: 0 } });
    await restrict({ sku: 'blade', country: 'ES' });
    expect(await order('set', 1)).toMatchObject({ outcome: 'REJECTED' });
    await restrict();
    expect(await order('set', 1)).toMatchObject({ outcome: 'RESERVED' });
  });
});
