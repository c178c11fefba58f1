import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxNotice, signedNotice } from '../../../shared/adapters/sandbox/webhook.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';
import { card, payingThrough } from './payments-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const { read, placed, pay, moved } = payingThrough(() => api);
const referenceOf = async (id: string, paymentId = 'pay_1') =>
  (await api.orders.load(OrderId.parse(id)))?.payments.find((one) => one.id === paymentId)?.providerReference ?? '';

let notices = 0;
const noticeOf = async (
  id: string,
  type: SandboxNotice['type'],
  more: Partial<SandboxNotice> = {},
): Promise<SandboxNotice> => {
  notices += 1;
  const occurredAt = new Date(api.system.now()).toISOString();
  return {
    id: `evt_${notices}`,
    type,
    occurredAt,
    reference: await referenceOf(id),
    key: `${id}:authorize:pay_1`,
    ...more,
  };
};
const send = (notice: SandboxNotice) => {
  const { body, headers } = signedNotice(notice, api.system.now());
  return api.ask('POST', '/v1/payment-webhooks/sandbox', { raw: body, headers, as: 'nobody' });
};
const outcomeOf = async (notice: SandboxNotice) => (await send(notice)).body;

describe('a bank that wants to see the customer (3-D Secure)', () => {
  test('the order waits with its stock given back and says where to go; the bank`s answer carries it on', async () => {
    const before = await api.bucket('tea', 'dc-1');
    const id = await placed(card('tok_3ds'));
    expect(await api.bucket('tea', 'dc-1')).toMatchObject({ available: before?.available });
    const waiting = await read(id);
    expect(waiting).toMatchObject({
      status: 'ON_HOLD',
      holds: [{ handle: 'payment:pay_1', reason: 'PAYMENT' }],
      nextAction: { action: 'AUTHENTICATE_PAYMENT' },
      payments: [{ status: 'ACTION_REQUIRED', authorized: 0, action: { url: expect.stringContaining('https://') } }],
    });
    const events = await api.ask('GET', `/v1/orders/${id}/events`);
    expect(events.text).toContain('payment.action_required');
    expect(events.text).not.toContain('https://bank');
    expect(await outcomeOf(await noticeOf(id, 'action.completed'))).toEqual({ outcome: 'recorded' });
    const paid = await read(id);
    expect(paid).toMatchObject({ status: 'PLACED', holds: [], payments: [{ status: 'AUTHORIZED', authorized: 900 }] });
    expect(paid.payments[0]).not.toHaveProperty('action');
    await api.confirm(id);
    expect(await read(id)).toMatchObject({ status: 'CONFIRMED' });
    expect(moved(id)).toEqual([900, 0, 0, 0]);
  });

  test('notices that come twice, late and out of order change nothing more', async () => {
    const id = await placed(card('tok_3ds'));
    const completed = await noticeOf(id, 'action.completed');
    expect(await outcomeOf(completed)).toEqual({ outcome: 'recorded' });
    const { version } = await read(id);
    expect(await outcomeOf(completed)).toEqual({ outcome: 'duplicate' });
    for (const type of ['declined', 'authorized', 'captured', 'expired', 'voided'] as const) {
      expect(await outcomeOf(await noticeOf(id, type))).toEqual({ outcome: 'unrelated' });
    }
    expect(await read(id)).toMatchObject({ version, payments: [{ status: 'AUTHORIZED' }] });
    expect(moved(id)).toEqual([900, 0, 0, 0]);
  });

  test('golden 7: every notice of an order`s life, each twice, late and in the wrong order: one charge, nothing recorded twice', async () => {
    const id = await placed(card('tok_ok'));
    const kinds = ['captured', 'refunded', 'voided', 'expired', 'declined', 'authorized'] as const;
    const kept = await Promise.all(kinds.map((type) => noticeOf(id, type)));
    const [fulfillmentId] = (await read(id)).fulfillments.map((one) => one.id);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      const at = `/v1/fulfillments/${fulfillmentId}/${verb}`;
      expect((await api.ask('POST', at, { as: 'warehouse' })).status).toBe(200);
      const { version } = await read(id);
      const answers = [];
      for (const notice of [...kept, ...kept.toReversed()]) {
        answers.push(await outcomeOf({ ...notice, id: `${notice.id}_${verb}` }));
      }
      expect(answers).toEqual([
        ...kept.map(() => ({ outcome: 'unrelated' })),
        ...kept.map(() => ({ outcome: 'duplicate' })),
      ]);
      expect(await read(id)).toMatchObject({ version });
    }
    expect(await read(id)).toMatchObject({
      paymentStatus: 'PAID',
      holds: [],
      exceptions: [],
      balance: { captured: 900 },
    });
    expect(moved(id)).toEqual([900, 900, 0, 0]);
  });

  test('the customer fails at the bank: the order waits for another card, and takes it', async () => {
    const id = await placed(card('tok_3ds'));
    expect(await outcomeOf(await noticeOf(id, 'action.failed'))).toEqual({ outcome: 'recorded' });
    expect(await read(id)).toMatchObject({
      status: 'ON_HOLD',
      payments: [{ status: 'DECLINED', declineReason: 'authentication_failed' }],
    });
    expect((await pay(id, { method: 'card', token: 'tok_ok' })).status).toBe(200);
    await api.confirm(id);
    expect(await read(id)).toMatchObject({
      status: 'CONFIRMED',
      payments: [{ status: 'DECLINED' }, { status: 'AUTHORIZED' }],
    });
  });

  test('who comes back to the storefront is looked after at once, without a notice', async () => {
    const id = await placed(card('tok_3ds'));
    const check = () => api.ask('POST', `/v1/orders/${id}/payments/pay_1/check`, { as: 'storefront' });
    expect((await check()).body).toMatchObject({ payments: [{ status: 'ACTION_REQUIRED' }] });
    api.book.entries.set(`ACTION#${await referenceOf(id)}`, 'completed');
    expect((await check()).body).toMatchObject({ holds: [], payments: [{ status: 'AUTHORIZED' }] });
    expect((await api.ask('POST', `/v1/orders/${id}/payments/pay_9/check`)).body).toMatchObject({
      code: 'payment_not_found',
    });
  });

  test('canceled meanwhile: what the bank says then is given back', async () => {
    const id = await placed(card('tok_3ds'));
    const notice = await noticeOf(id, 'action.completed');
    expect((await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'changed_mind' } })).status).toBe(200);
    expect(await outcomeOf(notice)).toEqual({ outcome: 'recorded' });
    await api.confirm(id);
    expect(await read(id)).toMatchObject({ status: 'CANCELED', payments: [{ status: 'VOIDED' }] });
    expect(moved(id)).toEqual([900, 0, 900, 0]);
  });
});

