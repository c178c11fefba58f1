import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { fulfillmentRoutes } from '../../../functions/api/fulfillments/routes.ts';
import { oneProvider } from '../../../shared/adapters/payment-providers.ts';
import { carrierFault } from '../../../shared/adapters/sandbox/carrier.ts';
import { FulfillmentResource } from '../../../shared/api/fulfillment-resources.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

type Verb = 'accept' | 'pick' | 'pack' | 'ship' | 'deliver';
const act = (id: string, verb: Verb, asking: { body?: unknown; headers?: Record<string, string> } = {}) =>
  api.ask('POST', `/v1/fulfillments/${id}/${verb}`, { as: 'warehouse', ...asking });
const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const captures = () => [...api.book.entries.keys()].filter((key) => key.includes(':capture:')).length;

/** An order with one fulfillment, as far as the verbs go. */
async function fulfillment(verbs: Verb[] = [], changes: Record<string, unknown> = {}) {
  const { id: orderId } = await api.place(changes);
  const [id = ''] = await api.confirm(orderId);
  for (const verb of verbs) expect((await act(id, verb)).status).toBe(200);
  return { id, orderId };
}

describe('the work of a location', () => {
  test('from accepting to delivery: captured once, stock decremented once, each answer says what comes next', async () => {
    const before = await api.bucket('tea', 'dc-1');
    const { id, orderId } = await fulfillment();
    const steps = [
      ['accept', 'ACCEPTED', 'CONFIRMED', ['pick', 'reject']],
      ['pick', 'PICKED', 'PICKING', ['pack']],
      ['pack', 'PACKED', 'PACKED', ['ship']],
      ['ship', 'HANDED_OVER', 'SHIPPED', ['deliver']],
      ['deliver', 'COMPLETED', 'DELIVERED', []],
    ] as const;
    const capturedBefore = captures();
    for (const [verb, status, orderStatus, next] of steps) {
      const answer = await act(id, verb);
      const body = FulfillmentResource.parse(answer.body);
      expect(body).toMatchObject({ id, orderId, status, order: { status: orderStatus } });
      expect(body.possibleCommands).toEqual(next);
      expect(answer.headers.etag).toBe(`"v${body.order.version}"`);
      // The same again changes nothing.
      expect((await act(id, verb)).text).toBe(answer.text);
    }
    expect(captures() - capturedBefore).toBe(1);
    const onHand = (before?.onHand ?? 0) - 2;
    expect(await api.bucket('tea', 'dc-1')).toMatchObject({ onHand, available: (before?.available ?? 0) - 2 });
    const order = await read(orderId);
    expect(order).toMatchObject({
      paymentStatus: 'PAID',
      balance: { authorized: 900, captured: 900, due: 0 },
      fulfillments: [{ shipment: { carrier: 'sandbox' } }],
    });
    expect(order.possibleCommands).toContain('confirmReceipt');
    const received = await api.ask('POST', `/v1/orders/${orderId}/confirm-receipt`, { as: 'storefront' });
    expect(OrderResource.parse(received.body).receiptConfirmedAt).toBeDefined();
  });

  test('what does not come next is refused with what does', async () => {
    const { id } = await fulfillment();
    expect(await act(id, 'pack')).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', possible: ['accept', 'reject'] },
    });
    expect(await act(id, 'ship')).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
    expect(await act(id, 'deliver')).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
    const shipped = await fulfillment(['accept', 'pick', 'pack', 'ship']);
    expect(await act(shipped.id, 'accept')).toMatchObject({ status: 409, body: { possible: ['deliver'] } });
    expect(await api.ask('POST', `/v1/orders/${shipped.orderId}/cancel`, { body: { reason: 'late' } })).toMatchObject({
      status: 409,
      body: { code: 'cancel_not_possible', possible: ['deliver'] },
    });
    await act(shipped.id, 'deliver');
    expect(await api.ask('POST', `/v1/orders/${shipped.orderId}/cancel`, { body: { reason: 'late' } })).toMatchObject({
      status: 409,
      body: { code: 'cancel_not_possible', possible: ['confirmReceipt'] },
    });
  });

  test('twenty ships at once: one shipment, one capture', async () => {
    const { id, orderId } = await fulfillment(['accept', 'pick', 'pack']);
    const capturedBefore = captures();
    const answers = await Promise.all(Array.from({ length: 20 }, () => act(id, 'ship')));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect(captures() - capturedBefore).toBe(1);
    const events = await api.ask('GET', `/v1/orders/${orderId}/events`);
    expect(events.text.match(/"type":"fulfillment.shipped"/g)).toHaveLength(1);
  });

  test("the location's own carrier is taken as it is given", async () => {
    const { id } = await fulfillment(['accept', 'pick', 'pack']);
    const body = { carrier: 'Correos', trackingNumber: 'PK1', trackingUrl: 'https://correos.example/PK1' };
    expect(await act(id, 'ship', { body })).toMatchObject({
      status: 200,
      body: { shipment: { carrier: 'Correos', service: 'standard', trackingNumber: 'PK1' } },
    });
    expect(await act(id, 'ship', { body })).toMatchObject({
      status: 200,
      body: { shipment: { trackingNumber: 'PK1' } },
    });
    expect(await act(id, 'ship')).toMatchObject({ status: 200, body: { shipment: { trackingNumber: 'PK1' } } });
    // Another parcel is another request: done already would lose its number.
    expect(await act(id, 'ship', { body: { ...body, trackingNumber: 'PK2' } })).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', possible: ['deliver'] },
    });
  });

  test.each([
    [{ carrier: 'Correos' }, 'required', '/trackingNumber'],
    [{ trackingNumber: 'PK1' }, 'required', '/carrier'],
    [{ carrier: 'C', trackingNumber: 'P', trackingUrl: 'javascript:alert(1)' }, 'invalid_format', '/trackingUrl'],
    [{ carrier: 'C', trackingNumber: 'P', weight: 1 }, 'unknown_field', '/weight'],
  ])('a shipment %j is refused', async (body, code, pointer) => {
    const { id } = await fulfillment(['accept', 'pick', 'pack']);
    expect(await act(id, 'ship', { body })).toMatchObject({ status: 422, body: { errors: [{ code, pointer }] } });
  });

  test('a carrier that is away is 503; when it is back the same request ships', async () => {
    const { id, orderId } = await fulfillment(['accept', 'pick', 'pack']);
    api.book.counters.set(carrierFault, 1);
    const headers = { 'idempotency-key': `ship-${id}` };
    expect(await act(id, 'ship', { headers })).toMatchObject({
      status: 503,
      body: { code: 'carrier_unavailable' },
      headers: { 'retry-after': '5' },
    });
    const shipped = await act(id, 'ship', { headers });
    expect(shipped.status).toBe(200);
    expect((await act(id, 'ship', { headers })).text).toBe(shipped.text);
    expect((await read(orderId)).balance.captured).toBe(900);
  });

  test('a payment provider that is away is 503, and nothing has left', async () => {
    const { id, orderId } = await fulfillment(['accept', 'pick', 'pack']);
    const away = async () => Promise.reject(Object.assign(new Error('503'), { name: 'PaymentUnavailable' }));
    const handler = fulfillmentRoutes({
      ...api.deps,
      payments: oneProvider({ ...api.deps.payments.of('card'), capture: away }),
    });
    const answer = await api.ask('POST', `/v1/fulfillments/${id}/ship`, { handler });
    expect(answer).toMatchObject({ status: 503, body: { code: 'payment_provider_unavailable' } });
    expect((await read(orderId)).status).toBe('PACKED');
  });

  test('a capture that is declined stops the parcel and says why', async () => {
    const { id, orderId } = await fulfillment(['accept', 'pick', 'pack']);
    const declined = async () => ({ outcome: 'declined' as const, reason: 'insufficient_funds' });
    const handler = fulfillmentRoutes({
      ...api.deps,
      payments: oneProvider({ ...api.deps.payments.of('card'), capture: declined }),
    });
    const answer = await api.ask('POST', `/v1/fulfillments/${id}/ship`, { handler });
    expect(answer).toMatchObject({ status: 409, body: { code: 'payment_declined', reason: 'insufficient_funds' } });
    expect((await read(orderId)).balance.captured).toBe(0);
  });

  test('a hold stops shipping before any money moves', async () => {
    const { id, orderId } = await fulfillment(['accept', 'pick', 'pack']);
    const capturedBefore = captures();
    await api.ask('POST', `/v1/orders/${orderId}/holds`, { body: { handle: 'stop', reason: 'FRAUD' } });
    expect(await act(id, 'ship')).toMatchObject({ status: 409, body: { code: 'order_on_hold' } });
    expect(captures()).toBe(capturedBefore);
  });

  test('If-Match is about the version before: a stale ship moves no money, a fresh one ships', async () => {
    const { id, orderId } = await fulfillment(['accept', 'pick', 'pack']);
    const capturedBefore = captures();
    const stale = await act(id, 'ship', { headers: { 'if-match': '"v1"' } });
    const { version } = await read(orderId);
    expect(stale).toMatchObject({ status: 412, headers: { etag: `"v${version}"` } });
    expect(captures()).toBe(capturedBefore);
    expect((await act(id, 'ship', { headers: { 'if-match': `"v${version}"` } })).status).toBe(200);
  });

  test.each(['ful_x_1', `ord_${'0'.repeat(26)}`, `ful_${'Z'.repeat(26)}_1`])('%s is no fulfillment', async (id) => {
    for (const verb of ['accept', 'ship'] as const) {
      expect(await act(id, verb)).toMatchObject({ status: 404, body: { code: 'fulfillment_not_found' } });
    }
    expect(await api.ask('GET', `/v1/fulfillments/${id}`)).toMatchObject({ status: 404 });
  });

  test('a fulfillment that its order does not have is not found', async () => {
    const { id } = await fulfillment();
    const other = id.replace(/_1$/, '_2');
    expect(await act(other, 'accept')).toMatchObject({ status: 404, body: { code: 'fulfillment_not_found' } });
    expect(await api.ask('GET', `/v1/fulfillments/${other}`)).toMatchObject({ status: 404 });
  });

  test('a storefront may neither work nor look', async () => {
    const { id } = await fulfillment();
    expect(await api.ask('POST', `/v1/fulfillments/${id}/accept`, { as: 'storefront' })).toMatchObject({ status: 403 });
    expect(await api.ask('GET', '/v1/fulfillments', { as: 'storefront' })).toMatchObject({ status: 403 });
  });
});

