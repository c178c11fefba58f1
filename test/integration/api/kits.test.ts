import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { auditOrder, bucketsBalance } from '../../../shared/domain/invariants.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
let numbered = 0;
let set = '';
let cup = '';
let pot = '';

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const stock = (sku: string, onHand: number, locationId = 'dc-1') =>
  api.ask('PUT', `/v1/inventory/${sku}/locations/${locationId}`, { body: { onHand } });
const define = (sku: string, components: unknown) => api.ask('PUT', `/v1/kits/${sku}`, { body: { components } });
const teaSet = () => [
  { sku: cup, perUnit: 4 },
  { sku: pot, perUnit: 1 },
];
const place = (lines: unknown[], key = `kits-${++numbered}`) =>
  api.ask('POST', '/v1/orders', {
    body: { ...orderBody, externalId: key, lines },
    headers: { 'idempotency-key': key },
    as: 'storefront',
  });
const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const counts = async (sku: string, locationId = 'dc-1') => {
  const found = await api.bucket(sku, locationId);
  if (!found) throw new Error(`no bucket of ${sku}`);
  expect(bucketsBalance(found)).toEqual([]);
  const { available, committed, onHand } = found;
  return { available, committed, onHand };
};
const act = (id: string, verb: string, body?: unknown) =>
  api.ask('POST', `/v1/fulfillments/${id}/${verb}`, { as: 'warehouse', ...(body !== undefined && { body }) });

beforeEach(async () => {
  numbered += 1;
  [set, cup, pot] = [`set-${numbered}`, `cup-${numbered}`, `pot-${numbered}`];
  await stock(cup, 10);
  await stock(pot, 3);
});

describe('definitions', () => {
  test('are put, read, listed by the page and forgotten', async () => {
    const put = await define(set, teaSet());
    expect(put).toMatchObject({ status: 200, body: { sku: set, components: teaSet() } });
    expect((await api.ask('GET', `/v1/kits/${set}`, { as: 'storefront' })).body).toEqual(put.body);
    await define(`${set}-b`, teaSet());
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await api.ask('GET', `/v1/kits?limit=1${cursor && `&cursor=${cursor}`}`);
      const { data, nextCursor } = page.body as { data: { sku: string }[]; nextCursor: string | null };
      found.push(...data.map((one) => one.sku));
      cursor = nextCursor;
    }
    expect(found.filter((one) => one.startsWith(set))).toEqual([set, `${set}-b`]);
    expect(await api.ask('DELETE', `/v1/kits/${set}`)).toMatchObject({ status: 204 });
    expect(await api.ask('GET', `/v1/kits/${set}`)).toMatchObject({ status: 404, body: { code: 'kit_not_found' } });
    expect(await api.ask('DELETE', `/v1/kits/${set}`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['nothing', () => [], '/components'],
    ['none of a component', () => [{ sku: cup, perUnit: 0 }], '/components/0/perUnit'],
    ['a component twice', () => [...teaSet(), { sku: cup, perUnit: 1 }], '/components/2/sku'],
    ['itself', () => [{ sku: set, perUnit: 1 }], '/components/0/sku'],
    ['what never had stock', () => [...teaSet(), { sku: 'never', perUnit: 1 }], '/components/2/sku'],
    ['more than 20', () => Array.from({ length: 21 }, (_, n) => ({ sku: `c-${n}`, perUnit: 1 })), '/components'],
  ] as const)('made of %s: refused, nothing is kept', async (_, components, pointer) => {
    const answer = await define(set, components());
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ pointer }] },
    });
    expect(await api.ask('GET', `/v1/kits/${set}`)).toMatchObject({ status: 404 });
  });

  test('a kit is no component of another; only who administers may say what is made of what', async () => {
    await define(set, teaSet());
    await stock(set, 1);
    const nested = await define(`${set}-big`, [{ sku: set, perUnit: 2 }]);
    expect(nested).toMatchObject({
      status: 422,
      body: { code: 'component_is_kit', errors: [{ pointer: '/components/0/sku' }] },
    });
    const asked = await api.ask('PUT', `/v1/kits/${set}`, { body: { components: teaSet() }, as: 'storefront' });
    expect(asked.status).toBe(403);
  });
});

