import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxDispute } from '../../../shared/adapters/sandbox/dispute.ts';
import { type SandboxNotice, signedNotice } from '../../../shared/adapters/sandbox/webhook.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { LocationId, OrderId, Sku } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { ledgerEntriesOf } from '../../../shared/domain/ledger.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
  await count(api, Sku.parse('pot'), LocationId.parse('dc-2'), 100);
});
afterAll(() => api.stop());

const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const verb = (id: string | undefined, name: string) =>
  api.ask('POST', `/v1/fulfillments/${id}/${name}`, { as: 'warehouse' });

/** 900 of tea and 900 of pots, from two sites: the tea has left and is paid for. */
async function halfShipped(): Promise<string> {
  const lines = [
    { sku: 'tea', quantity: 2, unitPrice: 450 },
    { sku: 'pot', quantity: 2, unitPrice: 450 },
  ];
  const { id } = await api.place({ lines });
  await api.confirm(id);
  const [first] = (await read(id)).fulfillments;
  for (const name of ['accept', 'pick', 'pack', 'ship']) expect((await verb(first?.id, name)).status).toBe(200);
  return id;
}
const placed = async () => {
  const { id } = await api.place();
  await api.confirm(id);
  return id;
};
/** Paid, and nothing of it has left. */
async function packed(): Promise<string> {
  const id = await placed();
  const [first] = (await read(id)).fulfillments;
  for (const name of ['accept', 'pick', 'pack', 'ship']) expect((await verb(first?.id, name)).status).toBe(200);
  return id;
}

let notices = 0;
const tell = async (id: string, type: SandboxNotice['type'], dispute: SandboxDispute) => {
  notices += 1;
  const order = await api.orders.load(OrderId.parse(id));
  const notice: SandboxNotice = {
    ...{ id: `evt_d${notices}`, type, dispute, key: `${id}:authorize:pay_1` },
    occurredAt: new Date(api.system.now()).toISOString(),
    reference: order?.payments[0]?.providerReference ?? '',
  };
  const { body, headers } = signedNotice(notice, api.system.now());
  return (await api.ask('POST', '/v1/payment-webhooks/sandbox', { raw: body, headers, as: 'nobody' })).body;
};
let disputes = 0;
const dispute = (more: Partial<SandboxDispute> = {}): SandboxDispute => ({
  ...{ id: `dp_${++disputes}`, amount: 900, currency: 'EUR', reason: 'fraudulent' },
  ...more,
});
const recorded = { outcome: 'recorded' };

/** What the order's books say, and whether anything that must hold does not. */
async function books(id: string) {
  const order = await api.orders.load(OrderId.parse(id));
  const events = await api.orders.events(OrderId.parse(id));
  if (!order) throw new Error('no order');
  expect(auditOrder(order, events)).toEqual([]);
  const lines = events.flatMap(ledgerEntriesOf).flatMap((entry) => entry.lines);
  const sum = (account: string) =>
    lines.reduce((total, line) => total + (line.account === account ? line.debit - line.credit : 0), 0);
  return { chargeback: sum('CHARGEBACK'), clearing: sum('PSP_CLEARING') };
}

