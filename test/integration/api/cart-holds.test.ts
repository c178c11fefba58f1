import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Sku } from '../../../shared/domain/ids.ts';
import { bucketsBalance } from '../../../shared/domain/invariants.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { CartHoldId } from '../../../shared/domain/stock/cart-hold.ts';
import { holdCart, sweepCartHolds } from '../../../shared/use-cases/stock/cart-holds.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
let keys = 0;
let sku = '';
let numbered = 0;

const bucket = async (locationId = 'dc-1') => {
  const found = await api.bucket(sku, locationId);
  if (!found) throw new Error(`no bucket of ${sku}`);
  expect(bucketsBalance(found)).toEqual([]);
  const { available, held, committed } = found;
  return { available, held, committed };
};
const stock = (onHand: number, locationId = 'dc-1') =>
  api.ask('PUT', `/v1/inventory/${sku}/locations/${locationId}`, { body: { onHand } });
const hold = (quantity: number, more: Record<string, unknown> = {}, key = `hold-${++keys}`) =>
  api.ask('POST', '/v1/cart-holds', {
    body: { storefront: 'web', lines: [{ sku, quantity }], seconds: 60, ...more },
    headers: { 'idempotency-key': key },
    as: 'storefront',
  });
const held = async (quantity: number, more: Record<string, unknown> = {}) => {
  const answer = await hold(quantity, more);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body as { id: string; heldUntil: string; units: unknown[] };
};
const order = (cartHoldId: string, quantity: number, key = `order-${++keys}`) =>
  api.ask('POST', '/v1/orders', {
    body: { ...orderBody, externalId: `cart-${key}`, cartHoldId, lines: [{ sku, quantity, unitPrice: 100 }] },
    headers: { 'idempotency-key': key },
    as: 'storefront',
  });
const state = async (id: string) => ((await api.ask('GET', `/v1/cart-holds/${id}`)).body as { state: string }).state;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(() => {
  sku = `held-${++numbered}`;
});

