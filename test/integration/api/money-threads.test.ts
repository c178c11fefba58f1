import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moneyMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { signedNotice } from '../../../shared/adapters/sandbox/webhook.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

/**
 * What users of other systems lost money by (capabilities.md, section c), as far as no test beside the code shows it. Edits of a paid order
 * (saleor #3540, #3987) wait for change orders; returns of goods (medusa #4052, #14936, vendure #3576) for returns.
 */

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const meta = { actor: { id: 'settle-payment', role: 'system' as const }, correlationId: 't', causationId: 't' };
const settle = (id: string) => settlePayment(api.deps, OrderId.parse(id), meta);
const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const eventsOf = (id: string) => api.orders.events(OrderId.parse(id));
const movedBy = (id: string, operation: string) =>
  moneyMoved(api.book.entries)
    .filter(({ key }) => key.startsWith(`${id}:${operation}`))
    .map(({ amount }) => amount);
async function audit(id: string) {
  const order = await api.orders.load(OrderId.parse(id));
  if (!order) throw new Error('no order');
  expect(auditOrder(order, await eventsOf(id))).toEqual([]);
}
const placed = async (token: string, changes: object = {}) => {
  const { id } = await api.place({ ...changes, payment: { method: 'card', token } });
  await api.confirm(id);
  return id;
};
const work = (fulfillment: string, verb: string) => api.ask('POST', `/v1/fulfillments/${fulfillment}/${verb}`);
async function delivered(token = 'tok_ok', changes: object = {}) {
  const { id } = await api.place({ ...changes, payment: { method: 'card', token } });
  for (const fulfillment of await api.confirm(id)) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      const { status, text } = await work(fulfillment, verb);
      if (status !== 200) throw new Error(text);
    }
  }
  return id;
}
let keys = 0;
const credit = (id: string, body: object) => {
  keys += 1;
  const headers = { 'idempotency-key': `thread-${keys}` };
  return api.ask('POST', `/v1/orders/${id}/credit-memos`, { body, headers, as: 'agent' });
};
const lines = [{ lineId: 'line_1', quantity: 1 }];

describe('paid once', () => {
  test('medusa #13301, #4798, vendure PR #3749: the notice and the customer who comes back, three times each at once: one authorization, no error', async () => {
    const id = await placed('tok_3ds');
    const reference = (await api.orders.load(OrderId.parse(id)))?.payments[0]?.providerReference ?? '';
    api.book.entries.set(`ACTION#${reference}`, 'completed');
    const occurredAt = new Date(api.system.now()).toISOString();
    const notify = (n: number) => {
      const key = `${id}:authorize:pay_1`;
      const notice = { id: `evt_race_${n}`, type: 'action.completed' as const, occurredAt, reference, key };
      const { body, headers } = signedNotice(notice, api.system.now());
      return api.ask('POST', '/v1/payment-webhooks/sandbox', { raw: body, headers, as: 'nobody' });
    };
    const check = () => api.ask('POST', `/v1/orders/${id}/payments/pay_1/check`, { as: 'storefront' });
    const answers = await Promise.all([notify(1), check(), notify(2), check(), notify(3), check()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await read(id)).toMatchObject({ holds: [], payments: [{ status: 'AUTHORIZED', authorized: 900 }] });
    expect((await eventsOf(id)).filter(({ type }) => type === 'payment.authorized')).toHaveLength(1);
    expect(movedBy(id, 'authorize')).toEqual([900]);
    await audit(id);
  });

  test('medusa #13301: packed, shipped and settled at once: captured once', async () => {
    const { id } = await api.place({ payment: { method: 'card', token: 'tok_ok' } });
    const [fulfillment = ''] = await api.confirm(id);
    for (const verb of ['accept', 'pick', 'pack']) await work(fulfillment, verb);
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => work(fulfillment, 'ship').then(({ status }) => status)),
      ...Array.from({ length: 3 }, () => settle(id).then(() => 200)),
    ]);
    expect(answers.every((status) => status === 200 || status === 503)).toBe(true);
    expect((await work(fulfillment, 'ship')).status).toBe(200);
    expect(movedBy(id, 'capture')).toEqual([900]);
    expect((await read(id)).payments).toMatchObject([{ captured: 900, captures: [{ amount: 900 }] }]);
    await audit(id);
  });

  test('medusa #14205: an order whose payment fails stays what it is, and leaves no gap in the numbers of invoices', async () => {
    const numberOf = async (id: string) => Number((await read(id)).invoices[0]?.number.slice(-6));
    const before = await numberOf(await delivered());
    const declined = await placed('tok_declined');
    expect(await read(declined)).toMatchObject({ status: 'ON_HOLD', invoices: [], payments: [{ status: 'DECLINED' }] });
    expect(await numberOf(await delivered())).toBe(before + 1);
  });
});