describe('the provider tells of a dispute', () => {
  test('opened, told twice and by another notice: one chargeback; what is unshipped is held, the ledger follows', async () => {
    const id = await halfShipped();
    const before = await books(id);
    const one = dispute({ respondBy: '2026-02-01T00:00:00Z' });
    expect(await tell(id, 'disputed', one)).toEqual(recorded);
    expect(await tell(id, 'disputed', one)).toEqual({ outcome: 'unrelated' });
    const held = await read(id);
    expect(held).toMatchObject({
      paymentStatus: 'CHARGEBACK',
      holds: [{ handle: `chargeback:${one.id}`, reason: 'FRAUD' }],
      exceptions: [{ error: 'PaymentDisputed', status: 'OPEN', cause: expect.stringContaining('2026-02-01') }],
      payments: [{ chargebacks: [{ id: one.id, captureId: 'cap_1', amount: 900, status: 'OPEN' }] }],
    });
    expect((await verb(held.fulfillments[1]?.id, 'accept')).body).toMatchObject({ code: 'order_on_hold' });
    expect(await books(id)).toEqual({ chargeback: 900, clearing: before.clearing - 900 });
  });

  test('won: the money is back, the hold and the exception go, the order goes on', async () => {
    const id = await halfShipped();
    const before = await books(id);
    const one = dispute();
    await tell(id, 'disputed', one);
    expect(await tell(id, 'disputeClosed', { ...one, outcome: 'won' })).toEqual(recorded);
    const won = await read(id);
    expect(won).toMatchObject({ holds: [], exceptions: [{ status: 'RESOLVED' }], paymentStatus: 'PARTIALLY_CAPTURED' });
    expect(won.payments[0]?.chargebacks).toMatchObject([{ status: 'WON' }]);
    expect(await books(id)).toEqual(before);
    expect((await verb(won.fulfillments[1]?.id, 'accept')).status).toBe(200);
  });

  test('lost: it stays away, and what is unshipped stays until somebody decides', async () => {
    const id = await halfShipped();
    const one = dispute();
    await tell(id, 'disputed', one);
    expect(await tell(id, 'disputeClosed', { ...one, outcome: 'lost' })).toEqual(recorded);
    expect(await tell(id, 'disputed', one)).toEqual({ outcome: 'unrelated' });
    expect(await read(id)).toMatchObject({
      paymentStatus: 'CHARGEBACK',
      holds: [{ handle: `chargeback:${one.id}` }],
      payments: [{ chargebacks: [{ status: 'LOST' }] }],
    });
    expect((await books(id)).chargeback).toBe(900);
  });

  test('the end is told before the beginning: both are recorded with it, the late notice adds nothing', async () => {
    const id = await halfShipped();
    const before = await books(id);
    const one = dispute();
    expect(await tell(id, 'disputeClosed', { ...one, outcome: 'won' })).toEqual(recorded);
    expect(await tell(id, 'disputed', one)).toEqual({ outcome: 'unrelated' });
    expect(await read(id)).toMatchObject({ holds: [], exceptions: [] });
    expect(await books(id)).toEqual(before);
  });

  test('of an order that has been delivered: written down, nothing is held', async () => {
    const id = await packed();
    const [first] = (await read(id)).fulfillments;
    await verb(first?.id, 'deliver');
    expect(await tell(id, 'disputed', dispute({ amount: 300 }))).toEqual(recorded);
    expect(await read(id)).toMatchObject({ holds: [], payments: [{ chargebacks: [{ amount: 300 }] }] });
    expect((await books(id)).chargeback).toBe(300);
  });

  test.each([
    ['above what was captured', { amount: 1000 }, 900, '100 EUR'],
    ['in another currency', { currency: 'USD' }, 0, '900 USD'],
  ])('%s: what is ours is booked, the rest is told to a person', async (_, more, booked, said) => {
    const id = await halfShipped();
    expect(await tell(id, 'disputed', dispute(more))).toEqual(recorded);
    const order = await read(id);
    expect(order.exceptions).toMatchObject([{ cause: expect.stringContaining(said) }]);
    expect(order.holds).toHaveLength(1);
    expect((await books(id)).chargeback).toBe(booked);
  });

  test('the bank only asks: what is unshipped is held once, no money moves; it withdraws, and the order goes on', async () => {
    const id = await placed();
    const one = dispute({ isInquiry: true });
    expect(await tell(id, 'disputed', one)).toEqual(recorded);
    expect(await tell(id, 'disputed', one)).toEqual({ outcome: 'unrelated' });
    expect(await read(id)).toMatchObject({
      holds: [{ handle: 'dispute:pay_1', reason: 'FRAUD' }],
      exceptions: [{ error: 'PaymentDisputed', category: 'PAYMENT' }],
    });
    expect((await books(id)).chargeback).toBe(0);
    expect(await tell(id, 'disputeClosed', { ...one, outcome: 'won' })).toEqual(recorded);
    expect(await read(id)).toMatchObject({ holds: [], exceptions: [{ status: 'RESOLVED' }] });
  });
});

