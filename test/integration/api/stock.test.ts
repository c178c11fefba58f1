import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FulfillmentId, LocationId, OrderId, Sku } from '../../../shared/domain/ids.ts';
import { securePayment } from '../../../shared/use-cases/capture-payment.ts';
import { watchLevel } from '../../../shared/use-cases/stock/watch-level.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

let keys = 0;
const post = (path: string, body: unknown, key = `stock-${++keys}`) =>
  api.ask('POST', path, { body, headers: { 'idempotency-key': key }, as: 'warehouse' });
const at = (sku: string, location = 'dc-1') => `/v1/inventory/${sku}/locations/${location}`;
const stocked = async (sku: string, quantity: number, location = 'dc-1') => {
  const answer = await post(`${at(sku, location)}/receipts`, { quantity });
  expect(answer).toMatchObject({ status: 201, body: { stock: { sku } } });
};

test('an adjustment has a reason and postings; sent again it is answered in the same bytes and made once', async () => {
  await stocked('adj', 10);
  const body = { delta: -3, reason: 'damaged', note: 'Forklift' };
  const first = await post(`${at('adj')}/adjustments`, body, 'adj-1');
  expect(first).toMatchObject({
    status: 201,
    body: {
      kind: 'adjustment',
      reason: 'damaged',
      change: -3,
      postings: [{ from: 'AVAILABLE', to: 'EXTERNAL', quantity: 3 }],
      note: 'Forklift',
      actor: { role: 'warehouse' },
      stock: { onHand: 7, available: 7 },
    },
  });
  const again = await post(`${at('adj')}/adjustments`, body, 'adj-1');
  expect(again.text).toBe(first.text);
  expect(again.headers['idempotent-replayed']).toBe('true');
  const other = await post(`${at('adj')}/adjustments`, { ...body, delta: -4 }, 'adj-1');
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  expect((await api.bucket('adj', 'dc-1'))?.onHand).toBe(7);
});

test('more than there is cannot be taken; the refusal is kept for the key, even when there is enough by then', async () => {
  await stocked('few', 2);
  const refused = await post(`${at('few')}/adjustments`, { delta: -3, reason: 'lost' }, 'few-1');
  expect(refused).toMatchObject({ status: 409, body: { code: 'insufficient_stock', available: 2 } });
  await stocked('few', 5);
  const again = await post(`${at('few')}/adjustments`, { delta: -3, reason: 'lost' }, 'few-1');
  expect(again.text).toBe(refused.text);
  expect((await api.bucket('few', 'dc-1'))?.onHand).toBe(7);
});

test('units are set aside by reason and put back; what is damaged can be written off from there', async () => {
  await stocked('set', 10);
  const move = (quantity: number, from: string, to: string) => post(`${at('set')}/unavailable`, { quantity, from, to });
  await move(4, 'available', 'quality_control');
  await move(1, 'quality_control', 'damaged');
  expect(await move(3, 'quality_control', 'available')).toMatchObject({
    status: 201,
    body: { kind: 'status_change', change: 0, availableChange: 3, reason: 'released_from_quality_control' },
  });
  const written = await post(`${at('set')}/adjustments`, { delta: -1, reason: 'damaged', in: 'damaged' });
  expect(written).toMatchObject({
    body: { stock: { onHand: 9, available: 9, unavailable: 0, unavailableBy: { damaged: 0 } } },
  });
  expect(await move(1, 'quarantine', 'available')).toMatchObject({ status: 409, body: { code: 'insufficient_stock' } });
});

