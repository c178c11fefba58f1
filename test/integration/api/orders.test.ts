import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { orderRoutes } from '../../../functions/api/orders/routes.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const Listed = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })), nextCursor: z.string().nullable() });
const idsOf = (body: unknown) => Listed.parse(body).data.map(({ id }) => id);
const unknownOrder = `ord_${'Z'.repeat(26)}`;
const system = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;

describe('reading an order', () => {
  test('If-None-Match with the current version: 304 without a body; after a change the order', async () => {
    const { id } = await api.place();
    const first = await api.ask('GET', `/v1/orders/${id}`);
    expect(first.headers.etag).toBe('"v1"');
    for (const tag of ['"v1"', 'W/"v1"', '"v0", "v1"', '*']) {
      const same = await api.ask('GET', `/v1/orders/${id}`, { headers: { 'if-none-match': tag } });
      expect(same).toMatchObject({ status: 304, text: '', headers: { etag: '"v1"' } });
    }
    await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'test' } });
    const changed = await api.ask('GET', `/v1/orders/${id}`, { headers: { 'if-none-match': '"v1"' } });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"v2"' } });
  });

  test.each([unknownOrder, 'ord_short', `ful_${'0'.repeat(26)}_1`, 'WEB-1', '%20', 'ord_%00'])(
    'an id that names no order is not found: %s',
    async (id) => {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/events'],
        ['GET', '/executions'],
        ['POST', '/retry'],
        ['POST', '/confirm-receipt'],
      ] as const) {
        const answer = await api.ask(method, `/v1/orders/${id}${path}`);
        expect(answer).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
      }
    },
  );

  test('its events come as they go on the bus, page by page, without what is personal', async () => {
    const { id } = await api.place();
    await api.confirm(id);
    const Events = z.looseObject({
      data: z.array(z.looseObject({ sequence: z.int(), type: z.string() })),
      nextAfterSequence: z.int().nullable(),
    });
    const all = await api.ask('GET', `/v1/orders/${id}/events`);
    const types = Events.parse(all.body).data.map(({ type }) => type);
    expect(types).toEqual([
      'order.placed',
      'reservation.created',
      'payment.authorized',
      'order.confirmed',
      'order.released',
      'fulfillment.created',
    ]);
    expect(all.text).not.toMatch(/Ada|tok_ok|Calle/);
    const walked: number[] = [];
    let after: number | null = 0;
    while (after !== null) {
      const page = Events.parse((await api.ask('GET', `/v1/orders/${id}/events?limit=4&afterSequence=${after}`)).body);
      walked.push(...page.data.map(({ sequence }) => sequence));
      after = page.nextAfterSequence;
    }
    expect(walked).toEqual([1, 2, 3, 4, 5, 6]);
    const beyond = await api.ask('GET', `/v1/orders/${id}/events?afterSequence=6`);
    expect(beyond.body).toEqual({ data: [], nextAfterSequence: null });
    const ofNobody = await api.ask('GET', `/v1/orders/${unknownOrder}/events?afterSequence=6`);
    expect(ofNobody).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
  });

  test('its executions are those that its events started', async () => {
    const { id } = await api.place();
    const answer = await api.ask('GET', `/v1/orders/${id}/executions`);
    expect(answer.body).toEqual({
      data: [
        { machine: 'place-order', name: `${id}-1`, eventSequence: 1, executionArn: `arn:${id}-1`, status: 'SUCCEEDED' },
      ],
    });
  });
});