describe('a chargeback that somebody records', () => {
  const good = { chargebackId: 'cb_1', paymentId: 'pay_1', captureId: 'cap_1', amount: 900, reason: 'fraudulent' };
  const open = (id: string, body: object, as: 'finance' | 'agent' | 'storefront' = 'finance') =>
    api.ask('POST', `/v1/orders/${id}/chargebacks`, { body, as });
  const close = (id: string, chargebackId: string, outcome: string) =>
    api.ask('POST', `/v1/orders/${id}/chargebacks/${chargebackId}/close`, { body: { outcome }, as: 'finance' });

  test.each<[string, object, number, string, string | undefined]>([
    ['an unknown payment', { paymentId: 'pay_9' }, 404, 'payment_not_found', undefined],
    ['an unknown capture', { captureId: 'cap_9' }, 409, 'amount_exceeds_capture', undefined],
    ['more than was captured', { amount: 901 }, 409, 'amount_exceeds_capture', undefined],
    ['a negative amount', { amount: -1 }, 422, 'validation_failed', '/amount'],
    ['nothing', { amount: 0 }, 422, 'validation_failed', '/amount'],
    ['part of a cent', { amount: 1.5 }, 422, 'validation_failed', '/amount'],
    ['a foreign currency', { currency: 'USD' }, 422, 'validation_failed', '/currency'],
    ['an id that is none', { chargebackId: '../x' }, 422, 'validation_failed', '/chargebackId'],
    ['a day that is none', { respondBy: 'soon' }, 422, 'validation_failed', '/respondBy'],
    ['no reason', { reason: '' }, 422, 'validation_failed', '/reason'],
  ])('%s: refused, and nothing changes', async (_, change, status, code, pointer) => {
    const id = await packed();
    const { version } = await read(id);
    const answer = await open(id, { ...good, ...change });
    expect(answer).toMatchObject({ status, body: { code, ...(pointer && { errors: [{ pointer }] }) } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(await read(id)).toMatchObject({ version, holds: [], paymentStatus: 'PAID' });
  });

  test('an unknown order; an order that nobody has paid yet; roles that may not', async () => {
    expect(await open('ord_01JD1KXA00W4X5Y6Z7A8B9C0D1', good)).toMatchObject({
      status: 404,
      body: { code: 'order_not_found' },
    });
    const unpaid = await placed();
    expect(await open(unpaid, good)).toMatchObject({ status: 409, body: { code: 'amount_exceeds_capture' } });
    for (const role of ['agent', 'storefront'] as const) expect((await open(unpaid, good, role)).status).toBe(403);
    expect(await read(unpaid)).toMatchObject({ holds: [], paymentStatus: 'AUTHORIZED' });
  });

  test('twice is once; another one of the same money is refused; told by the provider too it is still one', async () => {
    const id = await packed();
    expect((await open(id, { ...good, chargebackId: 'dp_both' })).status).toBe(200);
    const { version } = await read(id);
    expect((await open(id, { ...good, chargebackId: 'dp_both' })).status).toBe(200);
    expect(await open(id, { ...good, chargebackId: 'cb_2', amount: 1 })).toMatchObject({
      status: 409,
      body: { code: 'amount_exceeds_capture' },
    });
    expect(await tell(id, 'disputed', dispute({ id: 'dp_both' }))).toEqual({ outcome: 'unrelated' });
    expect(await read(id)).toMatchObject({ version });
    expect((await books(id)).chargeback).toBe(900);
  });

  test('closing: one that is none, an outcome that is none, twice, and otherwise than it was closed', async () => {
    const id = await packed();
    await open(id, good);
    expect(await close(id, 'cb_9', 'WON')).toMatchObject({ status: 404, body: { code: 'chargeback_not_found' } });
    expect(await close(id, 'cb_1', 'MAYBE')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/outcome' }] },
    });
    expect((await close(id, 'cb_1', 'LOST')).status).toBe(200);
    const { version } = await read(id);
    expect((await close(id, 'cb_1', 'LOST')).status).toBe(200);
    expect(await close(id, 'cb_1', 'WON')).toMatchObject({ status: 409, body: { code: 'chargeback_closed' } });
    expect(await read(id)).toMatchObject({ version });
    expect((await books(id)).chargeback).toBe(900);
  });
});