describe('orders', () => {
  test('of a SKU that is a kit take its components, as they are defined when it is placed', async () => {
    await define(set, teaSet());
    const placed = await place([{ sku: set, quantity: 2, unitPrice: 4000 }]);
    expect(placed).toMatchObject({ status: 201, body: { lines: [{ kind: 'kit', components: teaSet() }] } });
    const { id } = OrderResource.parse(placed.body);
    // Later definitions are for later orders.
    await define(set, [{ sku: cup, perUnit: 6 }]);
    await api.confirm(id);
    expect([await counts(cup), await counts(pot)]).toEqual([
      { available: 2, committed: 8, onHand: 10 },
      { available: 1, committed: 2, onHand: 3 },
    ]);
    const [fulfillment] = (await read(id)).fulfillments;
    expect(fulfillment?.lines).toMatchObject([
      {
        sku: set,
        quantity: 2,
        components: [
          { sku: cup, perUnit: 4, quantity: 8 },
          { sku: pot, perUnit: 1, quantity: 2 },
        ],
      },
    ]);
  });

  test('name the components themselves; picked short by a piece, shipped, the rest queued: the log and the stock agree', async () => {
    const placed = await place([{ sku: set, quantity: 2, unitPrice: 4000, components: teaSet() }]);
    const { id } = OrderResource.parse(placed.body);
    const [fulfillment = ''] = await api.confirm(id);
    expect((await act(fulfillment, 'accept')).status).toBe(200);
    const lines = [{ lineId: 'line_1', picked: 1, reason: 'damaged', missing: [{ sku: pot, quantity: 1 }] }];
    expect(await act(fulfillment, 'pick', { lines })).toMatchObject({
      status: 200,
      body: { lines: [{ picked: 1, shorted: 1 }] },
    });
    expect([await counts(cup), await counts(pot)]).toEqual([
      { available: 6, committed: 4, onHand: 10 },
      { available: 1, committed: 1, onHand: 3 },
    ]);
    for (const verb of ['pack', 'ship', 'deliver']) expect((await act(fulfillment, verb)).status).toBe(200);
    expect(await counts(cup)).toEqual({ available: 6, committed: 0, onHand: 6 });
    const order = await read(id);
    expect(order.balance).toMatchObject({ captured: 4000 });
    const stored = await api.orders.load(OrderId.parse(id));
    expect(stored && auditOrder(stored, await api.orders.events(stored.id))).toEqual([]);
  });

  test('canceled while they wait for a component: the row in each queue goes', async () => {
    const { id } = OrderResource.parse(
      (await place([{ sku: set, quantity: 4, unitPrice: 4000, components: teaSet() }])).body,
    );
    await api.confirm(id).catch(() => undefined);
    expect((await read(id)).status).toBe('BACKORDERED');
    const later = OrderResource.parse((await place([{ sku: cup, quantity: 1, unitPrice: 500 }])).body);
    await api.confirm(later.id).catch(() => undefined);
    expect((await read(later.id)).status).toBe('BACKORDERED');
    await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'changed' } });
    await api.confirm(later.id);
    expect((await read(later.id)).status).toBe('CONFIRMED');
  });

  test.each([
    ['an unknown component', () => ({ components: [{ sku: 'never', perUnit: 1 }] }), '/lines/0/components/0/sku'],
    ['itself as a component', () => ({ components: [{ sku: set, perUnit: 1 }] }), '/lines/0/components/0/sku'],
    ['a digital kit', () => ({ kind: 'digital', components: teaSet() }), '/lines/0/components'],
    [
      'a customized download',
      () => ({ kind: 'digital', customization: { capability: 'engrave', instructions: ['A'] } }),
      '/lines/0/customization',
    ],
    [
      'a skill with a space',
      () => ({ customization: { capability: 'en grave', instructions: ['A'] } }),
      '/lines/0/customization/capability',
    ],
    [
      'blank instructions',
      () => ({ customization: { capability: 'engrave', instructions: [' '] } }),
      '/lines/0/customization/instructions/0',
    ],
    [
      'instructions without end',
      () => ({ customization: { capability: 'engrave', instructions: Array(21).fill('A') } }),
      '/lines/0/customization/instructions',
    ],
  ] as const)('with %s: a clear 422 that points there', async (_, more, pointer) => {
    const answer = await place([{ sku: set, quantity: 1, unitPrice: 1, ...more() }]);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test('with more pieces than any line may have: refused', async () => {
    const answer = await place([
      { sku: set, quantity: 1000, unitPrice: 1, components: [{ sku: cup, perUnit: 10_000 }] },
    ]);
    expect(answer).toMatchObject({ status: 422, body: { code: 'order_too_large' } });
  });
});