test('a count of an hour ago is corrected by what orders and operators moved since, and leaves promises alone', async () => {
  await stocked('cnt', 10);
  const { id } = await api.place({ lines: [{ sku: 'cnt', quantity: 4, unitPrice: 1 }] });
  const [fulfillment] = await api.confirm(id);
  api.later(1000);
  const asOf = new Date(api.system.now()).toISOString();
  api.later(60_000);
  for (const verb of ['accept', 'pick', 'pack']) {
    await post(`/v1/fulfillments/${fulfillment}/${verb}`, undefined);
  }
  const by = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
  await securePayment(api.deps, OrderId.parse(id), FulfillmentId.parse(fulfillment), by);
  const shipped = await post(`/v1/fulfillments/${fulfillment}/ship`, { carrier: 'own', trackingNumber: '1' });
  expect(shipped).toMatchObject({ status: 200 });
  await stocked('cnt', 5);
  // 9 were found; 5 came since, and 4 have left with the order.
  const counted = await post(`${at('cnt')}/counts`, { counted: 9, asOf });
  expect(counted).toMatchObject({
    status: 201,
    body: {
      kind: 'count',
      count: { counted: 9, expected: 10, missing: 0 },
      change: -1,
      stock: { onHand: 10, committed: 0 },
    },
  });
  const ledger = await api.ask('GET', '/v1/inventory/cnt/ledger');
  expect(ledger.text).toContain(`"reference":{"type":"order","id":"${id}"}`);
});

test('a count that does not find promised units is refused, or leaves an open discrepancy', async () => {
  await stocked('mis', 5);
  const { id } = await api.place({ lines: [{ sku: 'mis', quantity: 4, unitPrice: 1 }] });
  await api.confirm(id);
  expect(await post(`${at('mis')}/counts`, { counted: 1 })).toMatchObject({
    status: 409,
    body: { code: 'below_committed', committed: 4 },
  });
  const open = await post(`${at('mis')}/counts`, { counted: 1, onMissing: 'open_discrepancy' });
  expect(open).toMatchObject({ status: 201, body: { stock: { onHand: 4, available: 0, committed: 4, missing: 3 } } });
  expect(await post(`${at('mis')}/counts`, { counted: 6 })).toMatchObject({
    body: { stock: { onHand: 6, available: 2, missing: 0 } },
  });
  const future = { counted: 1, asOf: '2099-01-01T00:00:00Z' };
  expect(await post(`${at('mis')}/counts`, future)).toMatchObject({
    status: 422,
    body: { code: 'count_time_not_allowed' },
  });
});

describe('transfers', () => {
  const eta = '2026-02-01T00:00:00.000Z';
  const create = (sku: string, quantity: number, more: object = { eta }) =>
    post('/v1/transfers', { from: 'dc-1', to: 'dc-2', lines: [{ sku, quantity }], ...more });
  const idOf = ({ body }: { body: unknown }) => String((body as { id: string }).id);

  test('an immediate one is one transaction: there is no moment in which units are nowhere', async () => {
    await stocked('now', 5);
    expect(await create('now', 3, { mode: 'immediate' })).toMatchObject({ status: 201, body: { status: 'received' } });
    expect(await api.bucket('now', 'dc-1')).toMatchObject({ onHand: 2 });
    expect(await api.bucket('now', 'dc-2')).toMatchObject({ onHand: 3, available: 3 });
    expect(await create('now', 3, { mode: 'immediate' })).toMatchObject({ status: 409 });
  });

  test('a dispatched one is expected at its destination; what does not arrive is visible as lost', async () => {
    await stocked('trk', 10);
    const made = await create('trk', 10);
    expect(made).toMatchObject({ status: 201, body: { status: 'in_transit', lines: [{ inTransit: 10 }] } });
    expect(made.headers.location).toBe(`/v1/transfers/${idOf(made)}`);
    expect(await api.ask('GET', '/v1/supplies?sku=trk', {})).toMatchObject({
      body: { data: [{ quantity: 10, outstanding: 10, eta, source: { type: 'transfer' } }] },
    });
    const path = `/v1/transfers/${idOf(made)}`;
    const some = { lines: [{ sku: 'trk', quantity: 6 }] };
    expect(await post(`${path}/receive`, some)).toMatchObject({ status: 200, body: { lines: [{ inTransit: 4 }] } });
    expect(await post(`${path}/receive`, some)).toMatchObject({ status: 409, body: { code: 'not_in_transit' } });
    const last = { lines: [{ sku: 'trk', quantity: 3, into: 'damaged' }], final: true };
    expect(await post(`${path}/receive`, last)).toMatchObject({
      body: { status: 'received_short', lines: [{ received: 9, lost: 1, inTransit: 0 }] },
    });
    expect(await api.bucket('trk', 'dc-2')).toMatchObject({ onHand: 9, available: 6, damaged: 3 });
    expect(await post(`${path}/cancel`, { reason: 'late' })).toMatchObject({ body: { code: 'transfer_closed' } });
    expect(await api.ask('GET', '/v1/supplies?sku=trk')).toMatchObject({ body: { data: [] } });
    expect(await api.ask('GET', '/v1/transfers?status=received_short')).toMatchObject({
      body: { data: [{ lines: [{ lost: 1 }] }] },
    });
  });

  test('a canceled one brings back what is in transit', async () => {
    await stocked('bak', 4);
    const made = await create('bak', 4);
    expect(await post(`/v1/transfers/${idOf(made)}/cancel`, { reason: 'truck' })).toMatchObject({
      status: 200,
      body: { status: 'canceled', lines: [{ returned: 4 }] },
    });
    expect(await api.bucket('bak', 'dc-1')).toMatchObject({ onHand: 4, available: 4 });
  });
});

