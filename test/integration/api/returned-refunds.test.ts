import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { signedNotice } from '../../../shared/adapters/sandbox/webhook.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { paymentOf } from '../../../shared/domain/payments.ts';
import { settlement } from '../../../shared/domain/settlement.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { refundEffect } from '../../../shared/use-cases/give-back.ts';
import { mustSucceed } from '../../../shared/use-cases/outcome.ts';
import { parkOrder } from '../../../shared/use-cases/park-order.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { startsOf } from '../../../shared/workflows/triggers.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const meta = { actor: { id: 'settle', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const settle = (id: string) => settlePayment(api.deps, OrderId.parse(id), meta);
const read = async (id: string) => OrderResource.parse((await api.ask('GET', `/v1/orders/${id}`)).body);
const moved = (id: string) =>
  (['authorize', 'capture', 'void', 'refund'] as const).map((operation) =>
    sumMoved(moneyMoved(api.book.entries), operation, id),
  );

let notices = 0;
/** The sandbox says that a refund came back. */
async function returned(id: string, refund = 'ref_1'): Promise<unknown> {
  notices += 1;
  const reference = (await api.orders.load(OrderId.parse(id)))?.payments[0]?.providerReference ?? '';
  const occurredAt = new Date(api.system.now()).toISOString();
  const key = `${id}:refund:pay_1:${refund}`;
  const { body, headers } = signedNotice(
    { id: `evt_r${notices}`, type: 'refundFailed', occurredAt, reference, key },
    api.system.now(),
  );
  return (await api.ask('POST', '/v1/payment-webhooks/sandbox', { raw: body, headers, as: 'nobody' })).body;
}

describe('a refund that the bank sends back', () => {
  const delivered = async () => {
    const { id } = await api.place();
    await api.confirm(id);
    const [fulfillmentId] = (await read(id)).fulfillments.map((one) => one.id);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver']) {
      await api.ask('POST', `/v1/fulfillments/${fulfillmentId}/${verb}`, { as: 'warehouse' });
    }
    const body = { goodwill: 300, reason: 'goodwill' };
    const headers = { 'idempotency-key': `memo-${id}` };
    const memo = await api.ask('POST', `/v1/orders/${id}/credit-memos`, { body, headers, as: 'agent' });
    expect(memo.status).toBe(201);
    return id;
  };
  test('after it went through: it is undone in the books, due again, given back; the second time parked, and finance tries again', async () => {
    const id = await delivered();
    await settle(id);
    expect(moved(id)).toEqual([900, 900, 0, 300]);
    expect(await returned(id)).toEqual({ outcome: 'recorded' });
    expect(await returned(id)).toEqual({ outcome: 'unrelated' });
    expect(await read(id)).toMatchObject({
      balance: { refunded: 0 },
      payments: [{ refunds: [{ id: 'ref_1', status: 'FAILED', reason: 'refund_returned' }] }],
    });
    const order = await api.orders.load(OrderId.parse(id));
    const events = await api.orders.events(OrderId.parse(id));
    const last = events.at(-1);
    expect(last && startsOf(last)).toEqual([{ machine: 'settle-order' }]);
    expect(order && auditOrder(order, events)).toEqual([]);
    // A refusal may be a moment's: the same card is asked once more.
    await settle(id);
    expect(moved(id)).toEqual([900, 900, 0, 300]);
    expect(await returned(id, 'ref_2')).toEqual({ outcome: 'recorded' });
    const failure = await settle(id).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'SettlementRefused', message: expect.stringContaining('refund_returned') });
    await parkOrder(
      api.deps,
      OrderId.parse(id),
      { workflow: 'settle-order', error: 'SettlementRefused', cause: 'refund_returned' },
      meta,
    );
    expect(await read(id)).toMatchObject({ nextAction: { action: 'RESOLVE_EXCEPTION' } });
    expect((await api.ask('POST', `/v1/orders/${id}/retry`, { as: 'finance' })).status).toBe(200);
    await settle(id);
    expect(await read(id)).toMatchObject({ balance: { refunded: 300 } });
    expect(moved(id)).toEqual([900, 900, 0, 300]);
    const after = await api.orders.load(OrderId.parse(id));
    expect(after && auditOrder(after, await api.orders.events(OrderId.parse(id)))).toEqual([]);
  });

  test('before anybody has written down that it went through: it failed, and is asked for no more', async () => {
    const id = await delivered();
    const orderId = OrderId.parse(id);
    const { order } = mustSucceed(
      await execute(
        api.deps,
        orderId,
        (now) => [{ type: 'requestRefund', ...settlement(now as Order).refunds[0]! }],
        meta,
      ),
    );
    const payment = paymentOf(order, 'pay_1');
    const { operation: _, ...request } = refundEffect(order, payment, payment.refunds![0]!);
    expect(await api.deps.payments.of('card').refund(request)).toMatchObject({ outcome: 'approved' });
    expect(await returned(id)).toEqual({ outcome: 'recorded' });
    expect(await read(id)).toMatchObject({ payments: [{ refunds: [{ status: 'FAILED' }] }], balance: { refunded: 0 } });
    expect(moved(id)).toEqual([900, 900, 0, 0]);
  });

  test('one that was not ours is for a person', async () => {
    const id = await delivered();
    expect(await returned(id, 'ref_7')).toEqual({ outcome: 'recorded' });
    expect(await read(id)).toMatchObject({
      exceptions: [{ error: 'PaymentRefundFailed', category: 'PAYMENT' }],
      balance: { refunded: 0 },
    });
  });
});
