import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { accountPayments } from '../../../shared/adapters/account-payments.ts';
import { memoryAccounts } from '../../../shared/adapters/memory/accounts.ts';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { CreditMemoResource, CreditPreview } from '../../../shared/api/credit-memo-resources.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import type { PaymentMethod } from '../../../shared/domain/payment-method.ts';
import { parkOrder } from '../../../shared/use-cases/park-order.ts';
import { SettlementRefused, settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { type ApiForTests, orderBody, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const meta = { actor: { id: 'settle-payment', role: 'system' as const }, correlationId: 't', causationId: 't' };
const accounts = memoryAccounts();
/** What the workflow settle-order does. */
function settle(id: string) {
  const credit = accountPayments('storeCredit', { accounts, system: api.deps.system });
  const of = (method: PaymentMethod) => (method === 'storeCredit' ? credit : api.deps.payments.of(method));
  return settlePayment({ ...api.deps, payments: { of } }, OrderId.parse(id), meta);
}
/** And when it fails. */
async function settleOrPark(id: string) {
  const failed = await settle(id).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(failed).toBeInstanceOf(SettlementRefused);
  const failure = { workflow: 'settle-order', error: failed?.name ?? '', cause: failed?.message ?? '' };
  await parkOrder(api.deps, OrderId.parse(id), failure, meta);
}

const vat = (amount: number) => ({ title: 'VAT', jurisdiction: 'ES', rate: '0.21', amount });
const charges = [{ kind: 'shipping', amount: 500, taxes: [vat(87)] }];

async function delivered(changes: Record<string, unknown> = {}, token = 'tok_ok') {
  const payment = changes.payments ? undefined : { method: 'card', token };
  const { id } = await api.place({ charges, ...changes, payment });
  for (const fulfillment of await api.confirm(id)) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      const { status, text } = await api.ask('POST', `/v1/fulfillments/${fulfillment}/${verb}`);
      if (status !== 200) throw new Error(text);
    }
  }
  return id;
}

let keys = 0;
async function giftCard(amount: number): Promise<string> {
  keys += 1;
  const headers = { 'idempotency-key': `gift-${keys}` };
  const { body } = await api.ask('POST', '/v1/gift-cards', { body: { amount, currency: 'EUR' }, headers, as: 'agent' });
  return z.looseObject({ code: z.string() }).parse(body).code;
}
const post = (id: string, body: unknown, asking: { as?: 'agent' | 'finance' | 'storefront'; key?: string } = {}) => {
  keys += 1;
  const headers = { 'idempotency-key': asking.key ?? `memo-${keys}` };
  return api.ask('POST', `/v1/orders/${id}/credit-memos`, { body, headers, as: asking.as ?? 'agent' });
};
const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const given = async (id: string, body: unknown) => {
  const answer = await post(id, body);
  if (answer.status !== 201) throw new Error(answer.text);
  return CreditMemoResource.parse(answer.body);
};
const refundsOf = async (id: string) =>
  (await read(id)).payments.flatMap(({ refunds = [] }) => refunds.map(({ amount, status }) => `${amount} ${status}`));
const moved = (id: string) => moneyMoved(api.book.entries).filter(({ key }) => key.startsWith(`${id}:refund:`));
async function audit(id: string) {
  const orderId = OrderId.parse(id);
  const order = await api.orders.load(orderId);
  if (!order) throw new Error('no order');
  expect(auditOrder(order, await api.orders.events(orderId))).toEqual([]);
}

