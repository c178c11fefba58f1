import type { ApiClient, OrderView } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

/** A delivered order of 12.00 is credited and paid back: by the provider and as store credit, or by hand where the provider refuses. */
export async function moneyGoesBack({ api, clock }: Scene, order: OrderView, isGivenBack: boolean): Promise<void> {
  const memos = `/v1/orders/${order.id}/credit-memos`;
  await api.must('agent', 'POST', `${memos}/preview`, { goodwill: 100, reason: 'goodwill' });
  await api.must('agent', 'POST', memos, { goodwill: 300, reason: 'goodwill' });
  await clock.settle();
  if (isGivenBack) {
    await api.must('agent', 'POST', memos, { goodwill: 200, reason: 'goodwill', refundTo: 'storeCredit' });
    await clock.settle();
  } else {
    await api.must('finance', 'POST', `/v1/orders/${order.id}/refunds`, { amount: 300, reference: 'SEPA 1' });
  }
  const { balance, exceptions } = await api.order(order.id);
  const refunded = isGivenBack ? 500 : 300;
  if (balance.refunded !== refunded) throw new Error(`${order.id}: ${balance.refunded} refunded, not ${refunded}`);
  const parked = exceptions.filter(({ error }) => error === 'SettlementRefused').length;
  if (parked !== (isGivenBack ? 0 : 1)) throw new Error(`${order.id}: ${parked} refusals are parked`);
}