describe('changing an order', () => {
  test('canceled before a location accepts: stock is back; a second time changes nothing', async () => {
    const before = await api.bucket('tea', 'dc-1');
    const { id } = await api.place();
    await api.confirm(id);
    expect(await api.bucket('tea', 'dc-1')).toMatchObject({ available: (before?.available ?? 0) - 2 });
    const canceled = await api.ask('POST', `/v1/orders/${id}/cancel`, {
      body: { reason: 'changed my mind' },
      as: 'storefront',
    });
    expect(canceled).toMatchObject({
      status: 200,
      body: {
        status: 'CANCELED',
        endReason: 'changed my mind',
        nextAction: { action: 'SETTLE' },
        possibleCommands: [],
      },
    });
    expect(await api.bucket('tea', 'dc-1')).toMatchObject({ available: before?.available });
    const again = await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'again' } });
    expect(again.text).toBe(canceled.text);
  });

  test('a large order is canceled whole, in as many transactions as it takes; its replay says the same', async () => {
    const skus = Array.from({ length: 150 }, (_, n) => `large-${n}`);
    for (const sku of skus) await api.ask('PUT', `/v1/inventory/${sku}/locations/dc-1`, { body: { onHand: 1 } });
    const { id } = await api.place({ lines: skus.map((sku) => ({ sku, quantity: 1, unitPrice: 1 })) });
    await api.confirm(id);
    const headers = { 'idempotency-key': 'large' };
    const canceled = await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'large' }, headers });
    expect(canceled).toMatchObject({ status: 200, body: { status: 'CANCELED', lifecycle: 'CANCELED' } });
    expect(OrderResource.parse(canceled.body).version).toBeGreaterThan(6);
    expect(await api.bucket('large-149', 'dc-1')).toMatchObject({ available: 1, committed: 0 });
    const again = await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'large' }, headers });
    expect(again.text).toBe(canceled.text);
  });

  test('If-Match: of twenty changes to one version one is made, the others learn the version now', async () => {
    const { id } = await api.place();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api.ask('POST', `/v1/orders/${id}/holds`, {
          body: { handle: `hold-${n}`, reason: 'MANUAL' },
          headers: { 'if-match': '"v1"' },
          as: 'agent',
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, headers, body } of answers.filter((one) => one.status !== 200)) {
      expect({ status, etag: headers.etag, body }).toMatchObject({
        status: 412,
        etag: '"v2"',
        body: { code: 'version_mismatch' },
      });
    }
  });

  test.each(['W/"v1"', '"v01"', '"other"'])('If-Match %s matches nothing', async (tag) => {
    const { id } = await api.place();
    const answer = await api.ask('POST', `/v1/orders/${id}/cancel`, {
      body: { reason: 'x' },
      headers: { 'if-match': tag },
    });
    expect(answer).toMatchObject({ status: 412, headers: { etag: '"v1"' } });
  });

  test.each(['v1', '"v1', '"v1", "v2"', ''])('If-Match %j is malformed', async (tag) => {
    const { id } = await api.place();
    const answer = await api.ask('POST', `/v1/orders/${id}/cancel`, {
      body: { reason: 'x' },
      headers: { 'if-match': tag },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_if_match' } });
  });

  test('If-Match * takes any version', async () => {
    const { id } = await api.place();
    const answer = await api.ask('POST', `/v1/orders/${id}/cancel`, {
      body: { reason: 'x' },
      headers: { 'if-match': '*' },
    });
    expect(answer.status).toBe(200);
  });

  test('a hold is placed, stops the location, and is released; twice is an error, with the same key a replay', async () => {
    const { id } = await api.place();
    const [fulfillment] = await api.confirm(id);
    const hold = { handle: 'check', reason: 'ADDRESS', note: 'no number' };
    const held = await api.ask('POST', `/v1/orders/${id}/holds`, { body: hold, as: 'agent' });
    expect(held).toMatchObject({
      status: 200,
      body: { status: 'ON_HOLD', holds: [{ handle: 'check' }], nextAction: { action: 'RELEASE_HOLD' } },
    });
    const second = await api.ask('POST', `/v1/orders/${id}/holds`, { body: hold, as: 'agent' });
    expect(second).toMatchObject({ status: 409, body: { code: 'hold_exists', possible: ['releaseHold'] } });
    const stopped = await api.ask('POST', `/v1/fulfillments/${fulfillment}/accept`, { as: 'warehouse' });
    expect(stopped).toMatchObject({ status: 409, body: { code: 'order_on_hold' } });
    const headers = { 'idempotency-key': `release-${id}` };
    const released = await api.ask('DELETE', `/v1/orders/${id}/holds/check`, { headers, as: 'agent' });
    expect(released).toMatchObject({ status: 200, body: { status: 'CONFIRMED', holds: [] } });
    const again = await api.ask('DELETE', `/v1/orders/${id}/holds/check`, { headers, as: 'agent' });
    expect(again.text).toBe(released.text);
    const gone = await api.ask('DELETE', `/v1/orders/${id}/holds/check`, { as: 'agent' });
    expect(gone).toMatchObject({ status: 404, body: { code: 'hold_not_found' } });
    expect(await api.ask('POST', `/v1/orders/${id}/holds`, { body: hold, as: 'storefront' })).toMatchObject({
      status: 403,
    });
    const reserved = { ...hold, handle: 'payment:pay_1' };
    expect(await api.ask('POST', `/v1/orders/${id}/holds`, { body: reserved, as: 'agent' })).toMatchObject({
      status: 422,
    });
  });

  test('a declined card holds the order until its deadline; an agent can release that hold', async () => {
    const { id } = await api.place({ payment: { method: 'card', token: 'tok_declined' } });
    await api.confirm(id);
    const held = OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
    expect(held).toMatchObject({
      status: 'ON_HOLD',
      paymentStatus: 'FAILED',
      nextAction: { action: 'PROVIDE_PAYMENT' },
    });
    expect(held.nextAction.dueAt).toBe(held.holds[0]?.cancelAt);
    const released = await api.ask('DELETE', `/v1/orders/${id}/holds/payment:pay_1`, { as: 'agent' });
    expect(released.status).toBe(200);
  });

  test('retry resolves what is parked; with nothing parked it says so', async () => {
    const { id } = await api.place();
    const nothing = await api.ask('POST', `/v1/orders/${id}/retry`, { as: 'agent' });
    expect(nothing).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } });
    const suggestedCommands = ['retry'];
    const exception = {
      category: 'INTEGRATION',
      workflow: 'place-order',
      error: 'X',
      cause: 'y',
    } as const;
    await execute(
      api.deps,
      OrderId.parse(id),
      [{ type: 'openException', id: 'exc_1', suggestedCommands, ...exception }],
      system,
    );
    const parked = OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
    expect(parked).toMatchObject({ nextAction: { action: 'RESOLVE_EXCEPTION' } });
    expect(parked.possibleCommands).toContain('retry');
    const headers = { 'idempotency-key': `retry-${id}` };
    const retried = await api.ask('POST', `/v1/orders/${id}/retry`, { headers, as: 'agent' });
    expect(retried).toMatchObject({ status: 200, body: { exceptions: [{ id: 'exc_1', status: 'RESOLVED' }] } });
    expect((await api.ask('POST', `/v1/orders/${id}/retry`, { headers, as: 'agent' })).text).toBe(retried.text);
    expect(await api.ask('POST', `/v1/orders/${id}/retry`, { as: 'storefront' })).toMatchObject({ status: 403 });
  });

  test('receipt cannot be confirmed before the delivery', async () => {
    const { id } = await api.place();
    const answer = await api.ask('POST', `/v1/orders/${id}/confirm-receipt`, { as: 'storefront' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_delivered' } });
  });

  test('a verb without a body takes {} and nothing else', async () => {
    const { id } = await api.place();
    expect(await api.ask('POST', `/v1/orders/${id}/confirm-receipt`, { body: {} })).toMatchObject({ status: 409 });
    const more = await api.ask('POST', `/v1/orders/${id}/confirm-receipt`, { body: { now: true } });
    expect(more).toMatchObject({ status: 422, body: { errors: [{ pointer: '/now', code: 'unknown_field' }] } });
    expect(await api.ask('POST', `/v1/orders/${id}/cancel`, {})).toMatchObject({ status: 415 });
  });

  test('a busy store is 503 with Retry-After, and for a new order "in flight"', async () => {
    const { id } = await api.place();
    const busy = { ...api.deps, orders: { ...api.orders, commit: async () => ({ outcome: 'contention' as const }) } };
    const held = await api.ask('POST', `/v1/orders/${id}/cancel`, {
      body: { reason: 'x' },
      handler: orderRoutes(busy),
    });
    expect(held).toMatchObject({ status: 503, body: { code: 'store_busy' }, headers: { 'retry-after': '1' } });
    const placing = { body: { ...orderBody, externalId: 'busy' }, headers: { 'idempotency-key': 'busy' } };
    const inFlight = await api.ask('POST', '/v1/orders', { ...placing, handler: orderRoutes(busy) });
    expect(inFlight).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_in_flight' },
      headers: { 'retry-after': '1' },
    });
    // It was not kept: the same request later is carried out.
    expect((await api.ask('POST', '/v1/orders', placing)).status).toBe(201);
  });

  test('what nobody foresaw is 500 without a word of what it was', async () => {
    const broken = {
      ...api.deps,
      orders: { ...api.orders, load: async () => Promise.reject(new Error('table orders-prod')) },
    };
    const answer = await api.ask('GET', `/v1/orders/${unknownOrder}`, { handler: orderRoutes(broken) });
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(answer.text).not.toMatch(/orders-prod|stack|\.ts/);
  });
});