describe('credit memos', () => {
  test('saleor #14926: the same key is the same credit memo; another key is another, and refunds again', async () => {
    const id = await delivered();
    const body = { goodwill: 100, reason: 'goodwill' };
    const first = await post(id, body, { key: 'same' });
    expect(first.status).toBe(201);
    const memo = CreditMemoResource.parse(first.body);
    expect(first.headers.location).toBe(`/v1/orders/${id}/credit-memos/${memo.id}`);
    await settle(id);
    const again = await post(id, body, { key: 'same' });
    expect([again.status, again.text, again.headers.etag]).toEqual([201, first.text, first.headers.etag]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    await settle(id);
    expect(sumMoved(moved(id), 'refund')).toBe(100);
    expect((await post(id, { ...body, goodwill: 101 }, { key: 'same' })).body).toMatchObject({
      code: 'idempotency_key_reused',
    });
    await given(id, body);
    await settle(id);
    await settle(id);
    // medusa #13433: two equal refunds are two.
    expect(await refundsOf(id)).toEqual(['100 SUCCEEDED', '100 SUCCEEDED']);
    expect(sumMoved(moved(id), 'refund')).toBe(200);
    expect(await read(id)).toMatchObject({ balance: { refunded: 200, credited: 200, due: 0 } });
    await audit(id);
  });

  test('numbers follow each other; the order says what it was credited and what may be done', async () => {
    const id = await delivered();
    expect((await read(id)).possibleCommands).toContain('postCreditMemo');
    const [one, two] = [
      await given(id, { charges: [{ chargeId: 'chg_1' }], reason: 'shipping' }),
      await given(id, { lines: [{ lineId: 'line_1', quantity: 2 }], reason: 'return', note: 'Thank you.' }),
    ];
    expect(one).toMatchObject({ total: { gross: 500, tax: 87 }, charges: [{ kind: 'shipping', gross: 500 }] });
    expect(two).toMatchObject({ reason: 'return', note: 'Thank you.', total: { gross: 900 }, refundTo: 'original' });
    const numberIn = ({ number }: { number: string }) => Number(number.slice(-6));
    expect(numberIn(two) - numberIn(one)).toBe(1);
    const order = await read(id);
    expect(order.creditMemos).toMatchObject([{ gross: 500 }, { gross: 900, reason: 'return' }]);
    expect(order.possibleCommands).not.toContain('postCreditMemo');
    expect(order.nextAction).toEqual({ action: 'SETTLE' });
    await settle(id);
    expect(await read(id)).toMatchObject({ paymentStatus: 'REFUNDED', nextAction: { action: 'CLOSE' } });
  });

  test('of two at once for the same units one is posted', async () => {
    const id = await delivered();
    const body = { lines: [{ lineId: 'line_1', quantity: 2 }], reason: 'return' };
    const answers = await Promise.all([post(id, body), post(id, body), post(id, body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    await settle(id);
    expect(sumMoved(moved(id), 'refund')).toBe(900);
  });

  test('a preview is what is posted, and writes nothing', async () => {
    const id = await delivered();
    const body = {
      lines: [{ lineId: 'line_1', quantity: 1 }],
      fee: { title: 'Restocking', amount: 50 },
      reason: 'return',
    };
    const before = await read(id);
    const answer = await api.ask('POST', `/v1/orders/${id}/credit-memos/preview`, { body, as: 'agent' });
    const preview = CreditPreview.parse(answer.body);
    expect(preview).toMatchObject({
      refunds: [{ paymentId: 'pay_1', captureId: 'cap_1', method: 'card', amount: 400 }],
      refunded: 400,
      unplaced: 0,
    });
    expect(await read(id)).toEqual(before);
    const etag = answer.headers.etag ?? '';
    const posting = { body, as: 'agent' as const, headers: { 'idempotency-key': 'previewed', 'if-match': etag } };
    const posted = await api.ask('POST', `/v1/orders/${id}/credit-memos`, posting);
    expect(CreditMemoResource.parse(posted.body)).toMatchObject(preview.creditMemo);
    const late = { ...posting, headers: { 'idempotency-key': 'late', 'if-match': etag } };
    expect((await api.ask('POST', `/v1/orders/${id}/credit-memos`, late)).status).toBe(412);
    await settle(id);
    expect((await read(id)).balance).toMatchObject({ refunded: 400 });
  });

  test.each([
    ['nothing at all', { reason: 'other' }, 422, 'validation_failed', '/lines'],
    ['no reason', { goodwill: 1 }, 422, 'validation_failed', '/reason'],
    ['nothing', { goodwill: 0, reason: 'other' }, 422, 'validation_failed', '/goodwill'],
    ['less than nothing', { goodwill: -5, reason: 'other' }, 422, 'validation_failed', '/goodwill'],
    [
      'units and an amount',
      { lines: [{ lineId: 'line_1', quantity: 1, amount: 1 }], reason: 'other' },
      422,
      'validation_failed',
      '/lines/0/amount',
    ],
    ['neither', { lines: [{ lineId: 'line_1' }], reason: 'other' }, 422, 'validation_failed', '/lines/0/quantity'],
    [
      'a line twice',
      { lines: [1, 2].map((quantity) => ({ lineId: 'line_1', quantity })), reason: 'other' },
      422,
      'validation_failed',
      '/lines/1/lineId',
    ],
    ['more than captured', { goodwill: 1401, reason: 'other' }, 409, 'credit_exceeds_invoice', '/goodwill'],
    [
      'more units',
      { lines: [{ lineId: 'line_1', quantity: 3 }], reason: 'other' },
      409,
      'credit_exceeds_invoice',
      '/lines/0/quantity',
    ],
    [
      'an unknown line',
      { lines: [{ lineId: 'line_7', quantity: 1 }], reason: 'other' },
      422,
      'not_on_invoice',
      '/lines/0/lineId',
    ],
    ['an unknown invoice', { invoiceId: 'inv_7', goodwill: 1, reason: 'other' }, 422, 'unknown_invoice', '/invoiceId'],
    ['a fee alone', { goodwill: 5, fee: { amount: 6 }, reason: 'other' }, 422, 'fee_exceeds_credit', '/fee/amount'],
  ])('%s is refused, the same in a preview, and has no effect', async (_, body, status, code, pointer) => {
    untouched ??= delivered();
    const id = await untouched;
    const { version } = await read(id);
    const answer = await post(id, body);
    expect(answer).toMatchObject({ status, body: { code, errors: [{ pointer }] } });
    const preview = await api.ask('POST', `/v1/orders/${id}/credit-memos/preview`, { body, as: 'agent' });
    expect(preview).toMatchObject({ status, body: { code, errors: [{ pointer }] } });
    expect((await read(id)).version).toBe(version);
  });
  let untouched: Promise<string> | undefined;

  test('before anything is invoiced, of an order that there is not, and by whom it may not', async () => {
    const { id } = await api.place();
    const body = { goodwill: 1, reason: 'goodwill' };
    expect(await post(id, body)).toMatchObject({ status: 409, body: { code: 'not_invoiced' } });
    expect(await post(`ord_${'0'.repeat(26)}`, body)).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
    expect(await post(id, body, { as: 'storefront' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const paid = await delivered();
    expect(await post(paid, { ...body, force: true })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const forced = await post(paid, { ...body, force: true }, { as: 'finance' });
    expect(forced).toMatchObject({ status: 201, body: { forced: true } });
  });
});

describe('what goes back', () => {
  test('13: over a gift card and two captures: the newest is asked first, refuses, and the next ones give', async () => {
    // Ten at one site, two at the other: two captures of one card, after the gift card.
    const id = await delivered({
      lines: [{ sku: 'cup', quantity: 12, unitPrice: 100 }],
      charges: [],
      payments: [
        { method: 'giftCard', token: await giftCard(300), amount: 300 },
        { method: 'card', token: 'tok_refund_fails_once' },
      ],
    });
    const captures = (await read(id)).payments.map(({ method, captures: taken }) => [
      method,
      ...taken.map(({ amount }) => amount),
    ]);
    const [, [, first = 0, second = 0] = []] = captures as [string, ...number[]][];
    expect([first + second, second > 0]).toEqual([900, true]);
    for (const invoiceId of ['inv_1', 'inv_2']) {
      const quantity = invoiceId === 'inv_1' ? (first + 300) / 100 : second / 100;
      await given(id, { invoiceId, lines: [{ lineId: 'line_1', quantity }], reason: 'return' });
    }
    await settle(id);
    const [gift, card] = (await read(id)).payments;
    expect(card?.refunds).toMatchObject([
      { captureId: 'cap_2', amount: second, status: 'FAILED', reason: 'refund_failed' },
      { captureId: 'cap_1', amount: first, status: 'SUCCEEDED' },
      { captureId: 'cap_2', amount: second, status: 'SUCCEEDED' },
    ]);
    expect(gift).toMatchObject({ refunded: 300, captured: 300 });
    expect((await read(id)).balance).toMatchObject({ captured: 1200, refunded: 1200, due: 0 });
    // What failed and what came instead have keys of their own.
    expect(new Set(moved(id).map(({ key }) => key)).size).toBe(3);
    expect(sumMoved(moved(id), 'refund')).toBe(900);
    await audit(id);
  });

  test('13: a leg that is refused twice is parked, and what the other gave stays given', async () => {
    const id = await delivered({
      charges: [],
      payments: [
        { method: 'giftCard', token: await giftCard(300), amount: 300 },
        { method: 'card', token: 'tok_refund_fails' },
      ],
    });
    const { balance } = await read(id);
    const card = (balance.captured ?? 0) - 300;
    await given(id, { lines: [{ lineId: 'line_1', quantity: 2 }], reason: 'return' });
    await settleOrPark(id);
    const parked = await read(id);
    expect(
      parked.payments.map(({ method, refunds }) => [method, ...(refunds ?? []).map(({ status }) => status)]),
    ).toEqual([
      ['giftCard', 'SUCCEEDED'],
      ['card', 'FAILED', 'FAILED'],
    ]);
    expect(parked).toMatchObject({
      nextAction: { action: 'RESOLVE_EXCEPTION' },
      exceptions: [{ category: 'PAYMENT', status: 'OPEN', suggestedCommands: ['retry', 'recordRefund'] }],
    });
    expect(parked.exceptions[0]?.cause).toContain(`${card} EUR (minor units) could not be given back`);
    expect(parked.possibleCommands).toEqual(expect.arrayContaining(['retry', 'recordRefund']));
    await audit(id);
  });

  test('vendure #1753, #3535: what one payment cannot give back, the next one gives', async () => {
    const id = await delivered({
      charges: [],
      payments: [
        { method: 'giftCard', token: await giftCard(600), amount: 600 },
        { method: 'card', token: 'tok_ok' },
      ],
    });
    await given(id, { goodwill: 450, reason: 'goodwill' });
    await settle(id);
    expect((await read(id)).payments.map(({ method, refunded }) => [method, refunded])).toEqual([
      ['giftCard', 150],
      ['card', 300],
    ]);
    await audit(id);
  });

  test('nobody gives it back: parked, tried again under a new key, recorded by hand, and then it is settled', async () => {
    const id = await delivered({}, 'tok_refund_fails');
    await given(id, { goodwill: 300, reason: 'goodwill' });
    await settleOrPark(id);
    // Tried again only when somebody asks.
    await expect(settle(id)).rejects.toThrow(/300 EUR/);
    expect(await refundsOf(id)).toEqual(['300 FAILED', '300 FAILED']);
    await api.ask('POST', `/v1/orders/${id}/retry`, { as: 'agent' });
    await settleOrPark(id);
    expect(await refundsOf(id)).toEqual(Array(4).fill('300 FAILED'));
    expect(moved(id).map(({ key }) => key)).toEqual([1, 2, 3, 4].map((n) => `${id}:refund:pay_1:ref_${n}`));

    const record = (amount: number, reference: string, as: 'agent' | 'finance' = 'finance') => {
      keys += 1;
      const headers = { 'idempotency-key': `by-hand-${keys}` };
      return api.ask('POST', `/v1/orders/${id}/refunds`, { body: { amount, reference }, headers, as });
    };
    expect(await record(300, 'SEPA 1', 'agent')).toMatchObject({ status: 403 });
    expect(await record(301, 'SEPA 1')).toMatchObject({ status: 409, body: { code: 'refund_not_due' } });
    expect(await record(100, 'SEPA 1')).toMatchObject({ status: 200, body: { balance: { refunded: 100 } } });
    // The same transfer told twice.
    expect(await record(100, 'SEPA 1')).toMatchObject({ status: 200, body: { balance: { refunded: 100 } } });
    expect(await record(200, 'SEPA 2')).toMatchObject({ status: 200, body: { balance: { refunded: 300, due: 0 } } });
    // Nothing is left to do, so nobody is asked to do it.
    expect(await read(id)).toMatchObject({
      nextAction: { action: 'CLOSE' },
      exceptions: [{ status: 'RESOLVED' }],
    });
    await settle(id);
    await audit(id);
  });

  test.each(['tok_timeout_once', 'tok_timeout_before', 'tok_flaky'])(
    'an answer that does not come (%s): asked again under the same key, for the same amount, whatever was credited since',
    async (token) => {
      const patiently = async (id: string) => {
        for (let tries = 0; tries < 8; tries++) {
          const done = await settle(id).catch(() => undefined);
          if (done) return;
        }
        throw new Error('not settled');
      };
      const { id } = await api.place({ payment: { method: 'card', token }, charges });
      let fulfillments: string[] = [];
      for (let tries = 0; tries < 4 && fulfillments.length === 0; tries++) {
        fulfillments = await api.confirm(id).catch(() => []);
      }
      for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
        for (let tries = 0; tries < 4; tries++) {
          const { status } = await api.ask('POST', `/v1/fulfillments/${fulfillments[0]}/${verb}`);
          if (status === 200) break;
        }
      }
      await given(id, { goodwill: 100, reason: 'goodwill' });
      await settle(id).catch(() => undefined);
      await given(id, { goodwill: 50, reason: 'goodwill' });
      await patiently(id);
      expect(await refundsOf(id)).toEqual(['100 SUCCEEDED', '50 SUCCEEDED']);
      expect(moved(id).map(({ amount }) => amount)).toEqual([100, 50]);
      await audit(id);
    },
  );

  test('as store credit, by choice: the card gets nothing, the customer’s account all of it, once', async () => {
    const id = await delivered({}, 'tok_refund_fails');
    await given(id, { goodwill: 250, reason: 'goodwill', refundTo: 'storeCredit' });
    await settle(id);
    await settle(id);
    const order = await read(id);
    expect(order.payments[0]).toMatchObject({ refunded: 250, refunds: [{ to: 'storeCredit', status: 'SUCCEEDED' }] });
    expect(moved(id)).toEqual([]);
    expect([...accounts.all.values()]).toMatchObject([
      { kind: 'storeCredit', owner: order.customer.id, currency: 'EUR', available: 250, funded: 250 },
    ]);
    await audit(id);
  });

  test('saleor #14358: the customer pays on, and refreshes the page: one order, one authorization', async () => {
    const body = { ...orderBody, externalId: 'refreshed' };
    const asking = { body, headers: { 'idempotency-key': 'refreshed' }, as: 'storefront' as const };
    const [first, second] = await Promise.all([
      api.ask('POST', '/v1/orders', asking),
      api.ask('POST', '/v1/orders', asking),
    ]);
    const third = await api.ask('POST', '/v1/orders', asking);
    const ids = [first, second, third].filter(({ status }) => status === 201).map(({ body: each }) => each);
    expect(new Set(ids.map((each) => OrderResource.parse(each).id)).size).toBe(1);
    const { id } = OrderResource.parse(third.body);
    await api.confirm(id);
    await api.confirm(id);
    const authorized = moneyMoved(api.book.entries).filter(({ key }) => key.startsWith(`${id}:authorize`));
    expect(authorized.map(({ amount }) => amount)).toEqual([900]);
  });
});