describe('notices that are none', () => {
  const post = (provider: string, raw: string, headers: Record<string, string>) =>
    api.ask('POST', `/v1/payment-webhooks/${provider}`, { raw, headers, as: 'nobody' });

  type Change = (body: string, headers: Record<string, string>) => [string, Record<string, string>];
  test.each<[string, Change, string]>([
    ['not signed', (body) => [body, {}], 'not_signed'],
    ['forged', (body, headers) => [body.replace('evt_', 'evt-'), headers], 'wrong_signature'],
    ['with a signature of nonsense', (body) => [body, { 'sandbox-signature': 't=1,v1=zz' }], 'wrong_signature'],
  ])('%s: refused, and nothing happens', async (_, change, reason) => {
    const id = await placed(card('tok_3ds'));
    const signed = signedNotice(await noticeOf(id, 'action.completed'), api.system.now());
    const [body, headers] = change(signed.body, signed.headers);
    expect(await post('sandbox', body, headers)).toMatchObject({
      status: 400,
      body: { code: 'webhook_refused', reason },
    });
    expect(await read(id)).toMatchObject({ payments: [{ status: 'ACTION_REQUIRED' }] });
  });

  test('recorded and replayed after five minutes: refused', async () => {
    const id = await placed(card('tok_3ds'));
    const { body, headers } = signedNotice(await noticeOf(id, 'action.completed'), api.system.now() - 301_000);
    expect(await post('sandbox', body, headers)).toMatchObject({ status: 400, body: { reason: 'too_old' } });
    expect(await read(id)).toMatchObject({ payments: [{ status: 'ACTION_REQUIRED' }] });
  });

  test('of a provider that this installation does not have, or nobody has', async () => {
    expect((await post('stripe', '{}', {})).status).toBe(404);
    expect((await post('paypal', '{}', {})).status).toBe(404);
  });

  test('about an order that is none', async () => {
    const id = await placed(card('tok_ok'));
    const other = await noticeOf(id, 'expired', { key: 'ord_nobody:authorize:pay_1' });
    expect(await outcomeOf(other)).toEqual({ outcome: 'unrelated' });
    expect(await outcomeOf(await noticeOf(id, 'expired', { reference: 'sbx_nothing' }))).toEqual({
      outcome: 'unrelated',
    });
  });
});

