import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { OrderId } from '../../../shared/domain/ids.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';
import { card, paidBy, payingThrough } from './payments-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const { read, placed, pay, moved } = payingThrough(() => api);

describe('several ways to pay', () => {
  const issued = async (key: string, amount: number) => {
    const body = { amount, currency: 'EUR' };
    const { body: answer } = await api.ask('POST', '/v1/gift-cards', { body, headers: { 'idempotency-key': key } });
    return z.object({ id: z.string(), code: z.string() }).parse(answer);
  };
  const onCard = async (id: string) => (await api.ask('GET', `/v1/gift-cards/${id}`)).body;

  test('a gift card and a card: both are asked, both are taken when it is packed', async () => {
    const { id: giftCard, code } = await issued('both', 300);
    const id = await placed(
      paidBy({ method: 'card', token: 'tok_ok' }, { method: 'giftCard', token: code, amount: 300 }),
    );
    expect(await read(id)).toMatchObject({ status: 'CONFIRMED', balance: { authorized: 900 } });
    const { fulfillments } = await read(id);
    for (const verb of ['accept', 'pick', 'pack', 'ship']) {
      expect(
        (await api.ask('POST', `/v1/fulfillments/${fulfillments[0]?.id}/${verb}`, { as: 'warehouse' })).status,
      ).toBe(200);
    }
    expect(await read(id)).toMatchObject({ balance: { captured: 900, due: 0 } });
    expect(moved(id)).toEqual([600, 600, 0, 0]);
    expect(await onCard(giftCard)).toMatchObject({ available: 0, aside: 0, spent: 300 });
  });

  test('the card is declined: the gift card is given back, and other payments pay for all', async () => {
    const { id: giftCard, code } = await issued('declined', 300);
    const id = await placed(
      paidBy({ method: 'giftCard', token: code, amount: 300 }, { method: 'card', token: 'tok_insufficient_funds' }),
    );
    expect(await onCard(giftCard)).toMatchObject({ available: 300, aside: 0 });
    expect(await read(id)).toMatchObject({
      status: 'ON_HOLD',
      payments: [{ status: 'VOIDED' }, { status: 'DECLINED' }],
    });
    const short = await pay(id, { method: 'giftCard', token: code, amount: 300 });
    expect(short).toMatchObject({ status: 422, body: { code: 'payments_differ' } });
    expect(
      (await pay(id, { method: 'card', token: 'tok_ok' }, { method: 'giftCard', token: code, amount: 200 })).status,
    ).toBe(200);
    await api.confirm(id);
    expect(await read(id)).toMatchObject({ status: 'CONFIRMED', balance: { authorized: 1200, voided: 300 } });
    expect(await onCard(giftCard)).toMatchObject({ available: 100, aside: 200 });
    expect(moved(id)).toEqual([700, 0, 0, 0]);
  });

  test('the card is declined, and the gift card is given back but a crash comes before that is written down: nobody pays with it meanwhile', async () => {
    const { id: giftCard, code } = await issued('cut-off', 300);
    const { id } = await api.place(
      paidBy({ method: 'giftCard', token: code, amount: 300 }, { method: 'card', token: 'tok_declined' }),
    );
    const order = OrderId.parse(id);
    const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
    const writesNoVoids: typeof api.deps = {
      ...api.deps,
      orders: {
        ...api.deps.orders,
        async commit(commit) {
          if (commit.events.some(({ type }) => type === 'payment.voided')) throw new Error('cut off');
          return api.deps.orders.commit(commit);
        },
      },
    };
    await reserveStock(api.deps, order, meta);
    await expect(authorizePayment(writesNoVoids, order, meta)).rejects.toThrow('cut off');
    expect(await onCard(giftCard)).toMatchObject({ available: 300, aside: 0 });
    expect((await read(id)).payments).toMatchObject([{ status: 'AUTHORIZED' }, { status: 'DECLINED' }]);

    const again = { method: 'card', token: 'tok_ok' };
    expect(await pay(id, again)).toMatchObject({ status: 409, body: { code: 'payments_returning' } });
    await authorizePayment(api.deps, order, meta);
    expect((await pay(id, again)).status).toBe(200);
    await api.confirm(id);
    expect(await read(id)).toMatchObject({ status: 'CONFIRMED', balance: { authorized: 1200, voided: 300 } });
    expect(moved(id)).toEqual([900, 0, 0, 0]);
  });

  test('a gift card with too little is declined with the rest of the order`s money untouched', async () => {
    const { code } = await issued('too-little', 100);
    const id = await placed(
      paidBy({ method: 'giftCard', token: code, amount: 300 }, { method: 'card', token: 'tok_ok' }),
    );
    expect(await read(id)).toMatchObject({
      status: 'ON_HOLD',
      payments: [{ status: 'DECLINED', declineReason: 'insufficient_balance' }, { status: 'REQUESTED' }],
    });
    expect(moved(id)).toEqual([0, 0, 0, 0]);
  });

  test.each([
    ['of an order that is paid', 'tok_ok', 409, 'invalid_transition'],
    ['that pay twice', 'tok_declined', 422, 'payments_differ'],
  ])('other payments %s are refused', async (_, token, status, code) => {
    const id = await placed(card(token));
    const given = [
      { method: 'card', token: 'tok_ok', amount: 900 },
      { method: 'card', token: 'tok_ok', amount: 900 },
    ];
    expect(await pay(id, ...given)).toMatchObject({ status, body: { code } });
  });
});