describe('holding a cart', () => {
  test('takes the units out of sale, all or none, and says until when', async () => {
    await stock(5);
    const { id, units } = await held(3);
    expect(units).toEqual([{ sku, locationId: 'dc-1', quantity: 3 }]);
    expect(await bucket()).toEqual({ available: 2, held: 3, committed: 0 });
    const short = await hold(3);
    expect(short).toMatchObject({
      status: 409,
      body: {
        code: 'stock_short',
        short: [{ sku, requested: 3, available: 2 }],
        errors: [{ pointer: '/lines/0/quantity' }],
      },
    });
    expect(await bucket()).toEqual({ available: 2, held: 3, committed: 0 });
    expect(await state(id)).toBe('HELD');
  });

  test('the same request holds once, whoever sends it how often; another one under its key is refused', async () => {
    await stock(5);
    const answers = await Promise.all(Array.from({ length: 8 }, () => hold(2, {}, 'same-key')));
    expect(new Set(answers.map(({ body }) => (body as { id: string }).id)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(await bucket()).toMatchObject({ held: 2 });
    expect(await hold(1, {}, 'same-key')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('200 buyers for 1 unit: one has it, the others are told in one round trip', async () => {
    await stock(1);
    const buy = (buyer: number) =>
      holdCart(api.deps, {
        id: CartHoldId.parse(`hld_${String(buyer + 1).padStart(26, '0')}`),
        requestHash: '',
        storefrontId: StorefrontId.parse('web'),
        lines: [{ sku: Sku.parse(sku), quantity: 1 }],
        seconds: 60,
      });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, buyer) => buy(buyer)));
    const of = (outcome: string) => answers.filter((answer) => answer.outcome === outcome).length;
    expect({ held: of('held'), short: of('short') }).toEqual({ held: 1, short: 199 });
    expect(await bucket()).toEqual({ available: 0, held: 1, committed: 0 });
  });

  test('takes from several places when one has too few, and never what safety stock keeps back', async () => {
    await stock(5, 'dc-1');
    await stock(4, 'dc-2');
    await api.ask('PUT', '/v1/safety-stock', { body: { sku, locationId: 'dc-1', units: 2 } });
    expect((await held(7)).units).toHaveLength(2);
    expect(await bucket('dc-1')).toEqual({ available: 2, held: 3, committed: 0 });
    expect(await hold(1)).toMatchObject({ status: 409, body: { short: [{ available: 0 }] } });
  });

  test('for pickup holds at that place only', async () => {
    await stock(1, 'dc-1');
    await stock(9, 'dc-2');
    expect(await hold(2, { locationId: 'dc-1' })).toMatchObject({ status: 409, body: { short: [{ available: 1 }] } });
    expect((await held(2, { locationId: 'dc-2' })).units).toEqual([{ sku, locationId: 'dc-2', quantity: 2 }]);
  });

  test.each([
    [{ lines: [] }, '/lines'],
    [{ lines: [{ sku: 'a', quantity: 0 }] }, '/lines/0/quantity'],
    [
      {
        lines: [
          { sku: 'a', quantity: 1 },
          { sku: 'a', quantity: 1 },
        ],
      },
      '/lines/1/sku',
    ],
    [{ seconds: 1 }, '/seconds'],
    [{ seconds: 1e9 }, '/seconds'],
    [{ storefront: '' }, '/storefront'],
  ])('%j is refused', async (fault, pointer) => {
    const answer = await hold(1, fault);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test('without an Idempotency-Key, or by a warehouse, is refused', async () => {
    const body = { storefront: 'web', lines: [{ sku, quantity: 1 }] };
    expect(await api.ask('POST', '/v1/cart-holds', { body })).toMatchObject({ status: 400 });
    const headers = { 'idempotency-key': 'w' };
    expect(await api.ask('POST', '/v1/cart-holds', { body, headers, as: 'warehouse' })).toMatchObject({ status: 403 });
  });
});

describe('a hold of nobody, or nowhere', () => {
  test('of a storefront that does not exist where others do, it is refused: it would have sold from everywhere', async () => {
    await stock(5);
    await api.ask('PUT', '/v1/storefronts/web', { body: { name: 'Web', kind: 'web' } });
    const before = await held(1);
    expect(await hold(1, { storefront: 'wbe' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_storefront', errors: [{ pointer: '/storefront' }] },
    });
    expect(await hold(1, { locationId: 'atlantis' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_location', errors: [{ pointer: '/locationId' }] },
    });
    expect(await bucket()).toMatchObject({ available: 4, held: 1 });
    await api.ask('DELETE', `/v1/cart-holds/${before.id}`);
    await api.ask('DELETE', '/v1/storefronts/web');
  });

  test('one that was made is answered when it is asked for again, though its storefront is gone', async () => {
    await stock(5);
    await api.ask('PUT', '/v1/storefronts/web', { body: { name: 'Web', kind: 'web' } });
    await api.ask('PUT', '/v1/storefronts/pop-up', { body: { name: 'Pop-up', kind: 'pos' } });
    const first = await hold(1, { storefront: 'pop-up' }, 'of-a-pop-up');
    await api.ask('DELETE', '/v1/storefronts/pop-up');
    const again = await hold(1, { storefront: 'pop-up' }, 'of-a-pop-up');
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    await api.ask('DELETE', '/v1/storefronts/web');
  });
});

describe('a hold ends once', () => {
  test('released: its units are for sale; released again changes nothing', async () => {
    await stock(5);
    const { id } = await held(3);
    const both = await Promise.all([1, 2].map(() => api.ask('DELETE', `/v1/cart-holds/${id}`)));
    expect(both.map(({ status }) => status)).toEqual([204, 204]);
    expect(await bucket()).toEqual({ available: 5, held: 0, committed: 0 });
    expect(await state(id)).toBe('RELEASED');
    expect(await api.ask('POST', `/v1/cart-holds/${id}/extend`)).toMatchObject({
      status: 409,
      body: { code: 'cart_hold_ended', state: 'RELEASED' },
    });
  });

  test('run out: readers count its units at once, the next buyer gets them, and the sweep gives back the rest', async () => {
    await stock(5);
    const first = await held(5);
    const other = await held(1, { lines: [{ sku: 'tea', quantity: 1 }] });
    api.later(61_000);
    expect(await api.ask('GET', `/v1/availability?sku=${sku}&storefront=web`)).toMatchObject({
      body: { availableToSell: 5 },
    });
    await held(4);
    expect(await state(first.id)).toBe('EXPIRED');
    expect(await bucket()).toEqual({ available: 1, held: 4, committed: 0 });
    expect(await sweepCartHolds(api.deps, 100)).toBeGreaterThanOrEqual(1);
    expect(await state(other.id)).toBe('EXPIRED');
    expect(await sweepCartHolds(api.deps, 100)).toBe(0);
  });

  test('extended: no earlier than it was, no later than a day after it was made', async () => {
    await stock(5);
    const { id, heldUntil } = await held(1, { seconds: 600 });
    const extend = async (seconds: number) =>
      (await api.ask('POST', `/v1/cart-holds/${id}/extend`, { body: { seconds } })).body as { heldUntil: string };
    expect((await extend(60)).heldUntil).toBe(heldUntil);
    let until = heldUntil;
    for (let n = 0; n < 6; n++) {
      until = (await extend(14_400)).heldUntil;
      api.later(14_000_000);
    }
    until = (await extend(14_400)).heldUntil;
    expect(Date.parse(until) - Date.parse(heldUntil)).toBe(24 * 3_600_000 - 600_000);
    api.later(14_000_000);
    expect(await api.ask('POST', `/v1/cart-holds/${id}/extend`, { body: { seconds: 60 } })).toMatchObject({
      status: 409,
    });
  });

  test('an unknown hold is not found', async () => {
    const path = '/v1/cart-holds/hld_00000000000000000000000000';
    expect(await api.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'cart_hold_not_found' } });
    expect(await api.ask('DELETE', path)).toMatchObject({ status: 404 });
    expect(await api.ask('GET', '/v1/cart-holds/nonsense')).toMatchObject({ status: 404 });
  });
});

describe('a hold becomes an order', () => {
  test('without a gap (vendure #3508): held units are committed in the transaction that places the order', async () => {
    await stock(3);
    const { id } = await held(3);
    const placed = await order(id, 3);
    expect(placed).toMatchObject({
      status: 201,
      body: { lines: [{ positions: { RESERVED: 3 }, reservations: [{ locationId: 'dc-1', state: 'COMMITTED' }] }] },
    });
    expect(await bucket()).toEqual({ available: 0, held: 0, committed: 3 });
    const { id: orderId } = placed.body as { id: string };
    expect((await api.ask('GET', `/v1/cart-holds/${id}`)).body).toMatchObject({ state: 'CONVERTED', orderId });
    await api.confirm(orderId);
    expect(await api.ask('GET', `/v1/orders/${orderId}`)).toMatchObject({ body: { status: 'CONFIRMED' } });
    expect(await api.ask('DELETE', `/v1/cart-holds/${id}`)).toMatchObject({ status: 409, body: { orderId } });
  });

  test('what no line asks for is for sale again; what the hold does not cover is reserved like any order', async () => {
    await stock(9);
    const large = await held(4);
    await order(large.id, 1);
    expect(await bucket()).toEqual({ available: 8, held: 0, committed: 1 });
    const small = await held(2);
    const { id } = (await order(small.id, 5)).body as { id: string };
    expect(await bucket()).toEqual({ available: 6, held: 0, committed: 3 });
    await api.confirm(id);
    expect(await bucket()).toEqual({ available: 3, held: 0, committed: 6 });
  });

  test('the same order sent again gets the same answer; another order cannot use the hold', async () => {
    await stock(2);
    const { id } = await held(2);
    const both = await Promise.all([order(id, 2, 'once'), order(id, 2, 'once')]);
    expect(new Set(both.map(({ text }) => text)).size).toBe(1);
    expect(await order(id, 2, 'once')).toMatchObject({ status: 201, text: both[0]?.text });
    expect(await order(id, 2)).toMatchObject({ status: 409, body: { code: 'cart_hold_ended' } });
    expect(await bucket()).toEqual({ available: 0, held: 0, committed: 2 });
  });

  test('an order, a release and the sweep at the same moment: exactly one of them has the units', async () => {
    for (let round = 0; round < 5; round++) {
      sku = `race-${++numbered}`;
      await stock(2);
      const { id } = await held(2);
      const [placed] = await Promise.all([
        order(id, 2),
        api.ask('DELETE', `/v1/cart-holds/${id}`),
        sweepCartHolds(api.deps, 10),
      ]);
      const isPlaced = placed.status === 201;
      expect(placed.status).toBe(isPlaced ? 201 : 409);
      expect(await bucket()).toEqual(
        isPlaced ? { available: 0, held: 0, committed: 2 } : { available: 2, held: 0, committed: 0 },
      );
    }
  });

  test('a hold that is over, of another storefront, of other SKUs, or unknown is refused, and no order is made', async () => {
    await stock(9);
    const other = await held(1, { storefront: 'pos' });
    expect(await order(other.id, 1)).toMatchObject({ status: 422, body: { code: 'cart_hold_unrelated' } });
    const unrelated = await held(1, { lines: [{ sku: 'tea', quantity: 1 }] });
    expect(await order(unrelated.id, 1)).toMatchObject({ status: 422, body: { code: 'cart_hold_unrelated' } });
    const over = await held(1);
    api.later(61_000);
    expect(await order(over.id, 1)).toMatchObject({ status: 409, body: { code: 'cart_hold_ended' } });
    expect(await order('hld_00000000000000000000000000', 1)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/cartHoldId' }] },
    });
    expect(await order('nonsense', 1)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/cartHoldId' }] } });
    await sweepCartHolds(api.deps, 100);
    expect(await bucket()).toEqual({ available: 9, held: 0, committed: 0 });
  });
});
