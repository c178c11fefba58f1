import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrderId } from '../../../shared/domain/ids.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let keys = 0;
const delivery = (service: string) => ({ ...orderBody.delivery, service });
const post = (service: string, changes: object = {}) => {
  keys += 1;
  const body = { ...orderBody, externalId: `service-${keys}`, delivery: delivery(service), ...changes };
  return api.ask('POST', '/v1/orders', { body, headers: { 'idempotency-key': `service-${keys}` }, as: 'storefront' });
};
const setRates = async (...services: string[]) => {
  const rates = services.map((service) => ({ zone: 'all', service, perParcel: 300 }));
  const answer = await api.ask('PUT', '/v1/shipping-rates', { body: { zones: [{ zone: 'all' }], rates } });
  expect(answer.status).toBe(200);
};

test('a shop without rates sends with every service: nothing waits for a rate', async () => {
  for (const service of ['standard', 'next_day', 'same_day', 'one_hour', 'weekend']) {
    const { id } = await api.place({ delivery: delivery(service), lines: [{ sku: 'tea', quantity: 1, unitPrice: 1 }] });
    await api.confirm(id);
    const order = await api.orders.load(OrderId.parse(id));
    expect(order?.fulfillments.length, service).toBe(1);
  }
});

test('a service that no rate has is refused and named, and nothing is placed', async () => {
  await setRates('standard', 'next_day');
  // What was there is taken at its word for 30 seconds.
  api.later(30_000);
  const refused = await post('one_hour');
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'unknown_service', errors: [{ pointer: '/delivery/service', code: 'unknown_service' }] },
  });
  const found = await api.ask('GET', `/v1/orders?externalId=service-${keys}&channel=web`);
  expect(found).toMatchObject({ status: 200, body: { data: [] } });
  expect((await post('next_day')).status).toBe(201);
});

test('digital goods need no parcel, and what gets a rate is taken from then on', async () => {
  await setRates('next_day');
  api.later(30_000);
  expect((await post('standard')).status).toBe(422);
  const ebook = { lines: [{ sku: 'ebook', kind: 'digital', quantity: 1, unitPrice: 900 }] };
  expect((await post('standard', ebook)).status).toBe(201);
  await setRates('next_day', 'standard');
  expect((await post('standard')).status).toBe(201);
});