describe('availability of a kit', () => {
  const ask = async () =>
    (await api.ask('GET', `/v1/availability?sku=${set}&storefront=web`, { as: 'storefront' })).body as {
      availableToSell: number;
      locations: { locationId: string; availableToSell: number }[];
    };

  test('is what the scarcest component at each location makes, whole kits only, safety stock left', async () => {
    await define(set, teaSet());
    await stock(cup, 9, 'dc-2');
    await stock(pot, 1, 'dc-2');
    const { availableToSell, locations } = await ask();
    expect(availableToSell).toBe(3);
    expect(locations.map((one) => `${one.locationId} ${one.availableToSell}`)).toEqual(['dc-1 2', 'dc-2 1']);
    await api.ask('PUT', '/v1/safety-stock', { body: { sku: cup, locationId: 'dc-1', units: 3 } });
    expect((await ask()).availableToSell).toBe(2);
    const batch = await api.ask('POST', '/v1/availability', { body: { storefront: 'web', skus: [set, 'never'] } });
    expect(batch.body).toMatchObject({
      data: [
        { sku: set, availableToSell: 2 },
        { sku: 'never', status: 'unknown' },
      ],
    });
    const { id } = OrderResource.parse((await place([{ sku: set, quantity: 1, unitPrice: 4000 }])).body);
    await api.confirm(id);
    expect((await ask()).availableToSell).toBe(1);
  });
});

describe('a cart holds a kit', () => {
  const hold = (lines: object[], key: string) =>
    api.ask('POST', '/v1/cart-holds', {
      body: { storefront: 'web', lines, seconds: 60 },
      headers: { 'idempotency-key': `${key}-${set}` },
      as: 'storefront',
    });
  const buy = (cartHoldId: string, quantity: number, key: string) =>
    api.ask('POST', '/v1/orders', {
      body: { ...orderBody, externalId: `${key}-${set}`, lines: [{ sku: set, quantity, unitPrice: 4000 }], cartHoldId },
      headers: { 'idempotency-key': `${key}-${set}` },
      as: 'storefront',
    });

  test('as its components, all at one site; with the order they are the kit’s reservations, nothing in between', async () => {
    await define(set, teaSet());
    // Two sets would have their cups at the one place and their pots at the other.
    await stock(cup, 20, 'dc-2');
    await stock(pot, 1, 'dc-2');
    const held = await hold([{ sku: set, quantity: 2 }], 'kit');
    expect(held).toMatchObject({
      status: 201,
      body: {
        units: [
          { sku: cup, locationId: 'dc-1', quantity: 8 },
          { sku: pot, locationId: 'dc-1', quantity: 2 },
        ],
      },
    });
    expect([await counts(cup), await counts(pot)]).toMatchObject([{ available: 2 }, { available: 1 }]);
    const placed = await buy((held.body as { id: string }).id, 2, 'bought');
    const { id } = OrderResource.parse(placed.body);
    expect([await counts(cup), await counts(pot)]).toEqual([
      { available: 2, committed: 8, onHand: 10 },
      { available: 1, committed: 2, onHand: 3 },
    ]);
    await api.confirm(id);
    expect((await read(id)).lines).toMatchObject([
      { reservations: [{ locationId: 'dc-1', quantity: 2, state: 'ALLOCATED' }], components: teaSet() },
    ]);
    await api.ask('POST', `/v1/orders/${id}/cancel`, {
      body: { reason: 'changed my mind' },
      headers: { 'idempotency-key': `cancel-${set}` },
    });
    expect([await counts(cup), await counts(pot)]).toMatchObject([
      { available: 10, committed: 0 },
      { available: 3, committed: 0 },
    ]);
  });

  test('or not at all: told what one site has, nothing is held', async () => {
    await define(set, teaSet());
    await stock(cup, 3);
    await stock(cup, 20, 'dc-2');
    const answer = await hold([{ sku: set, quantity: 1 }], 'scattered');
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'stock_short',
        short: [{ sku: set, requested: 1, available: 0 }],
        errors: [{ pointer: '/lines/0/quantity' }],
      },
    });
    expect([await counts(cup), await counts(pot)]).toMatchObject([{ available: 3 }, { available: 3 }]);
  });

  test('a kit and its component in one cart never count the same unit (medusa #16502)', async () => {
    await define(set, teaSet());
    const lines = [
      { sku: cup, quantity: 3 },
      { sku: set, quantity: 2 },
    ];
    expect(await hold(lines, 'both')).toMatchObject({ status: 409, body: { short: [{ sku: set, available: 2 }] } });
    const held = await hold(
      [
        { sku: cup, quantity: 2 },
        { sku: set, quantity: 2 },
      ],
      'fits',
    );
    expect(held).toMatchObject({
      status: 201,
      body: {
        units: [
          { sku: cup, quantity: 10 },
          { sku: pot, quantity: 2 },
        ],
      },
    });
    const { id } = held.body as { id: string };
    expect(await api.ask('DELETE', `/v1/cart-holds/${id}`, { as: 'storefront' })).toMatchObject({ status: 204 });
    expect([await counts(cup), await counts(pot)]).toMatchObject([{ available: 10 }, { available: 3 }]);
  });
});

