import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { QuoteResource } from '../../../shared/api/quote-resources.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
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

describe('on a Monday morning in Madrid', () => {
  test('every way is offered, with its dates, price and sites', async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, max-age=300');
    const { options } = QuoteResource.parse(answer.body);
    expect(options.every(({ offered }) => offered)).toBe(true);
  });
});
