import type { ApiClient } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

const ledger = '/v1/ledger';

/** What orders have moved so far is in the books, and finance reads it. */
export async function booksAreRead({ api, clock }: Scene, forgetCursorSecret: () => Promise<void>): Promise<void> {
  // Longer than events are gathered for.
  await clock.advance(60_000);
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const period = `from=2000-01-01&to=${today}`;
  await api.must('finance', 'PUT', `${ledger}/accounts/default`, { codes: { BANK: '1800' } });
  await api.must('finance', 'GET', `${ledger}/accounts`);
  const { balances } = await api.must<{ balances: { balanced: boolean }[] }>(
    'finance',
    'GET',
    `${ledger}/trial-balance?${period}`,
  );
  if (balances.length === 0 || balances.some(({ balanced }) => !balanced)) {
    throw new Error(`the books do not balance: ${JSON.stringify(balances)}`);
  }
  await forgetCursorSecret();
  const { nextCursor } = await api.must<{ nextCursor: string }>(
    'finance',
    'GET',
    `${ledger}/entries?${period}&limit=1`,
  );
  await api.must('finance', 'GET', `${ledger}/entries?${period}&limit=1&cursor=${nextCursor}`);
}

const settlements = '/v1/settlements';

/** Files of a payment provider: one in parts that is dropped half sent, and one that says something else than the books. */
export async function filesAreReconciled(
  { api, clock }: Scene,
  orderId: string,
  forgetCursorSecret: () => Promise<void>,
): Promise<void> {
  const { data: events } = await api.must<{ data: { type: string; data: { providerReference?: string } }[] }>(
    'agent',
    'GET',
    `/v1/orders/${orderId}/events`,
  );
  const reference = String(events.find(({ type }) => type === 'payment.captured')?.data.providerReference);
  const csv = (gross: string) =>
    `transactionId,type,reference,currency,gross\niam-1,capture,${reference},EUR,${gross}\n`;
  const about = { provider: 'bank', format: 'neutral' };
  const begun = await api.must<{ id: string }>('finance', 'POST', settlements, about);
  await api.must('finance', 'PUT', `${settlements}/${begun.id}/parts/1`, { csv: csv('0.02') });
  const sent = await api.must<{ id: string }>('finance', 'POST', settlements, { ...about, csv: csv('0.01') });
  await clock.advance(10_000);
  const { state } = await api.must<{ state: string }>('finance', 'GET', `${settlements}/${sent.id}`);
  if (state !== 'RECONCILED') throw new Error(`the file is ${state}`);
  const { data } = await api.must<{ data: { id: string; kind: string }[] }>(
    'finance',
    'GET',
    `${settlements}/${sent.id}/differences`,
  );
  const differs = data.find(({ kind }) => kind === 'amount_differs');
  if (!differs) throw new Error(`there is no difference: ${JSON.stringify(data)}`);
  const order = await api.order(orderId);
  if (!order.exceptions.some(({ status }) => status === 'OPEN')) throw new Error('the order has no exception');
  const body = { as: 'writeOff', reason: 'as agreed' };
  await api.must('finance', 'POST', `${settlements}/${sent.id}/differences/${differs.id}/resolve`, body);
  await forgetCursorSecret();
  const { nextCursor } = await api.must<{ nextCursor: string }>('finance', 'GET', `${settlements}?limit=1`);
  await api.must('finance', 'GET', `${settlements}?limit=1&cursor=${nextCursor}`);
}
