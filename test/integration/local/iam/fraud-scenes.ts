import type { ApiClient } from '../../../../local/client.ts';

/** Rules and lists are set, listed in two pages, and taken back: what comes after is not screened. */
export async function screeningIsSet(api: ApiClient, forgetCursorSecret: () => Promise<void>): Promise<void> {
  const [rulesPath, listPath] = ['/v1/fraud/rules', '/v1/fraud/blocklist'];
  const rules = [{ id: 'large', type: 'amountAbove', limits: [{ currency: 'EUR', amount: 1_000_000 }], points: 60 }];
  await api.must('admin', 'PUT', rulesPath, { rules });
  const entries = await Promise.all(
    ['192.0.2.1', '192.0.2.2'].map((value) =>
      api.must<{ id: string }>('admin', 'POST', listPath, { kind: 'ip', value }),
    ),
  );
  await api.must('admin', 'POST', listPath, { kind: 'ip', value: '192.0.2.1', effect: 'review' });
  await forgetCursorSecret();
  const { data, nextCursor } = await api.must<{ data: unknown[]; nextCursor: string }>(
    'agent',
    'GET',
    `${listPath}?limit=1`,
  );
  const rest = await api.must<{ data: unknown[] }>(
    'agent',
    'GET',
    `${listPath}?limit=1&cursor=${encodeURIComponent(nextCursor)}`,
  );
  if (data.length + rest.data.length !== 2) throw new Error(`the list has ${data.length} + ${rest.data.length}`);
  for (const { id } of entries) await api.must('admin', 'DELETE', `${listPath}/${id}`);
  const { status } = await api.call('admin', 'DELETE', `${listPath}/${entries[0]?.id}`);
  if (status !== 404) throw new Error(`an entry that is gone is deleted with ${status}`);
  await api.must('admin', 'PUT', rulesPath, { rules: [] });
  await api.must('agent', 'GET', rulesPath);
}