describe('money that comes by itself', () => {
  const receive = (id: string, amount: number, reference: string, as: 'agent' | 'storefront' = 'agent') =>
    api.ask('POST', `/v1/orders/${id}/payments/pay_1/receipts`, { body: { amount, reference }, as });
  const shipped = async (changes: object) => {
    const id = await placed(changes);
    const [fulfillmentId] = (await read(id)).fulfillments.map((one) => one.id);
    for (const verb of ['accept', 'pick', 'pack', 'ship']) {
      expect((await api.ask('POST', `/v1/fulfillments/${fulfillmentId}/${verb}`, { as: 'warehouse' })).status).toBe(
        200,
      );
    }
    return id;
  };

  test('terms: the limit is taken, the goods leave unpaid, a bank transfer counts once and frees it', async () => {
    const { customer } = await read((await api.place(card('tok_ok'))).id);
    const terms = `/v1/customers/${customer.id}/terms`;
    await api.ask('PUT', terms, { body: { currency: 'EUR', limit: 1000, days: 30 } });
    const id = await shipped(paidBy({ method: 'terms' }));
    const second = await placed(paidBy({ method: 'terms' }));
    expect(await read(second)).toMatchObject({
      payments: [{ status: 'DECLINED', declineReason: 'credit_limit_exceeded' }],
    });
    expect(await read(id)).toMatchObject({ balance: { captured: 0, due: 900 } });
    expect((await receive(id, 500, 'SEPA 1')).body).toMatchObject({ balance: { captured: 500, due: 400 } });
    const again = await receive(id, 500, 'SEPA 1');
    expect(again).toMatchObject({ status: 200, body: { balance: { captured: 500 } } });
    expect((await api.ask('GET', terms)).body).toMatchObject({ data: [{ used: 400, available: 600 }] });
    expect(await receive(id, 501, 'SEPA 1')).toMatchObject({ status: 409, body: { code: 'receipt_differs' } });
    expect(await receive(id, 401, 'SEPA 2')).toMatchObject({
      status: 409,
      body: { code: 'amount_exceeds_authorization' },
    });
    expect((await receive(id, 400, 'SEPA 2')).body).toMatchObject({ paymentStatus: 'PAID', balance: { due: 0 } });
    expect((await api.ask('GET', terms)).body).toMatchObject({ data: [{ used: 0, available: 1000 }] });
  });

  test('cash on delivery; what a card pays is not received; a storefront receives nothing', async () => {
    const id = await shipped(paidBy({ method: 'cashOnDelivery' }));
    expect((await receive(id, 900, 'round 7, stop 3')).body).toMatchObject({ paymentStatus: 'PAID' });
    const byCard = await placed(card('tok_ok'));
    expect(await receive(byCard, 900, 'x')).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
    expect((await receive(byCard, 900, 'x', 'storefront')).status).toBe(403);
  });
});