test('supply is expected, changed, received in parts with receipts, and listed soonest first', async () => {
  const expectSupply = (quantity: number, eta: string) =>
    post('/v1/supplies', {
      sku: 'sup',
      locationId: 'dc-1',
      quantity,
      eta,
      source: { type: 'purchase_order', id: 'PO-1' },
    });
  const late = await expectSupply(5, '2026-03-01T00:00:00Z');
  const soon = await expectSupply(8, '2026-02-01T00:00:00Z');
  const id = String((soon.body as { id: string }).id);
  const list = await api.ask('GET', '/v1/supplies?sku=sup&limit=1');
  expect(list).toMatchObject({ body: { data: [{ id }] } });
  const next = await api.ask(
    'GET',
    `/v1/supplies?sku=sup&limit=1&cursor=${(list.body as { nextCursor: string }).nextCursor}`,
  );
  expect(next).toMatchObject({ body: { data: [{ id: (late.body as { id: string }).id }], nextCursor: null } });
  const receive = (quantity: number, location = 'dc-1') =>
    post(`${at('sup', location)}/receipts`, { quantity, supplyId: id });
  expect(await receive(3)).toMatchObject({ status: 201, body: { reference: { type: 'supply', id } } });
  expect(await receive(3, 'dc-2')).toMatchObject({ status: 422, body: { code: 'supply_mismatch' } });
  const change = (quantity: number) =>
    api.ask('PUT', `/v1/supplies/${id}`, { body: { quantity, eta: '2026-02-02T00:00:00Z' } });
  expect(await change(2)).toMatchObject({ status: 409, body: { code: 'below_promised' } });
  expect(await change(6)).toMatchObject({ status: 200, body: { outstanding: 3, version: 3 } });
  expect(await change(6)).toMatchObject({ status: 200, body: { version: 3 } });
  await receive(3);
  expect(await api.ask('GET', `/v1/supplies/${id}`)).toMatchObject({ body: { status: 'received', outstanding: 0 } });
  expect(await receive(1)).toMatchObject({ status: 409, body: { code: 'supply_closed' } });
});