describe('authorizations that lapse', () => {
  const hour = 3_600_000;

  test('while the order waits: the same card is asked again when it is packed, and charged once', async () => {
    const id = await placed({ ...card('tok_expires_36h'), lines: [{ sku: 'cup', quantity: 2, unitPrice: 450 }] });
    const [fulfillmentId] = (await read(id)).fulfillments.map((one) => one.id);
    expect(await read(id)).toMatchObject({ payments: [{ status: 'AUTHORIZED', expiresAt: expect.any(String) }] });
    api.later(37 * hour);
    // Not before: the provider itself says that it is over.
    expect(await outcomeOf(await noticeOf(id, 'expired'))).toEqual({ outcome: 'recorded' });
    expect(await read(id)).toMatchObject({
      payments: [
        { status: 'EXPIRED', voided: 900 },
        { status: 'REQUESTED', amount: 900, replaces: 'pay_1' },
      ],
    });
    for (const verb of ['accept', 'pick', 'pack', 'ship']) {
      expect((await api.ask('POST', `/v1/fulfillments/${fulfillmentId}/${verb}`, { as: 'warehouse' })).status).toBe(
        200,
      );
    }
    expect(await read(id)).toMatchObject({
      payments: [{ status: 'EXPIRED' }, { status: 'CAPTURED', captured: 900 }],
      balance: { due: 0 },
    });
    expect(moved(id)).toEqual([1800, 900, 0, 0]);
  });

  test('a notice that it lapsed, when it has not, is none', async () => {
    const id = await placed(card('tok_expires_36h'));
    expect(await outcomeOf(await noticeOf(id, 'expired'))).toEqual({ outcome: 'unrelated' });
    expect(await read(id)).toMatchObject({ payments: [{ status: 'AUTHORIZED' }] });
  });

  test('nobody tells: the capture is declined, and the card asked again', async () => {
    const id = await placed(card('tok_expires_36h'));
    const [fulfillmentId] = (await read(id)).fulfillments.map((one) => one.id);
    api.later(37 * hour);
    for (const verb of ['accept', 'pick', 'pack', 'ship']) {
      expect((await api.ask('POST', `/v1/fulfillments/${fulfillmentId}/${verb}`, { as: 'warehouse' })).status).toBe(
        200,
      );
    }
    expect(moved(id)).toEqual([1800, 900, 0, 0]);
  });

  test('the clock tells: a timer stands a day before it lapses, and then where it does', async () => {
    const id = await placed(card('tok_expires_36h'));
    const fire = (name: string) => fireTimer(api.deps, OrderId.parse(id), `${name}:pay_1`);
    expect(await fire('lapsing')).toBe('gone');
    api.later(12 * hour);
    expect(await fire('lapsing')).toBe('fired');
    const { expiresAt } = (await read(id)).payments[0] ?? {};
    expect(await read(id)).toMatchObject({
      paymentStatus: 'EXPIRING',
      nextAction: { action: 'ACCEPT', dueAt: expiresAt },
    });
    expect(await fire('lapse')).toBe('gone');
    api.later(24 * hour);
    expect(await fire('lapse')).toBe('fired');
    expect(await read(id)).toMatchObject({ payments: [{ status: 'EXPIRED' }, { status: 'REQUESTED' }] });
  });
});
