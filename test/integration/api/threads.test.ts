import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocationId, OrderId } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { unitsIn } from '../../../shared/domain/positions.ts';
import { newApiKey } from '../../../shared/runtime/authentication.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { rerouteOrder } from '../../../shared/use-cases/reroute-order.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

/** What users of other systems report and do not get solved, played through the API and the use cases over DynamoDB. Domain rules alone: test/unit/domain. */
let api: ApiForTests;
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
/** As the workflow's Retry does, it tries again when the store stays busy: the pauses in between take no time here. */
const reserve = async (id: string, deps = api.deps) => {
  for (;;) {
    try {
      return await reserveStock(deps, OrderId.parse(id), meta);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'StoreContention')) throw error;
    }
  }
};
const reroute = (id: string) => rerouteOrder(api.deps, OrderId.parse(id), meta);
const line = (sku: string, quantity: number) => ({ sku, quantity, unitPrice: 100 });
const order = (sku: string, quantity: number, changes: object = {}) =>
  api.place({ lines: [line(sku, quantity)], ...changes });
const loaded = async (id: string) => {
  const found = await api.orders.load(OrderId.parse(id));
  if (!found) throw new Error(`${id} is gone`);
  return found;
};
const positions = async (id: string) => (await loaded(id)).lines.map((one) => one.positions);
const stock = async (sku: string, locationId: string) => {
  const found = await api.bucket(sku, locationId);
  return found && { onHand: found.onHand, available: found.available, committed: found.committed };
};
const act = (id: string, verb: string, body?: object) =>
  api.ask('POST', `/v1/fulfillments/${id}/${verb}`, { ...(body && { body }), as: 'warehouse' });
const put = async (path: string, body: object) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(answer.text);
};

beforeAll(async () => {
  api = await startApi();
}, 60_000);
afterAll(() => api.stop());

describe('two buyers, one unit', () => {
  const buyers = process.env.BATUTA_TEST_LONG ? 200 : 60;

  test(`golden 1, medusa #16569 and PR #16575, saleor #543 and PR #6897, vendure PR #4930: ${buyers} at once for the last unit, one has it`, async () => {
    await count(api, 'last', 'dc-1', 1);
    const ids: string[] = [];
    for (let n = 0; n < buyers; n++) ids.push((await order('last', 1)).id);
    const outcomes = await Promise.all(ids.map((id) => reserve(id)));
    expect(outcomes.filter(({ outcome }) => outcome === 'RESERVED')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'BACKORDERED')).toHaveLength(buyers - 1);
    expect(await stock('last', 'dc-1')).toEqual({ onHand: 1, available: 0, committed: 1 });
    const won = (await Promise.all(ids.map(loaded))).filter(({ lines }) => lines[0]?.positions.RESERVED === 1);
    expect(won).toHaveLength(1);
  }, 120_000);

  test('vendure #1355, #1738: what was checked is gone by the time of the allocation: it is refused and planned again', async () => {
    await count(api, 'stale', 'dc-1', 5);
    const { network } = api.deps;
    const old = await network.sku((await order('stale', 1)).lines[0]?.sku as never);
    const { id: faster } = await order('stale', 3);
    await reserve(faster);
    let reads = 0;
    const forgetful = {
      ...network,
      sku: async (...asked: Parameters<typeof network.sku>) => (reads++ === 0 ? old : network.sku(...asked)),
    };
    const { id } = await order('stale', 4);
    await reserve(id, { ...api.deps, network: forgetful });
    expect(reads).toBeGreaterThan(1);
    expect(await positions(id)).toEqual([{ RESERVED: 2, BACKORDERED: 2 }]);
    expect(await stock('stale', 'dc-1')).toEqual({ onHand: 5, available: 0, committed: 5 });
  });

  test('saleor #5334: of a hundred orders at once each has exactly one allocation', async () => {
    const orders = process.env.BATUTA_TEST_LONG ? 100 : 40;
    await count(api, 'hundred', 'dc-1', orders);
    const ids: string[] = [];
    for (let n = 0; n < orders; n++) ids.push((await order('hundred', 1)).id);
    await Promise.all(ids.map((id) => reserve(id)));
    const all = await Promise.all(ids.map(loaded));
    expect(all.map(({ lines }) => lines[0]?.reservations.length)).toEqual(ids.map(() => 1));
    expect(await stock('hundred', 'dc-1')).toEqual({ onHand: orders, available: 0, committed: orders });
  }, 120_000);
});