describe('listing orders', () => {
  test('by external id, by customer, by status, newest first', async () => {
    const customer = { email: 'list@example.com', name: 'List' };
    const mine = [];
    for (let n = 0; n < 3; n++) {
      mine.unshift((await api.place({ externalId: `list-${n}`, customer })).id);
    }
    const by = async (query: string) => idsOf((await api.ask('GET', `/v1/orders?${query}`)).body);
    expect(await by('externalId=list-1')).toEqual([mine[1]]);
    expect(await by('externalId=list-1&channel=web')).toEqual([mine[1]]);
    expect(await by('externalId=list-1&channel=pos')).toEqual([]);
    expect(await by('externalId=nothing')).toEqual([]);
    expect(await by('customer=LIST@example.com')).toEqual(mine);
    const [first] = mine;
    const order = OrderResource.parse((await api.ask('GET', `/v1/orders/${first}`)).body);
    expect(await by(`customer=${order.customer.id}`)).toEqual(mine);
    await api.ask('POST', `/v1/orders/${first}/cancel`, { body: { reason: 'x' } });
    expect(await by('customer=list@example.com&status=CANCELED')).toEqual([first]);
    expect(await by('customer=list@example.com&status=PLACED')).toEqual(mine.slice(1));
    expect(await by('status=PARTIALLY_RETURNED')).toEqual([]);
    expect((await by('status=CANCELED&limit=100')).slice(0, 1)).toEqual([first]);
  });

  test('walking page by page finds each order once, whatever is placed meanwhile', async () => {
    const there = new Set<string>();
    for (let n = 0; n < 30; n++) there.add((await api.place()).id);
    const walked: string[] = [];
    let next = '/v1/orders?limit=7';
    while (next !== '') {
      const page = await api.ask('GET', next);
      walked.push(...idsOf(page.body));
      await api.place();
      next = /<https:\/\/api\.test([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1] ?? '';
      expect(Listed.parse(page.body).nextCursor === null).toBe(next === '');
    }
    expect(new Set(walked).size).toBe(walked.length);
    expect([...there].filter((id) => !walked.includes(id))).toEqual([]);
    expect(walked).toEqual(walked.toSorted().reverse());
  });

  test('a cursor is good for its filters and its key only, and only for a day', async () => {
    for (let n = 0; n < 3; n++) await api.place();
    const page = async (query: string, keyName = 'first') => api.ask('GET', `/v1/orders?${query}`, { keyName });
    const { nextCursor } = Listed.parse((await page('limit=1&status=PLACED')).body);
    const cursor = nextCursor ?? '';
    const invalid = { status: 400, body: { code: 'invalid_cursor' } };
    expect(await page(`limit=2&status=PLACED&cursor=${cursor}`)).toMatchObject({ status: 200 });
    expect(await page(`limit=1&status=CANCELED&cursor=${cursor}`)).toMatchObject(invalid);
    expect(await page(`limit=1&cursor=${cursor}`)).toMatchObject(invalid);
    expect(await page(`limit=1&status=PLACED&cursor=${cursor}`, 'key2')).toMatchObject(invalid);
    for (const index of [0, 20, cursor.length - 1]) {
      const letter = cursor[index] === 'A' ? 'B' : 'A';
      const tampered = `${cursor.slice(0, index)}${letter}${cursor.slice(index + 1)}`;
      expect(await page(`limit=1&status=PLACED&cursor=${tampered}`)).toMatchObject(invalid);
    }
    expect(await page(`limit=1&status=PLACED&cursor=${cursor}AAAA`)).toMatchObject(invalid);
    expect(await page('limit=1&status=PLACED&cursor=x')).toMatchObject(invalid);
    api.later(24 * 3_600_000);
    expect(await page(`limit=1&status=PLACED&cursor=${cursor}`)).toMatchObject(invalid);
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=',
    'limit=1&limit=2',
    'status=placed',
    'state=PLACED',
    'cursor=',
  ])('refuses ?%s', async (query) => {
    const answer = await api.ask('GET', `/v1/orders?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
  });
});

test('orders of many months are one list, newest first, over empty months', async () => {
  const quiet = await startApi();
  try {
    const placed: string[] = [];
    for (const days of [0, 3, 40, 200, 31]) {
      quiet.later(days * 24 * 3_600_000);
      placed.unshift((await quiet.place()).id);
    }
    const walked: string[] = [];
    let next = '/v1/orders?limit=2';
    while (next !== '') {
      const page = await quiet.ask('GET', next);
      walked.push(...idsOf(page.body));
      next = /<https:\/\/api\.test([^>]+)>/.exec(page.headers.link ?? '')?.[1] ?? '';
    }
    expect(walked).toEqual(placed);
  } finally {
    await quiet.stop();
  }
});
