import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { QuoteResource } from '../../../shared/api/quote-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const put = async (path: string, body: unknown) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
};
const madrid = { country: 'ES', postalCode: '28013' };
const cart = (...lines: [sku: string, quantity: number][]) =>
  lines.map(([sku, quantity]) => ({ sku, quantity, unitPrice: 1000 }));
const ask = (changes: object = {}, headers = {}) => {
  const body = { storefront: 'web', lines: cart(['mug', 2]), destination: madrid, ...changes };
  return api.ask('POST', '/v1/quotes', { body, headers, as: 'storefront' });
};
const quoted = async (changes: object = {}) => {
  const answer = await ask(changes);
  if (answer.status !== 200) throw new Error(answer.text);
  return QuoteResource.parse(answer.body);
};
const option = async (id: string, changes: object = {}) => {
  const { options } = await quoted(changes);
  const found = options.find((one) => one.id === id);
  if (!found) throw new Error(`no option ${id}`);
  return found;
};

const hours = (from: string, to: string, ...days: string[]) => ({
  hours: Object.fromEntries(days.map((day) => [day, [{ from, to }]])),
});
const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const everyDay = [...workdays, 'saturday', 'sunday'];
const eur = (amount: number, more: object = {}) => ({ currency: 'EUR', amount, ...more });

const web = {
  name: 'Web',
  kind: 'web',
  currencies: ['EUR'],
  routingPolicy: 'cheapest',
  deliveryOptions: [
    {
      id: 'hour',
      name: 'Within the hour',
      method: 'ship',
      service: 'one_hour',
      prices: [eur(990)],
    },
    {
      id: 'today',
      name: 'Today',
      method: 'ship',
      service: 'same_day',
      cutOff: '15:00',
      deliveryDays: [...workdays, 'saturday'],
      prices: [eur(790)],
    },
    { id: 'next-day', name: 'Tomorrow', method: 'ship', service: 'next_day', prices: [eur(590)] },
    { id: 'weekend', name: 'At the weekend', method: 'ship', service: 'weekend', prices: [eur(690)] },
    {
      id: 'standard',
      name: 'Standard',
      method: 'ship',
      service: 'standard',
      deliveryDays: workdays,
      extraDays: 1,
      prices: [eur(0, { fromValue: 5000 }), eur(990, { postalPrefixes: ['07', '35', '38'] }), eur(490)],
    },
    { id: 'counter', name: 'Pickup', method: 'pickup', prices: [eur(0)] },
    { id: 'curb', name: 'Curbside', method: 'curbside', cutOff: '18:00', prices: [eur(100)] },
  ],
};

/** The API's clock starts on a Monday, 10:00 in Madrid. */
beforeAll(async () => {
  api = await startApi();
  const spain = { country: 'ES', timeZone: 'Europe/Madrid' };
  await put('/v1/locations/dc', {
    ...spain,
    name: 'DC',
    kind: 'distribution_center',
    site: { coordinates: { latitude: 41.65, longitude: -0.88 } },
    calendar: hours('08:00', '18:00', ...workdays),
    cutOffs: { standard: '16:00', next_day: '16:00', weekend: '16:00' },
    processingMinutes: 60,
  });
  await put('/v1/locations/sol', {
    ...spain,
    name: 'Sol',
    kind: 'store',
    site: { coordinates: { latitude: 40.417, longitude: -3.703 } },
    calendar: hours('09:00', '21:00', ...everyDay),
    capabilities: ['ship', 'pickup', 'curbside'],
    processingMinutes: 20,
  });
  await put('/v1/locations/gracia', {
    ...spain,
    name: 'Gracia',
    kind: 'store',
    site: { coordinates: { latitude: 41.403, longitude: 2.156 } },
    calendar: hours('10:00', '20:00', ...workdays),
    capabilities: ['ship', 'pickup'],
    processingMinutes: 30,
  });
  await put('/v1/shipping-rates', {
    zones: [
      { zone: 'center', countries: ['ES'], postalPrefixes: ['28'] },
      { zone: 'spain', countries: ['ES'] },
    ],
    rates: [
      ...['center', 'spain'].flatMap((zone) => [
        { zone, service: 'standard', perParcel: 300, transitDays: 2 },
        { zone, service: 'next_day', perParcel: 500, transitDays: 0.5 },
        { zone, service: 'weekend', perParcel: 400, transitDays: 0.5 },
      ]),
      { zone: 'center', service: 'one_hour', locationId: 'sol', perParcel: 700, transitDays: 0.5 / 24 },
      { zone: 'center', service: 'same_day', locationId: 'sol', perParcel: 500, transitDays: 0.05 },
    ],
  });
  await put('/v1/inventory/mug/locations/dc', { onHand: 50 });
  await put('/v1/inventory/mug/locations/sol', { onHand: 3 });
  await put('/v1/inventory/mug/locations/gracia', { onHand: 1 });
  await put('/v1/inventory/lamp/locations/dc', { onHand: 5 });
  await put('/v1/inventory/vase/locations/gracia', { onHand: 2 });
  await put('/v1/inventory/none/locations/dc', { onHand: 0 });
  await put('/v1/storefronts/web', web);
});
afterAll(() => api.stop());