describe('the work list', () => {
  const Listed = z.looseObject({ data: z.array(FulfillmentResource), nextCursor: z.string().nullable() });
  const list = async (query: string) => Listed.parse((await api.ask('GET', `/v1/fulfillments?${query}`)).body);

  test('by location, by status, by both, by neither; an order of two sites is on both lists', async () => {
    const lines = [{ sku: 'cup', quantity: 12, unitPrice: 100 }];
    const { id: orderId } = await api.place({ lines });
    const [one = '', two = ''] = await api.confirm(orderId);
    expect((await list('location=dc-2')).data.map(({ id }) => id)).toEqual([two]);
    const open = (await list('location=dc-1&status=OPEN&limit=100')).data;
    expect(open.map(({ id }) => id)).toContain(one);
    expect(open.every(({ status, locationId }) => status === 'OPEN' && locationId === 'dc-1')).toBe(true);
    await act(two, 'accept');
    expect((await list('location=dc-2&status=OPEN')).data).toEqual([]);
    expect((await list('location=dc-2&status=ACCEPTED')).data).toMatchObject([
      { id: two, possibleCommands: ['pick', 'reject'] },
    ]);
    expect((await list('status=ACCEPTED&limit=100')).data.map(({ id }) => id)).toContain(two);
    const everything = (await list('limit=100')).data.map(({ id }) => id);
    expect(everything).toContain(one);
    expect(new Set(everything).size).toBe(everything.length);
    expect((await list('location=nowhere')).data).toEqual([]);
  });

  test('page by page each is found once, newest first', async () => {
    for (let n = 0; n < 8; n++) await fulfillment();
    const all = (await list('location=dc-1&limit=100')).data.map(({ id }) => id);
    const walked: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: z.infer<typeof Listed> = await list(`location=dc-1&limit=3${cursor && `&cursor=${cursor}`}`);
      walked.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(all);
  });

  test.each(['status=open', 'location=DC_1', 'site=dc-1'])('refuses ?%s', async (query) => {
    const answer = await api.ask('GET', `/v1/fulfillments?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
  });
});
