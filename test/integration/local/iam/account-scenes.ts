import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { signedNotice } from '../../../../shared/adapters/sandbox/webhook.ts';

/** Gift cards, store credit and terms are given, looked at and listed. */
export async function accountsAreKept(
  api: ApiClient,
  forgetCursorSecret: () => Promise<void>,
): Promise<{ code: string }> {
  // A card's code is made with the secret.
  await forgetCursorSecret();
  const body = { amount: 50_00, currency: 'EUR' };
  const { id, code } = await api.must<{ id: string; code: string }>('agent', 'POST', '/v1/gift-cards', body);
  await api.must('storefront', 'POST', '/v1/gift-cards/lookup', { code });
  const entries = `/v1/gift-cards/${id}/entries?limit=1`;
  await api.must('agent', 'PUT', `/v1/gift-cards/${id}/block`, { blocked: true });
  await api.must('agent', 'PUT', `/v1/gift-cards/${id}/block`, { blocked: false });
  await api.must('agent', 'GET', entries);
  const change = { amount: -1, reason: 'correction', note: 'iam' };
  await api.must('finance', 'POST', `/v1/gift-cards/${id}/adjustments`, change);
  await api.must('agent', 'POST', '/v1/customers/iam-customer/store-credit', body);
  await api.must('storefront', 'GET', '/v1/customers/iam-customer/store-credit');
  await api.must('admin', 'PUT', '/v1/customers/iam-customer/terms', { currency: 'EUR', limit: 1000_00, days: 30 });
  return { code };
}

const minute = 60_000;

/** Paid by gift card and given back; a bank that wants to see the customer, who comes by notice or by himself; another card; cash at the door. */
export async function paidInOtherWays(api: ApiClient, clock: FakeClock, apiUrl: string, code: string): Promise<void> {
  const lines = [{ sku: 'mug-batuta', quantity: 1, unitPrice: 1200 }];
  const order = (name: string, payments: object[]) => {
    const { payment: _, ...rest } = sampleOrder(name, lines);
    return { ...rest, payments };
  };
  const byCard = await api.place(order('iam-gift-card', [{ method: 'giftCard', token: code }]));
  await clock.advance(minute);
  await api.must('agent', 'POST', `/v1/orders/${byCard.id}/cancel`, { reason: 'test' });
  await clock.advance(minute);

  const { id } = await api.place(order('iam-3ds', [{ method: 'card', token: 'tok_3ds' }]));
  await clock.advance(minute);
  await api.must('storefront', 'POST', `/v1/orders/${id}/payments/pay_1/check`);
  const { payments } = await api.must<{ payments: { action?: { url?: string } }[] }>(
    'agent',
    'GET',
    `/v1/orders/${id}`,
  );
  const reference = payments[0]?.action?.url?.split('/').at(-1) ?? '';
  const occurredAt = new Date(clock.now()).toISOString();
  const key = `${id}:authorize:pay_1`;
  const { body, headers } = signedNotice(
    { id: 'evt_iam', type: 'action.failed', occurredAt, reference, key },
    clock.now(),
  );
  const heeded = await fetch(`${apiUrl}/v1/payment-webhooks/sandbox`, { method: 'POST', body, headers });
  if (!heeded.ok) throw new Error(`the notice is answered ${heeded.status} ${await heeded.text()}`);
  await api.must('storefront', 'POST', `/v1/orders/${id}/payments`, {
    payments: [{ method: 'card', token: 'tok_ok' }],
  });
  await clock.advance(minute);

  const cash = await api.place(order('iam-cash', [{ method: 'cashOnDelivery' }]));
  await clock.advance(minute);
  await api.must('agent', 'POST', `/v1/orders/${cash.id}/payments/pay_1/receipts`, {
    amount: 1200,
    reference: 'round 1',
  });
}