const placed = async (more: object, lines = cart(['mug', 2])) => {
  const { address } = orderBody.delivery;
  const order = await api.place({ channel: 'web', lines, delivery: { ...more, address: { ...address, ...madrid } } });
  await api.confirm(order.id);
  const { body } = await api.ask('GET', `/v1/orders/${order.id}`);
  return OrderResource.parse(body);
};
const pointers = (body: unknown) =>
  z
    .looseObject({ errors: z.array(z.looseObject({ pointer: z.string() })) })
    .parse(body)
    .errors.map((e) => e.pointer);

describe('on a Monday morning in Madrid', () => {
  test('every way is offered, with its dates, price and sites; the answer may be kept for five minutes', async () => {
    const answer = await ask();
    expect(answer.headers['cache-control']).toBe('private, max-age=300');
    const { options, expiresAt, lines } = QuoteResource.parse(answer.body);
    expect(expiresAt).toBe('2026-01-05T09:05:00.000Z');
    expect(lines).toEqual([{ sku: 'mug', quantity: 2, status: 'available', availableToShip: 54 }]);
    const told = options.map(({ id, offered, window, price, parcels }) => [
      id,
      offered,
      window && `${window.earliestDate}/${window.latestDate}`,
      price?.amount,
      parcels?.map(({ locationId }) => locationId).join(),
    ]);
    expect(told).toEqual([
      ['hour', true, '2026-01-05/2026-01-05', 990, 'sol'],
      ['today', true, '2026-01-05/2026-01-05', 790, 'sol'],
      ['next-day', true, '2026-01-06/2026-01-06', 590, 'dc'],
      ['weekend', true, '2026-01-10/2026-01-10', 690, 'dc'],
      ['standard', true, '2026-01-07/2026-01-08', 490, 'dc'],
      ['counter', true, undefined, undefined, undefined],
      ['curb', true, undefined, undefined, undefined],
    ]);
  });

  test('each store says when the goods could be fetched, nearest first, or why not', async () => {
    expect((await option('counter')).stores).toMatchObject([
      { locationId: 'sol', kilometers: 0.4, offered: true, readyAt: '2026-01-05T09:20:00.000Z' },
      { locationId: 'gracia', offered: false, reason: { code: 'NO_STOCK' } },
    ]);
    expect((await option('curb', { lines: cart(['vase', 1]) })).reason).toMatchObject({ code: 'NO_STOCK' });
  });

  test('prices depend on the value of the goods and on where they go', async () => {
    const dear = [{ sku: 'mug', quantity: 2, unitPrice: 2500 }];
    expect((await option('standard', { lines: dear })).price).toEqual({ amount: 0, currency: 'EUR' });
    const palma = { destination: { country: 'ES', postalCode: '07001' } };
    expect((await option('standard', palma)).price).toEqual({ amount: 990, currency: 'EUR' });
    expect((await option('standard', { currency: 'USD' })).reason).toMatchObject({ code: 'NO_PRICE' });
  });

  test('what no site can do is told with the reason of the site that comes nearest', async () => {
    const barcelona = { destination: { country: 'ES', postalCode: '08001' } };
    expect((await option('hour', barcelona)).reason).toMatchObject({ code: 'NO_CAPABILITY' });
    expect((await option('hour', { lines: cart(['mug', 4]) })).reason).toMatchObject({ code: 'NO_STOCK' });
    expect((await option('standard', { lines: cart(['none', 1]) })).reason).toMatchObject({ code: 'NO_STOCK' });
    const lisbon = { destination: { country: 'PT', postalCode: '1000' } };
    expect((await option('standard', lisbon)).reason).toMatchObject({ code: 'RESTRICTED' });
  });

  test('a SKU that never had stock is unknown: nothing is offered', async () => {
    const { lines, options } = await quoted({ lines: cart(['mug', 1], ['ghost', 1]) });
    expect(lines.map(({ status }) => status)).toEqual(['available', 'unknown']);
    for (const { offered, stores } of options) {
      expect(offered).toBe(false);
      for (const store of stores ?? []) expect(store.reason?.code).toBe('UNKNOWN_SKU');
    }
  });

  test('a digital cart has nothing to ship', async () => {
    const { options, lines } = await quoted({ lines: [{ sku: 'song', kind: 'digital', quantity: 1 }] });
    expect(lines).toMatchObject([{ status: 'digital' }]);
    expect(options.find(({ id }) => id === 'standard')?.reason).toMatchObject({ code: 'NOTHING_TO_SHIP' });
  });

  test('an order that is placed with the quoted delivery goes out from the quoted site; the quote reserved nothing', async () => {
    for (const id of ['next-day', 'hour']) {
      const { delivery, parcels } = await option(id);
      expect((await quoted()).lines).toMatchObject([{ status: 'available' }]);
      const order = await placed({ ...delivery });
      expect(order.delivery).toMatchObject({ ...delivery });
      expect(order.fulfillments.map(({ locationId }) => locationId)).toEqual(parcels?.map((one) => one.locationId));
    }
    // The hour's site has one left of three.
    expect((await option('hour')).reason).toMatchObject({ code: 'NO_STOCK' });
  });
});

