import type { ApiClient } from '../../../../local/client.ts';

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
  await api.must('agent', 'POST', '/v1/customers/iam-customer/store-credit', body);
  await api.must('storefront', 'GET', '/v1/customers/iam-customer/store-credit');
  await api.must('admin', 'PUT', '/v1/customers/iam-customer/terms', { currency: 'EUR', limit: 1000_00, days: 30 });
  return { code };
}