describe('counters', () => {
  test('medusa #12401, #5158: canceling, releasing and counting again never makes a promise negative; the ledger says how it came about', async () => {
    await count(api, 'negative', 'dc-1', 5);
    const { id } = await order('negative', 3);
    await reserve(id);
    const low = await api.ask('PUT', '/v1/inventory/negative/locations/dc-1', { body: { onHand: 2 } });
    expect(low).toMatchObject({ status: 409, body: { code: 'below_committed', committed: 3 } });
    for (let n = 0; n < 4; n++) await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'customer' } });
    await reserve(id);
    expect(await stock('negative', 'dc-1')).toEqual({ onHand: 5, available: 5, committed: 0 });
    const { data } = (await api.ask('GET', '/v1/inventory/negative/ledger')).body as {
      data: { change: number; availableChange?: number }[];
    };
    expect(data.reduce((sum, { change }) => sum + change, 0)).toBe(5);
    // Repaired by a count, which is one more entry, never a number that somebody overwrites.
    await put('/v1/inventory/negative/locations/dc-1', { onHand: 4 });
    expect(await stock('negative', 'dc-1')).toEqual({ onHand: 4, available: 4, committed: 0 });
  });

  test('medusa #12796, #11703 and PRs #11790, #12447, #12503, #13076: what a site gives back is promised again once, and free again once', async () => {
    await count(api, 'restored', 'dc-1', 4);
    const { id } = await order('restored', 3);
    const [first = ''] = await api.confirm(id);
    await act(first, 'accept');
    await count(api, 'restored', 'dc-2', 3);
    for (let n = 0; n < 3; n++) await act(first, 'reject', { reason: 'closed' });
    for (let n = 0; n < 3; n++) await reroute(id);
    expect(await stock('restored', 'dc-1')).toEqual({ onHand: 4, available: 4, committed: 0 });
    expect(await stock('restored', 'dc-2')).toEqual({ onHand: 3, available: 0, committed: 3 });
    for (let n = 0; n < 2; n++) await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'customer' } });
    expect(await stock('restored', 'dc-2')).toEqual({ onHand: 3, available: 3, committed: 0 });
  });
});

describe('money and stock', () => {
  test('vendure #3065, nextjs-starter-medusa #453: nobody pays for what is not there', async () => {
    await count(api, 'sold-out', 'dc-1', 1);
    await reserve((await order('sold-out', 1)).id);
    const { id } = await order('sold-out', 1);
    const deny = { ...api.deps, policy: { ...defaultPolicy, backorder: 'deny' as const } };
    expect(await reserve(id, deny)).toMatchObject({ outcome: 'REJECTED' });
    await authorizePayment(deny, OrderId.parse(id), meta);
    expect((await api.ask('GET', `/v1/orders/${id}`)).body).toMatchObject({ balance: { authorized: 0, captured: 0 } });
    expect((await loaded(id)).payments.every(({ authorized }) => authorized === 0)).toBe(true);
  });
});

