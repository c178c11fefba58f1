import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { taxRoutes } from '../../../functions/api/tax/routes.ts';
import { TaxUnavailable } from '../../../shared/ports/tax.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const rates = {
  zones: [
    { zone: 'spain', regions: ['ES'] },
    { zone: 'germany', regions: ['DE'] },
  ],
  rates: [
    { zone: 'spain', tax: 'IVA', taxClass: 'standard', rate: '0.21', until: '2027-01-01' },
    { zone: 'spain', tax: 'IVA', taxClass: 'food', rate: '0.10' },
    { zone: 'germany', tax: 'USt', rate: '0.19' },
  ],
  classes: ['standard', 'food'],
  defaultClass: 'standard',
  reverseCharge: { countries: ['DE', 'ES'], category: 'K' },
};
const put = (body: object) => api.ask('PUT', '/v1/tax/rates', { body });
const quote = (more: object = {}) =>
  api.ask('POST', '/v1/tax/quotes', {
    as: 'storefront',
    body: {
      storefront: 'web',
      currency: 'EUR',
      destination: { country: 'ES', postalCode: '28013' },
      items: [
        { sku: 'tea', quantity: 2, amount: 1210 },
        { kind: 'shipping', amount: 490, taxClass: 'food' },
      ],
      ...more,
    },
  });

describe('the table of rates', () => {
  test('nobody has set any: it is empty, and nothing is taken for untaxed', async () => {
    const { body } = await api.ask('GET', '/v1/tax/rates');
    expect(body).toEqual({ zones: [], rates: [], classes: ['standard'], defaultClass: 'standard' });
    expect(await quote()).toMatchObject({ status: 422, body: { code: 'no_tax_rate', reason: 'no_zone' } });
  });

  test('it is put, read, and counts from the next question on', async () => {
    expect(await put(rates)).toMatchObject({ status: 200, body: { updatedAt: expect.any(String) } });
    const { body } = await api.ask('GET', '/v1/tax/rates', { as: 'storefront' });
    expect(body).toMatchObject({ ...rates, rates: [{ rate: '0.21', category: 'S' }, {}, {}] });
    expect(await quote()).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            id: '1',
            net: 1000,
            tax: 210,
            gross: 1210,
            taxes: [{ title: 'IVA', jurisdiction: 'ES', rate: '0.21', category: 'S', amount: 210 }],
          },
          { id: '2', net: 445, tax: 45, gross: 490 },
        ],
        total: { net: 1445, tax: 255, gross: 1700 },
      },
    });
  });

  test.each<[string, object, string, string]>([
    [
      'days that overlap',
      {
        rates: [...rates.rates, { zone: 'spain', tax: 'IVA', taxClass: 'standard', rate: '0.22', from: '2026-12-31' }],
      },
      '/rates/3/from',
      'overlapping_dates',
    ],
    [
      'a class that is none',
      { rates: [{ zone: 'spain', tax: 'IVA', taxClass: 'wine', rate: '0.21' }] },
      '/rates/0/taxClass',
      'unknown_tax_class',
    ],
    ['a rate above 100 %', { rates: [{ zone: 'spain', tax: 'IVA', rate: '1.1' }] }, '/rates/0/rate', 'rate_too_high'],
    ['a percentage', { rates: [{ zone: 'spain', tax: 'IVA', rate: '21' }] }, '/rates/0/rate', 'invalid_format'],
    [
      'a percentage with its sign',
      { rates: [{ zone: 'spain', tax: 'IVA', rate: '21%' }] },
      '/rates/0/rate',
      'invalid_format',
    ],
    ['words', { rates: [{ zone: 'spain', tax: 'IVA', rate: 'one fifth' }] }, '/rates/0/rate', 'invalid_format'],
    ['a number', { rates: [{ zone: 'spain', tax: 'IVA', rate: 0.21 }] }, '/rates/0/rate', 'invalid_type'],
    ['the same rate twice', { rates: [...rates.rates, rates.rates[2]] }, '/rates/3/tax', 'overlapping_dates'],
    ['a zone twice', { zones: [...rates.zones, rates.zones[0]] }, '/zones/2/zone', 'repeated'],
    [
      'a zone that is not there',
      { rates: [{ zone: 'france', tax: 'TVA', rate: '0.2' }] },
      '/rates/0/zone',
      'unknown_zone',
    ],
    ['a region of no country', { zones: [{ zone: 'spain', regions: ['XX'] }] }, '/zones/0/regions/0', 'invalid_value'],
    [
      'a day that is none',
      { rates: [{ zone: 'spain', tax: 'IVA', rate: '0.21', from: '2026-02-30' }] },
      '/rates/0/from',
      'invalid_format',
    ],
    [
      'a field that is none',
      { rates: [{ zone: 'spain', tax: 'IVA', rate: '0.21', percent: 21 }] },
      '/rates/0/percent',
      'unknown_field',
    ],
  ])('%s: refused with a pointer, and nothing is changed', async (_, more, pointer, code) => {
    await put(rates);
    const { body: before } = await api.ask('GET', '/v1/tax/rates');
    const refused = await put({ ...rates, ...more });
    expect(refused.status).toBe(422);
    const { errors } = refused.body as { errors: { pointer: string; code: string }[] };
    expect(errors.map((one) => one.pointer)).toContain(pointer);
    expect(errors.find((one) => one.pointer === pointer)?.code).toBe(code);
    expect((await api.ask('GET', '/v1/tax/rates')).body).toEqual(before);
  });

  test('a table that no row can hold is refused', async () => {
    const postalPrefixes = Array.from({ length: 500 }, (_, n) => String(1_000_000_000 + n));
    const zones = Array.from({ length: 100 }, (_, n) => ({ zone: `z${n}`, regions: ['ES'], postalPrefixes }));
    const refused = await put({ ...rates, zones, rates: [] });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/zones', code: 'too_large' }] } });
  });

  test('storefronts read it, and only administrators change it', async () => {
    expect(await api.ask('PUT', '/v1/tax/rates', { body: rates, as: 'storefront' })).toMatchObject({ status: 403 });
    expect(await api.ask('GET', '/v1/tax/rates', { as: 'nobody' })).toMatchObject({ status: 401 });
  });
});