describe('a storefront', () => {
  test('that has set up no options sends standard parcels and opens its counters, for nothing; the rest is not set up', async () => {
    await put('/v1/storefronts/plain', { name: 'Plain', kind: 'web', currencies: ['EUR'] });
    const { options } = await quoted({ storefront: 'plain', lines: cart(['lamp', 1]) });
    expect(options.map(({ id, service, reason }) => id ?? `${service} ${reason?.code}`)).toEqual([
      'standard',
      'pickup',
      'curbside',
      'next_day NOT_SET_UP',
      'same_day NOT_SET_UP',
      'one_hour NOT_SET_UP',
      'weekend NOT_SET_UP',
    ]);
  });

  test('is refused options that contradict themselves', async () => {
    const refused = async (option: object, ...expected: string[]) => {
      const deliveryOptions = [{ id: 'x', name: 'X', prices: [eur(1)], ...option }];
      const answer = await api.ask('PUT', '/v1/storefronts/bad', { body: { name: 'B', kind: 'web', deliveryOptions } });
      expect(answer.status).toBe(422);
      expect(pointers(answer.body)).toEqual(expected.map((one) => `/deliveryOptions/0/${one}`));
    };
    await refused({ method: 'ship' }, 'service');
    await refused({ method: 'pickup', service: 'one_hour' }, 'service');
    await refused({ method: 'ship', service: 'one_hour', extraDays: 2 }, 'extraDays');
    await refused({ method: 'ship', service: 'standard', cutOff: '25:00' }, 'cutOff');
    await refused({ method: 'ship', service: 'standard', prices: [eur(-1)] }, 'prices/0/amount');
    await refused({ method: 'ship', service: 'standard', prices: [] }, 'prices');
  });
});

describe('a bad request', () => {
  test.each([
    ['a negative quantity', { lines: cart(['mug', -1]) }, '/lines/0/quantity'],
    ['a fraction', { lines: cart(['mug', 1.5]) }, '/lines/0/quantity'],
    ['no line', { lines: [] }, '/lines'],
    ['a SKU twice', { lines: cart(['mug', 1], ['mug', 1]) }, '/lines/1/sku'],
    [
      'too many lines',
      { lines: cart(...Array.from({ length: 101 }, (_, n): [string, number] => [`s${n}`, 1])) },
      '/lines',
    ],
    [
      'coordinates out of range',
      { destination: { country: 'ES', coordinates: { latitude: 91, longitude: 0 } } },
      '/destination/coordinates/latitude',
    ],
    ['no country of this world', { destination: { country: 'XX' } }, '/destination/country'],
    ['no time zone', { destination: { ...madrid, timeZone: 'Mars/Olympus' } }, '/destination/timeZone'],
    ['an unknown field', { cartHoldId: 'hld_1' }, '/cartHoldId'],
  ])('%s is pointed at', async (_, changes, pointer) => {
    const answer = await ask(changes);
    expect(answer.status).toBe(422);
    expect(pointers(answer.body)).toEqual([pointer]);
  });

  test('an unknown storefront is not found; a cart beyond counting is too large; a warehouse may not ask', async () => {
    expect(await ask({ storefront: 'wbe' })).toMatchObject({ status: 404, body: { code: 'storefront_not_found' } });
    const lines = [{ sku: 'mug', quantity: 1_000_000, unitPrice: Number.MAX_SAFE_INTEGER }];
    expect(await ask({ lines })).toMatchObject({ body: { code: 'order_total_too_large' } });
    const body = { storefront: 'web', lines: cart(['mug', 1]), destination: madrid };
    expect((await api.ask('POST', '/v1/quotes', { body, as: 'warehouse' })).status).toBe(403);
  });

  test('a storefront without a currency must be told one', async () => {
    await put('/v1/storefronts/none', { name: 'None', kind: 'web' });
    const answer = await ask({ storefront: 'none' });
    expect(answer.status).toBe(422);
    expect(pointers(answer.body)).toEqual(['/currency']);
  });
});