describe('digital and customized lines', () => {
  test('a download has never had stock, and needs none', async () => {
    const { id, lines } = OrderResource.parse(
      (await place([{ sku: 'e-book', kind: 'digital', quantity: 1, unitPrice: 900 }])).body,
    );
    expect(lines[0]?.kind).toBe('digital');
    await api.confirm(id);
    expect(await read(id)).toMatchObject({ fulfillments: [], nextAction: { action: 'DELIVER_DIGITAL' } });
    const missing = await place([{ sku: 'e-book', quantity: 1, unitPrice: 900 }]);
    expect(missing).toMatchObject({ status: 422, body: { code: 'unknown_sku' } });
  });

  test('a work order from accepting to picking; the wish is on it and in no event', async () => {
    await stock(cup, 5, 'dc-2');
    const wish = { capability: 'engrave', instructions: ['Ada', '10 December 1815'] };
    const line = { sku: cup, quantity: 1, unitPrice: 900, customization: wish };
    // The same mug twice, with different words.
    const other = { ...line, customization: { ...wish, instructions: ['Bob'] } };
    const { id } = OrderResource.parse((await place([line, other])).body);
    const [fulfillment = ''] = await api.confirm(id);
    const order = await read(id);
    expect(order.fulfillments).toMatchObject([
      {
        locationId: 'dc-2',
        workOrder: {
          status: 'TO_DO',
          lines: [
            { lineId: 'line_1', sku: cup, quantity: 1, ...wish },
            { lineId: 'line_2', instructions: ['Bob'] },
          ],
        },
      },
    ]);
    const refused = await act(fulfillment, 'pick');
    expect(refused).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
    await act(fulfillment, 'accept');
    expect(await act(fulfillment, 'pick')).toMatchObject({
      status: 409,
      body: { code: 'customization_not_done', possible: ['startCustomization', 'reject'] },
    });
    expect(await act(fulfillment, 'start-customization')).toMatchObject({
      status: 200,
      body: { status: 'CUSTOMIZING', workOrder: { status: 'IN_PROGRESS' }, possibleCommands: ['finishCustomization'] },
    });
    expect(await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'changed' } })).toMatchObject({
      status: 409,
      body: { code: 'customization_begun' },
    });
    expect(await act(fulfillment, 'reject', { reason: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'customization_begun' },
    });
    expect(await act(fulfillment, 'finish-customization')).toMatchObject({
      status: 200,
      body: { status: 'CUSTOMIZED', workOrder: { status: 'DONE' }, possibleCommands: ['pick'] },
    });
    for (const verb of ['pick', 'pack', 'ship']) expect((await act(fulfillment, verb)).status).toBe(200);
    const events = await api.ask('GET', `/v1/orders/${id}/events`);
    expect(events.text).not.toContain('1815');
    expect(events.text).toContain('customization.finished');
    const asked = await api.ask('GET', `/v1/fulfillments/${fulfillment}`, { as: 'warehouse' });
    expect(asked.text).toContain('1815');
  });

  test('nobody can do it anywhere: it waits, and why is told', async () => {
    const customization = { capability: 'gild', instructions: ['all over'] };
    const { id } = OrderResource.parse((await place([{ sku: cup, quantity: 1, unitPrice: 900, customization }])).body);
    await api.confirm(id).catch(() => undefined);
    expect((await read(id)).status).toBe('BACKORDERED');
    const routing = await api.ask('GET', `/v1/orders/${id}/routing`);
    expect(routing.text).toContain('NO_CAPABILITY');
    expect(routing.text).toContain('customize:gild');
  });
});