describe('given back once, and as much as was meant', () => {
  test('saleor #14108: who listens is told how much of a capture goes back, in which currency, before and after', async () => {
    const id = await delivered();
    await credit(id, { goodwill: 123, reason: 'goodwill' });
    await settle(id);
    const told = (await eventsOf(id)).filter(({ type }) => type.startsWith('payment.refund'));
    expect(told.map(({ type, data }) => ({ type, data }))).toMatchObject([
      {
        type: 'payment.refund_requested',
        data: { amount: 123, currency: 'EUR', paymentId: 'pay_1', captureId: 'cap_1' },
      },
      { type: 'payment.refunded', data: { amount: 123, currency: 'EUR', paymentId: 'pay_1', captureId: 'cap_1' } },
    ]);
  });

  test('saleor #12491: the answer to a refund is lost and four people try again at once: one refund', async () => {
    const id = await delivered();
    await credit(id, { lines, reason: 'return' });
    await Promise.allSettled(Array.from({ length: 4 }, () => settle(id)));
    await settle(id);
    const { gross = 0 } = (await read(id)).creditMemos[0] ?? {};
    expect(gross).toBeGreaterThan(0);
    expect(movedBy(id, 'refund')).toEqual([gross]);
    await audit(id);
  });

  test('saleor #14153, #14188: refunds one after the other: each moves what is paid, owed and shown by its own amount', async () => {
    const id = await delivered();
    const seen: unknown[] = [];
    for (const goodwill of [100, 100, 700]) {
      await credit(id, { goodwill, reason: 'goodwill' });
      await settle(id);
      const { balance, paymentStatus } = await read(id);
      seen.push([balance.refunded, balance.credited, balance.due, paymentStatus]);
    }
    expect(seen).toEqual([
      [100, 100, 0, 'PARTIALLY_REFUNDED'],
      [200, 200, 0, 'PARTIALLY_REFUNDED'],
      [900, 900, 0, 'REFUNDED'],
    ]);
    expect(await credit(id, { goodwill: 1, reason: 'goodwill' })).toMatchObject({
      body: { code: 'credit_exceeds_invoice' },
    });
    await audit(id);
  });

  test('medusa #11645, #13068: credited twice for as many units: the totals are the sum of all of it', async () => {
    const id = await delivered();
    const [first, second] = [
      await credit(id, { lines, reason: 'return' }),
      await credit(id, { lines, reason: 'return' }),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    await settle(id);
    await settle(id);
    const { balance, payments } = await read(id);
    expect(balance).toMatchObject({ invoiced: 900, credited: 900, captured: 900, refunded: 900, due: 0 });
    expect(payments[0]?.refunds?.map(({ status }) => status)).toEqual(payments[0]?.refunds?.map(() => 'SUCCEEDED'));
    expect(movedBy(id, 'refund').reduce((sum, amount) => sum + amount, 0)).toBe(900);
    await audit(id);
  });

  test('vendure #890, #2393: with a promotion, what goes back is what was paid for the unit, not its list price', async () => {
    const id = await delivered('tok_ok', {
      lines: [{ sku: 'tea', quantity: 3, unitPrice: 450, discounts: [{ code: 'SPRING', amount: 250 }] }],
    });
    const amounts: number[] = [];
    for (let n = 0; n < 3; n++) {
      await credit(id, { lines, reason: 'return' });
      await settle(id);
      amounts.push((await read(id)).balance.refunded - amounts.reduce((sum, one) => sum + one, 0));
    }
    expect(amounts).toEqual([367, 366, 367]);
    expect((await read(id)).balance).toMatchObject({ captured: 1100, refunded: 1100, due: 0 });
    await audit(id);
  });
});
