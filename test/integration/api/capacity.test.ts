import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QuoteResource } from '../../../shared/api/quote-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const must = async (path: string, body: object) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(answer.text);
};
const location = (id: string, priority: number, capacity: object) =>
  must(`/v1/locations/${id}`, { name: id, kind: 'store', timeZone: 'Pacific/Auckland', priority, capacity });
const order = async (channel: string, sku: string, quantity: number) =>
  OrderId.parse((await api.place({ channel, lines: [{ sku, quantity, unitPrice: 900 }] })).id);
const reserve = (id: OrderId) => reserveStock(api.deps, id, meta);
const reservationsOf = async (id: OrderId) => (await api.orders.load(id))?.lines.flatMap((line) => line.reservations);
const routed = async (channel: string, sku: string, quantity: number) => {
  const id = await order(channel, sku, quantity);
  await reserve(id);
  return { id, reservations: (await reservationsOf(id)) ?? [] };
};
const full = (locationId: string) => ({ locationId, code: 'NO_CAPACITY' });
/** A storefront of its own sites for each test. */
const shop = async (id: string, sites: Record<string, object>) => {
  for (const [n, [site, capacity]] of Object.entries(sites).entries()) await location(site, 900 - n, capacity);
  await must(`/v1/location-groups/${id}`, {
    name: id,
    locations: Object.keys(sites).map((locationId) => ({ locationId })),
  });
  await must(`/v1/storefronts/${id}`, { name: id, kind: 'web', locationGroupId: id });
};

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('a location takes no more a day than it declares, over all orders', () => {
  test('the third order of the day goes to the next site, and is told why', async () => {
    await shop('few', { 'few-a': { ordersPerDay: 2 }, 'few-b': {} });
    for (const site of ['few-a', 'few-b']) await count(api, 'pen', site, 50);
    const sites: (string | undefined)[] = [];
    for (let n = 0; n < 3; n++) sites.push((await routed('few', 'pen', 1)).reservations[0]?.locationId);
    expect(sites).toEqual(['few-a', 'few-a', 'few-b']);
    const { id } = await routed('few', 'pen', 1);
    expect(await api.ask('GET', `/v1/orders/${id}/routing`)).toMatchObject({
      body: { data: [{ explanation: { excluded: expect.arrayContaining([expect.objectContaining(full('few-a'))]) } }] },
    });
  });

  test('what is canceled is free again', async () => {
    await shop('back', { 'back-a': { unitsPerDay: 5 }, 'back-b': {} });
    for (const site of ['back-a', 'back-b']) await count(api, 'ink', site, 50);
    const first = await routed('back', 'ink', 4);
    expect((await routed('back', 'ink', 2)).reservations[0]?.locationId).not.toBe('back-a');
    await execute(api.deps, first.id, [{ type: 'cancel', reason: 'customer' }], meta);
    expect((await routed('back', 'ink', 5)).reservations[0]?.locationId).toBe('back-a');
  });

  test('what is taken of a day, and what is left, is told; without a limit there is nothing to tell', async () => {
    await shop('told', { 'told-a': { unitsPerDay: 5 }, 'told-b': {} });
    await count(api, 'nib', 'told-a', 50);
    const { reservations } = await routed('told', 'nib', 4);
    const day = String(reservations[0]?.capacityDay);
    const told = (query = '') => api.ask('GET', `/v1/locations/told-a/capacity${query}`, { as: 'warehouse' });
    expect(await told('?days=2')).toMatchObject({
      status: 200,
      body: {
        locationId: 'told-a',
        timeZone: 'Pacific/Auckland',
        limits: { unitsPerDay: 5 },
        days: [
          { day, orders: 1, units: 4, ordersLeft: null, unitsLeft: 1 },
          { orders: 0, units: 0, ordersLeft: null, unitsLeft: 5 },
        ],
      },
    });
    // Lowered below what is taken: nothing is left, nothing is taken back.
    await location('told-a', 900, { ordersPerDay: 1, unitsPerDay: 3 });
    const lowered = { day, orders: 1, units: 4, ordersLeft: 0, unitsLeft: 0 };
    expect(((await told(`?from=${day}`)).body as { days: object[] }).days).toHaveLength(7);
    expect(await told(`?from=${day}&days=1`)).toMatchObject({ body: { days: [lowered] } });
    expect(await api.ask('GET', '/v1/locations/told-b/capacity')).toMatchObject({ body: { limits: {}, days: [] } });
    for (const query of ['?from=2026-02-30', '?days=0', '?days=32', '?from=tomorrow']) {
      expect(await told(query)).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
    }
    expect(await api.ask('GET', '/v1/locations/nowhere/capacity')).toMatchObject({ status: 404 });
    expect(await api.ask('GET', '/v1/locations/told-a/capacity', { as: 'storefront' })).toMatchObject({ status: 403 });
  });

  test('when nobody has room today, work is taken for the next day, on the location’s own calendar', async () => {
    await shop('full', { 'full-a': { ordersPerDay: 1 } });
    await count(api, 'cap', 'full-a', 50);
    const days: (string | undefined)[] = [];
    for (let n = 0; n < 3; n++) days.push((await routed('full', 'cap', 1)).reservations[0]?.capacityDay);
    // In Auckland it is the afternoon of the same day, or the next one.
    const auckland = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland', dateStyle: 'short' });
    const at = (ahead: number) => auckland.format(new Date(api.system.now() + ahead * 86_400_000));
    expect(days).toEqual([at(0), at(1), at(2)]);
  });

  test('a quote sees what is taken of the day: it is the plan of the order that is placed next', async () => {
    await shop('seen', { 'seen-a': { ordersPerDay: 1 }, 'seen-b': { ordersPerDay: 1 } });
    for (const site of ['seen-a', 'seen-b']) await count(api, 'pan', site, 50);
    const quoted = async () => {
      const lines = [{ sku: 'pan', quantity: 1, unitPrice: 900 }];
      const destination = { country: 'ES', postalCode: '28013' };
      const answer = await api.ask('POST', '/v1/quotes', {
        body: { storefront: 'seen', currency: 'EUR', lines, destination },
      });
      const [standard] = QuoteResource.parse(answer.body).options;
      return { site: standard?.parcels?.[0]?.locationId, day: standard?.window?.latestDate };
    };
    const seen: Awaited<ReturnType<typeof quoted>>[] = [];
    for (let n = 0; n < 3; n++) {
      seen.push(await quoted());
      expect((await routed('seen', 'pan', 1)).reservations[0]?.locationId).toBe(seen.at(-1)?.site);
    }
    expect(seen.map(({ site }) => site)).toEqual(['seen-a', 'seen-b', 'seen-a']);
    const [first, second, third] = seen.map(({ day }) => day ?? '');
    expect(second).toBe(first);
    expect(third && first && third > first, 'both are full today').toBe(true);
  });

  test('ten buyers at once for a site that takes three orders: three there, the others elsewhere, none refused', async () => {
    await shop('rush', { 'rush-a': { ordersPerDay: 3 }, 'rush-b': {} });
    for (const site of ['rush-a', 'rush-b']) await count(api, 'hat', site, 50);
    const ids: OrderId[] = [];
    for (let n = 0; n < 10; n++) ids.push(await order('rush', 'hat', 1));
    expect((await Promise.all(ids.map(reserve))).map(({ outcome }) => outcome)).toEqual(Array(10).fill('RESERVED'));
    const all = (await Promise.all(ids.map(reservationsOf))).flatMap((found) => found ?? []);
    expect(all.filter(({ locationId }) => locationId === 'rush-a')).toHaveLength(3);
    expect(all.filter(({ locationId }) => locationId === 'rush-b')).toHaveLength(7);
  });

  test('a site that takes nothing serves nothing', async () => {
    await shop('shut', { 'shut-a': { unitsPerDay: 0 } });
    await count(api, 'fez', 'shut-a', 5);
    const { id, reservations } = await routed('shut', 'fez', 1);
    expect(reservations).toEqual([]);
    expect(await api.ask('GET', `/v1/orders/${id}/routing`)).toMatchObject({
      body: {
        data: [
          {
            outcome: 'backorder',
            explanation: { excluded: expect.arrayContaining([expect.objectContaining(full('shut-a'))]) },
          },
        ],
      },
    });
  });
});