test('the ledger of a SKU is read in pages, newest first, by location and time', async () => {
  await stocked('led', 1);
  api.later(60_000);
  const from = new Date(api.system.now()).toISOString();
  for (const n of [2, 3, 4]) await stocked('led', n, n === 3 ? 'dc-2' : 'dc-1');
  const read = async (query: string) => {
    const found: number[] = [];
    let cursor: string | null = '';
    do {
      const answer = await api.ask(
        'GET',
        `/v1/inventory/led/ledger?limit=2${query}${cursor ? `&cursor=${cursor}` : ''}`,
      );
      const page = answer.body as { data: { change: number }[]; nextCursor: string | null };
      found.push(...page.data.map(({ change }) => change));
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  };
  expect((await read('')).sort()).toEqual([1, 2, 3, 4]);
  expect((await read(`&from=${from}`)).sort()).toEqual([2, 3, 4]);
  expect(await read(`&to=${from}`)).toEqual([1]);
  expect(await read('&location=dc-2')).toEqual([3]);
  expect(await read(`&from=${from}&to=${from}`)).toEqual([]);
  const backwards = await api.ask('GET', `/v1/inventory/led/ledger?from=${from}&to=2026-01-01T00:00:00Z`);
  expect(backwards).toMatchObject({ status: 400, body: { code: 'invalid_parameter', errors: [{ parameter: 'to' }] } });
  expect(await api.ask('GET', '/v1/inventory/never/ledger')).toMatchObject({ status: 404 });
});

test('low, out and back are announced once each, whatever the number of looks; the list finds them', async () => {
  await stocked('lvl', 10);
  expect(await api.ask('PUT', '/v1/inventory/lvl/threshold', { body: { lowAt: 4 } })).toMatchObject({ status: 200 });
  const look = () => watchLevel(api, Sku.parse('lvl'), LocationId.parse('dc-1'), 'test');
  const take = (delta: number) => post(`${at('lvl')}/adjustments`, { delta, reason: 'correction' });
  const listed = async (level: string) => (await api.ask('GET', `/v1/inventory?level=${level}`)).text.includes('"lvl"');
  expect(await look()).toBe('same');
  await take(-6);
  expect([await look(), await look(), await listed('low')]).toEqual(['announced', 'same', true]);
  await take(-4);
  expect([await look(), await look(), await listed('out'), await listed('low')]).toEqual([
    'announced',
    'same',
    true,
    false,
  ]);
  await take(2);
  expect([await look(), await look()]).toEqual(['announced', 'same']);
  await take(20);
  expect([await look(), await listed('low'), await listed('out')]).toEqual(['noted', false, false]);
});

test('SKUs are listed by SKU, at a location', async () => {
  await stocked('zz-1', 1, 'store-1');
  await stocked('zz-2', 1, 'store-1');
  const page = await api.ask('GET', '/v1/inventory?location=store-1&limit=1');
  expect(page).toMatchObject({ body: { data: [{ sku: 'zz-1', totals: { onHand: 1 } }] } });
  const { nextCursor } = page.body as { nextCursor: string };
  expect(await api.ask('GET', `/v1/inventory?location=store-1&limit=1&cursor=${nextCursor}`)).toMatchObject({
    body: { data: [{ sku: 'zz-2' }], nextCursor: null },
  });
});

describe('bad input changes nothing', () => {
  const eta = '2026-02-01T00:00:00Z';
  const lines = [{ sku: 'tea', quantity: 1 }];
  test.each([
    [`${at('tea')}/adjustments`, { delta: 0, reason: 'found' }, 422, '/delta'],
    [`${at('tea')}/adjustments`, { delta: -1, reason: 'found' }, 422, '/delta'],
    [`${at('tea')}/adjustments`, { delta: 1, reason: 'theft' }, 422, '/delta'],
    [`${at('tea')}/adjustments`, { delta: 1, reason: 'magic' }, 422, '/reason'],
    [`${at('tea')}/adjustments`, { delta: 1.5, reason: 'found' }, 422, '/delta'],
    [`${at('tea')}/adjustments`, { delta: 2e9, reason: 'found' }, 422, '/delta'],
    [`${at('tea')}/adjustments`, { delta: 1, reason: 'found', in: 'committed' }, 422, '/in'],
    [`${at('tea')}/receipts`, { quantity: -1 }, 422, '/quantity'],
    [`${at('tea')}/receipts`, { quantity: 1, reference: { type: 'transfer', id: 'x' } }, 422, '/reference/type'],
    [`${at('tea')}/counts`, { counted: -1 }, 422, '/counted'],
    [`${at('tea')}/unavailable`, { quantity: 1, from: 'damaged', to: 'damaged' }, 422, '/to'],
    ['/v1/transfers', { from: 'dc-1', to: 'dc-1', lines, eta }, 422, '/to'],
    ['/v1/transfers', { from: 'dc-1', to: 'dc-2', lines }, 422, '/eta'],
    ['/v1/transfers', { from: 'dc-1', to: 'dc-2', lines, eta: '9999-12-31T23:59:59-14:00' }, 422, '/eta'],
    [`${at('tea')}/counts`, { counted: 1, asOf: '0000-01-01T00:00:00+14:00' }, 422, '/asOf'],
    [
      '/v1/supplies',
      {
        sku: 'tea',
        locationId: 'dc-1',
        quantity: 1,
        eta: '9999-12-31T23:59:59-14:00',
        source: { type: 'other', id: 'x' },
      },
      422,
      '/eta',
    ],
    ['/v1/transfers', { from: 'dc-1', to: 'dc-2', lines: [...lines, ...lines], eta }, 422, '/lines/1/sku'],
    [
      '/v1/supplies',
      { sku: 'tea', locationId: 'dc-1', quantity: 0, eta, source: { type: 'other', id: 'x' } },
      422,
      '/quantity',
    ],
  ])('%s %j', async (path, body, status, pointer) => {
    const before = await api.bucket('tea', 'dc-1');
    expect(await post(path, body)).toMatchObject({ status, body: { errors: [{ pointer }] } });
    expect(await api.bucket('tea', 'dc-1')).toEqual(before);
  });

  test('a supply of a year of five digits is refused: who lists supplies would fail on it for ever', async () => {
    const supply = (eta: string) => ({
      sku: 'tea',
      locationId: 'dc-1',
      quantity: 1,
      eta,
      source: { type: 'other', id: 'x' },
    });
    const made = await post('/v1/supplies', supply('2999-12-31T23:59:59-01:00'));
    expect(made).toMatchObject({ status: 422, body: { errors: [{ pointer: '/eta', code: 'out_of_range' }] } });
    expect(await post('/v1/supplies', supply('soon'))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/eta', code: 'invalid_format' }] },
    });
    const { id } = (await post('/v1/supplies', supply('2999-12-31T23:59:59Z'))).body as { id: string };
    const put = await api.ask('PUT', `/v1/supplies/${id}`, { body: { quantity: 1, eta: '9999-12-31T23:59:59-14:00' } });
    expect(put).toMatchObject({ status: 422 });
    expect(await api.ask('GET', '/v1/supplies?sku=tea')).toMatchObject({ status: 200 });
  });

  test('more than a location holds, unknown locations, missing keys, other roles', async () => {
    await stocked('max', 1_000_000_000);
    expect(await post(`${at('max')}/receipts`, { quantity: 1 })).toMatchObject({
      status: 409,
      body: { code: 'stock_limit' },
    });
    expect(await post(`${at('max', 'nowhere')}/receipts`, { quantity: 1 })).toMatchObject({
      status: 404,
      body: { code: 'location_not_found' },
    });
    const transfer = { from: 'dc-1', to: 'nowhere', lines, eta };
    const unknown = (pointer: string) => ({
      status: 422,
      body: { code: 'unknown_location', locationId: 'nowhere', errors: [{ pointer, code: 'unknown_location' }] },
    });
    expect(await post('/v1/transfers', transfer)).toMatchObject(unknown('/to'));
    expect(await post('/v1/transfers', { ...transfer, from: 'nowhere', to: 'dc-1' })).toMatchObject(unknown('/from'));
    const supply = { sku: 'tea', locationId: 'nowhere', quantity: 1, eta, source: { type: 'other', id: 'x' } };
    const headers = { 'idempotency-key': 'of-a-place-to-come' };
    const ask = () => api.ask('POST', '/v1/supplies', { body: supply, headers, as: 'warehouse' });
    expect(await ask()).toMatchObject(unknown('/locationId'));
    // Made a moment later, it is there for the same request.
    await api.ask('PUT', '/v1/locations/nowhere', { body: { name: 'Somewhere', kind: 'store', timeZone: 'UTC' } });
    expect(await ask()).toMatchObject({ status: 201, body: { locationId: 'nowhere' } });
    const unkeyed = { body: { quantity: 1 }, as: 'warehouse' } as const;
    expect(await api.ask('POST', `${at('tea')}/receipts`, unkeyed)).toMatchObject({ status: 400 });
    expect(await api.ask('POST', `${at('tea')}/receipts`, { ...unkeyed, as: 'agent' })).toMatchObject({ status: 403 });
  });
});