describe('who waits for supply', () => {
  const supply = (quantity: number, eta: string) =>
    api.ask('POST', '/v1/supplies', {
      body: { sku: 'awaited', locationId: 'dc', quantity, eta, source: { type: 'other', id: 'x' } },
      headers: { 'idempotency-key': `supply ${eta}` },
    });
  const backorders = (query: string, as: 'agent' | 'storefront' = 'agent') =>
    api.ask('GET', `/v1/backorders?${query}`, { as });

  test('in the order in which they are served, with the supply that is expected for each', async () => {
    const nobody = await backorders('sku=awaited');
    expect(nobody.body).toEqual({ sku: 'awaited', data: [], isWhole: true });
    await count(api, 'awaited', 'dc', 0);
    const waiting: string[] = [];
    for (const priority of [0, 5, 0]) {
      const lines = [{ sku: 'awaited', quantity: 2, unitPrice: 100 }];
      const { id } = await api.place({ lines, priority });
      await reserveStock(api.deps, OrderId.parse(id), meta);
      waiting.push(id);
      api.later(1);
    }
    await supply(3, '2026-03-01T00:00:00.000Z');
    await supply(2, '2026-02-01T00:00:00.000Z');
    const [first, urgent, late] = waiting;
    expect((await backorders('sku=awaited')).body).toMatchObject({
      isWhole: true,
      data: [
        { orderId: urgent, priority: 5, quantity: 2, expectedAt: '2026-02-01T00:00:00.000Z' },
        { orderId: first, priority: 0, quantity: 2, expectedAt: '2026-03-01T00:00:00.000Z' },
        { orderId: late, quantity: 2 },
      ],
    });
    const some = (await backorders('sku=awaited&limit=1')).body;
    expect(some).toMatchObject({ isWhole: false, data: [{ orderId: urgent }] });
    expect((some as { data: unknown[] }).data).toHaveLength(1);
    const [last] = ((await backorders('sku=awaited')).body as { data: object[] }).data.slice(2);
    expect(last).not.toHaveProperty('expectedAt');
    // Six wait for what is expected of five: a cart is told of what comes after them.
    const line = async (quantity: number) => (await quoted({ lines: cart(['awaited', quantity]) })).lines[0];
    expect(await line(1)).toEqual({ sku: 'awaited', quantity: 1, status: 'short', availableToShip: 0 });
    await supply(4, '2026-04-01T00:00:00.000Z');
    expect(await line(3)).toMatchObject({ status: 'short', expectedAt: '2026-04-01T00:00:00.000Z' });
    expect(await line(4)).not.toHaveProperty('expectedAt');
    expect((await backorders('sku=awaited', 'storefront')).status).toBe(403);
    expect((await backorders('sku=awaited&limit=0')).status).toBe(400);
    expect((await backorders('')).status).toBe(400);
  });
});

/** Time does not go back: these come last. */
describe('later', () => {
  const until = (iso: string) => api.later(Date.parse(iso) - api.system.now());

  test('a quote ends at the next cut-off', async () => {
    until('2026-01-05T13:58:30Z');
    const answer = await ask({ lines: cart(['mug', 1]) });
    expect(QuoteResource.parse(answer.body).expiresAt).toMatch(/^2026-01-05T13:59:5\d/);
    expect(answer.headers['cache-control']).toBe('private, max-age=89');
  });

  test('after the cut-off it is not offered today', async () => {
    until('2026-01-05T14:00:00Z');
    expect(await option('today', { lines: cart(['mug', 1]) })).toMatchObject({ reason: { code: 'CUT_OFF_PASSED' } });
    until('2026-01-05T15:00:00Z');
    // The warehouse's own cut-off has passed, but a store still makes it.
    expect((await option('next-day', { lines: cart(['mug', 1]) })).parcels).toMatchObject([{ locationId: 'gracia' }]);
    expect((await option('next-day', { lines: cart(['lamp', 1]) })).reason).toMatchObject({ code: 'MISSES_PROMISE' });
  });

  test('on a Sunday nothing comes today, and the counter is open', async () => {
    until('2026-01-11T10:00:00Z');
    expect((await option('today', { lines: cart(['mug', 1]) })).reason).toMatchObject({ code: 'NO_DELIVERY_DAY' });
    expect((await option('counter', { lines: cart(['mug', 1]) })).stores).toMatchObject([
      { locationId: 'sol', readyAt: '2026-01-11T10:20:00.000Z' },
      { locationId: 'gracia', readyAt: '2026-01-12T09:30:00.000Z' },
    ]);
  });
});