describe('several locations', () => {
  test('golden 3, vendure #4030: 13 units over 10 and 12 take 10 and 3, or 12 and 1, never 13 twice', async () => {
    await count(api, 'thirteen', 'dc-1', 10);
    await count(api, 'thirteen', 'dc-2', 12);
    const { id } = await order('thirteen', 13);
    await reserve(id);
    const taken = (await loaded(id)).lines.flatMap(({ reservations }) => reservations.map(({ quantity }) => quantity));
    expect(taken.reduce((sum, quantity) => sum + quantity, 0)).toBe(13);
    const committed = [await stock('thirteen', 'dc-1'), await stock('thirteen', 'dc-2')].map((one) => one?.committed);
    expect(committed.toSorted()).toEqual(taken.toSorted());
    // One location with all of it is better than two.
    await count(api, 'whole', 'dc-1', 10);
    await count(api, 'whole', 'dc-2', 15);
    await reserve((await order('whole', 13)).id);
    expect(await stock('whole', 'dc-1')).toEqual({ onHand: 10, available: 10, committed: 0 });
    expect(await stock('whole', 'dc-2')).toEqual({ onHand: 15, available: 2, committed: 13 });
  });

  test('medusa #14987, #15132, PRs #15327, #16246: what three sites have together is reserved at all three, and confirmed', async () => {
    for (const [locationId, units] of [
      ['dc-1', 2],
      ['dc-2', 2],
      ['store-1', 1],
    ] as const) {
      await count(api, 'together', locationId, units);
    }
    const { id } = await order('together', 5);
    expect(await api.confirm(id)).toHaveLength(3);
    const { fulfillments, lifecycle } = await loaded(id);
    expect(lifecycle).toBe('RELEASED');
    expect(fulfillments.map((one) => `${one.locationId} ${one.lines[0]?.quantity}`).toSorted()).toEqual([
      'dc-1 2',
      'dc-2 2',
      'store-1 1',
    ]);
  });

  test('medusa #16502: a line and a kit of the last unit: one has it, nothing goes below zero; two lines of one SKU are refused', async () => {
    await count(api, 'shared', 'dc-1', 1);
    await put('/v1/kits/shared-set', { components: [{ sku: 'shared', perUnit: 1 }] });
    const { id } = await api.place({ lines: [line('shared', 1), line('shared-set', 1)] });
    await reserve(id);
    const both = await positions(id);
    expect(both.reduce((sum, one) => sum + unitsIn(one, 'RESERVED'), 0)).toBe(1);
    expect(await stock('shared', 'dc-1')).toEqual({ onHand: 1, available: 0, committed: 1 });
    const twice = { ...orderBody, externalId: 'twice', lines: [line('shared', 1), line('shared', 1)] };
    const answer = await api.ask('POST', '/v1/orders', { body: twice, headers: { 'idempotency-key': 'twice' } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'duplicate_sku' } });
  });

  test('medusa #16338: shipped from where it is reserved: another location is refused, and both stocks stay right', async () => {
    await count(api, 'origin', 'dc-1', 2);
    await count(api, 'origin', 'dc-2', 1);
    const { id } = await order('origin', 2);
    const [fulfillment = ''] = await api.confirm(id);
    // There is no way to say another location: a request that tries is refused whole.
    expect(await act(fulfillment, 'ship', { locationId: 'dc-2' })).toMatchObject({ status: 422 });
    for (const verb of ['accept', 'pick', 'pack', 'ship']) expect((await act(fulfillment, verb)).status).toBe(200);
    expect(await stock('origin', 'dc-1')).toEqual({ onHand: 0, available: 0, committed: 0 });
    expect(await stock('origin', 'dc-2')).toEqual({ onHand: 1, available: 1, committed: 0 });
  });

  test('saleor #12888 and PR #9970: online orders do not lock the stock of a franchise, and it sells its own', async () => {
    await put('/v1/locations/franchise', { name: 'Franchise', kind: 'store', timeZone: 'UTC', priority: 99 });
    await put('/v1/location-groups/online', { name: 'Online', locations: [{ locationId: 'dc-1' }] });
    await put('/v1/location-groups/theirs', { name: 'Theirs', locations: [{ locationId: 'franchise' }] });
    await put('/v1/storefronts/online', { name: 'Online', kind: 'web', locationGroupId: 'online' });
    await put('/v1/storefronts/theirs', { name: 'Theirs', kind: 'pos', locationGroupId: 'theirs' });
    await count(api, 'wine', 'dc-1', 1);
    await count(api, 'wine', 'franchise', 5);
    const { id: online } = await order('wine', 3, { channel: 'online' });
    await reserve(online);
    expect(await positions(online)).toEqual([{ RESERVED: 1, BACKORDERED: 2 }]);
    const { id: theirs } = await order('wine', 5, { channel: 'theirs' });
    await reserve(theirs);
    expect(await positions(theirs)).toEqual([{ RESERVED: 5 }]);
  });

  test('woocommerce #63478: a store’s key is told of, and does, the work of its own location only', async () => {
    const keyFor = (...locations: string[]) => {
      const of = locations.map((id) => LocationId.parse(id));
      const { key, record } = newApiKey({ role: 'warehouse', name: locations.join(), locations: of }, 0);
      api.ring.records.set(record.id, record);
      const headers = { authorization: `Bearer ${key}` };
      return (method: string, path: string, body?: object) => api.ask(method, path, { headers, ...(body && { body }) });
    };
    const [north, both] = [keyFor('dc-1'), keyFor('dc-1', 'dc-2')];
    await count(api, 'ours', 'dc-1', 1);
    await count(api, 'ours', 'dc-2', 1);
    const { id } = await order('ours', 2);
    await api.confirm(id);
    const at = async (site: string) => (await loaded(id)).fulfillments.find((one) => one.locationId === site)?.id ?? '';
    const [own, others] = [await at('dc-1'), await at('dc-2')];
    const listed = async (ask: typeof north, query: string) => {
      const { status, body } = await ask('GET', `/v1/fulfillments${query}`);
      const { data = [], code } = body as { data?: { locationId: string }[]; code?: string };
      return code ? `${status} ${code}` : [...new Set(data.map(({ locationId }) => locationId))];
    };
    expect(await listed(north, '?limit=100')).toEqual(['dc-1']);
    expect(await listed(both, '?location=dc-2&limit=100')).toEqual(['dc-2']);
    expect(await listed(both, '')).toBe('400 invalid_parameter');
    expect(await listed(north, '?location=dc-2')).toBe('403 forbidden');
    const before = await loaded(id);
    const missing = { status: 404, body: { code: 'fulfillment_not_found' } };
    expect(await north('GET', `/v1/fulfillments/${others}`)).toMatchObject(missing);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'])
      expect(await north('POST', `/v1/fulfillments/${others}/${verb}`)).toMatchObject(missing);
    expect(await north('POST', `/v1/fulfillments/${others}/reject`, { reason: 'closed' })).toMatchObject(missing);
    expect(await loaded(id)).toEqual(before);
    for (const path of ['/v1/orders', `/v1/orders/${id}`, '/v1/inventory/ours'])
      expect(await north('GET', path)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await north('POST', `/v1/orders/${id}/confirm-receipt`)).toMatchObject({ status: 403 });
    for (const verb of ['accept', 'pick', 'pack', 'ship'])
      expect((await north('POST', `/v1/fulfillments/${own}/${verb}`)).status).toBe(200);
    expect(await both('POST', `/v1/fulfillments/${others}/accept`)).toMatchObject({ status: 200 });
    const accepted = (await api.orders.events(OrderId.parse(id))).findLast(
      ({ type }) => type === 'fulfillment.accepted',
    );
    expect(accepted?.actor).toMatchObject({ role: 'warehouse', locations: ['dc-1', 'dc-2'] });
    expect(await stock('ours', 'dc-1')).toEqual({ onHand: 0, available: 0, committed: 0 });
  });

  test('saleor-storefront #683: what delivery costs depends on the warehouse it leaves from, and decides', async () => {
    await put('/v1/storefronts/rated', { name: 'Rated', kind: 'web', routingPolicy: 'cheapest' });
    const rate = { zone: 'spain', service: 'standard', perParcel: 900 };
    await put('/v1/shipping-rates', {
      zones: [{ zone: 'spain', countries: ['ES'] }],
      rates: [rate, { ...rate, locationId: 'dc-2', perParcel: 250 }],
    });
    await count(api, 'rated', 'dc-1', 1);
    await count(api, 'rated', 'dc-2', 1);
    const freight = async () => {
      const { id } = await order('rated', 1, { channel: 'rated' });
      await reserve(id);
      const { data } = (await api.ask('GET', `/v1/orders/${id}/routing`)).body as {
        data: { chosen: { locations: string[]; terms: { freight: number } } }[];
      };
      return `${data[0]?.chosen.locations} ${data[0]?.chosen.terms.freight}`;
    };
    expect(await freight()).toBe('dc-2 250');
    expect(await freight()).toBe('dc-1 900');
  });

  test('allegro-api #13980, vendure #3588: one of three is not to be had: it is canceled, the others ship', async () => {
    await count(api, 'partial', 'dc-1', 3);
    const { id } = await order('partial', 3);
    const [fulfillment = ''] = await api.confirm(id);
    await act(fulfillment, 'accept');
    const picked = await act(fulfillment, 'pick', {
      lines: [{ lineId: 'line_1', picked: 2, reason: 'not_found' }],
    });
    expect(picked.status, picked.text).toBe(200);
    const canceled = await api.ask('POST', `/v1/orders/${id}/cancel-remainder`, { body: { reason: 'customer' } });
    expect(canceled.status, canceled.text).toBe(200);
    for (const verb of ['pack', 'ship']) expect((await act(fulfillment, verb)).status).toBe(200);
    const read = await api.ask('GET', `/v1/orders/${id}`);
    expect(read.body).toMatchObject({ balance: { captured: 200 } });
    expect(await positions(id)).toEqual([{ SHIPPED: 2, CANCELED: 1 }]);
    expect((await stock('partial', 'dc-1'))?.committed).toBe(0);
  });
});
