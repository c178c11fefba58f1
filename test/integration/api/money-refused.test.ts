import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const placed = async (token: string) => {
  const { id } = await api.place({ payment: { method: 'card', token } });
  await api.confirm(id);
  return id;
};
const moved = (id: string) =>
  (['authorize', 'capture', 'void', 'refund'] as const).map((operation) =>
    sumMoved(moneyMoved(api.book.entries), operation, id),
  );

describe('money that cannot be taken', () => {
  test('unknown token: declined, nothing is authorized, the stock goes back, and the order waits for another card', async () => {
    const before = await api.bucket('tea', 'dc-1');
    const id = await placed('tok_nobody_has');
    expect(await read(id)).toMatchObject({
      status: 'ON_HOLD',
      nextAction: { action: 'PROVIDE_PAYMENT' },
      payments: [{ status: 'DECLINED', declineReason: 'unknown_token' }],
    });
    expect(await api.bucket('tea', 'dc-1')).toMatchObject({ available: before?.available });
    expect(moved(id)).toEqual([0, 0, 0, 0]);
  });

  test('capture after void: refused for finance and at the provider, and nothing changes', async () => {
    const id = await placed('tok_ok');
    const authorization = (await api.orders.load(OrderId.parse(id)))?.payments[0]?.providerReference ?? '';
    await api.ask('POST', `/v1/orders/${id}/cancel`, { body: { reason: 'changed_mind' } });
    await api.confirm(id);
    const { version } = await read(id);
    for (const [key, body] of Object.entries({ all: {}, part: { amount: 1 } })) {
      const headers = { 'idempotency-key': key };
      const answer = await api.ask('POST', `/v1/orders/${id}/captures`, { body, headers, as: 'finance' });
      expect(answer).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
    }
    const late = { key: `${id}:capture:pay_1:0`, amount: 900, currency: 'EUR', authorization };
    expect(await api.deps.payments.of('card').capture(late)).toEqual({
      outcome: 'declined',
      reason: 'authorization_canceled',
    });
    expect(await read(id)).toMatchObject({
      version,
      status: 'CANCELED',
      payments: [{ status: 'VOIDED', captured: 0 }],
    });
    expect(moved(id)).toEqual([900, 0, 900, 0]);
  });
});
