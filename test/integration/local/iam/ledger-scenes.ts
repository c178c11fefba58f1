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