describe('what a cart is taxed with', () => {
  test('on another day, with other rates', async () => {
    await put(rates);
    expect(await quote({ date: '2027-01-01' })).toMatchObject({
      status: 422,
      body: { code: 'no_tax_rate', reason: 'no_rate' },
    });
  });

  test('a business abroad owes the tax itself: the seller’s address says where from', async () => {
    const address = { line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' };
    await api.ask('PUT', '/v1/legal-entities/default', {
      body: { name: 'Tienda S.L.', address, timeZone: 'Europe/Madrid' },
    });
    // Who sells is remembered for a minute.
    await api.later(61_000);
    const abroad = {
      destination: { country: 'DE', postalCode: '10115' },
      buyerTaxId: 'DE129273398',
      taxMode: 'exclusive',
    };
    expect(await quote(abroad)).toMatchObject({
      body: { total: { net: 1700, tax: 0, gross: 1700, taxes: [{ category: 'K' }] } },
    });
    expect(await quote({ ...abroad, buyerTaxId: undefined })).toMatchObject({
      body: { total: { net: 1700, tax: 323 } },
    });
  });

  test.each<[string, object, string]>([
    ['no items', { items: [] }, '/items'],
    ['a class of another form', { items: [{ amount: 1, taxClass: 'Food!' }] }, '/items/0/taxClass'],
    ['half a cent', { items: [{ amount: 0.5 }] }, '/items/0/amount'],
    ['no currency of this world', { currency: 'EUX' }, '/currency'],
  ])('%s: refused with a pointer', async (_, more, pointer) => {
    expect(await quote(more)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test('amounts beyond what is exact are refused', async () => {
    const items = [{ amount: Number.MAX_SAFE_INTEGER }];
    expect(await quote({ items })).toMatchObject({ status: 422, body: { code: 'order_total_too_large' } });
  });

  test('the provider is away: 503, to be asked again', async () => {
    const away = async () => {
      throw new TaxUnavailable('away');
    };
    const handler = taxRoutes({ ...api.deps, taxes: { ...api.deps.taxes, quote: away } });
    const body = { storefront: 'web', currency: 'EUR', destination: { country: 'ES' }, items: [{ amount: 1 }] };
    const answer = await api.ask('POST', '/v1/tax/quotes', { body, handler });
    expect(answer).toMatchObject({ status: 503, body: { code: 'tax_provider_unavailable' } });
    expect(answer.headers['retry-after']).toBe('5');
  });
});
