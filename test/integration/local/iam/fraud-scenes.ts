import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

const [rulesPath, listPath] = ['/v1/fraud/rules', '/v1/fraud/blocklist'];

/** Rules and lists are set, listed in two pages, used, and taken back: what comes after is not screened. */
export async function screeningIsSet(scene: Scene, forgetCursorSecret: () => Promise<void>): Promise<void> {
  const { api, clock } = scene;
  const rules = [
    { id: 'large', type: 'firstOrderAbove', limits: [{ currency: 'EUR', amount: 4000 }], action: 'refuse' },
    { id: 'many', type: 'velocity', of: 'customer', window: 3600, above: 50, points: 60 },
  ];
  await api.must('admin', 'PUT', rulesPath, { rules });
  const entries: { id: string }[] = [];
  for (const value of ['192.0.2.1', '192.0.2.2']) {
    entries.push(await api.must<{ id: string }>('admin', 'POST', listPath, { kind: 'ip', value }));
  }
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
  await refused(scene);
  for (const { id } of entries) await api.must('admin', 'DELETE', `${listPath}/${id}`);
  const { status } = await api.call('admin', 'DELETE', `${listPath}/${entries[0]?.id}`);
  if (status !== 404) throw new Error(`an entry that is gone is deleted with ${status}`);
  await api.must('admin', 'PUT', rulesPath, { rules: [] });
  await api.must('agent', 'GET', rulesPath);
  // So long it is remembered that there were rules.
  await clock.advance(31_000);
}

/** More than one row of a hot SKU has is promised, and given back when the order is refused. */
async function refused({ api, clock }: Scene): Promise<void> {
  const sku = 'iam-fraud';
  await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/dc-north`, { onHand: 8 });
  await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/shards`, { shards: 4 });
  await clock.advance(31_000);
  const order = sampleOrder('iam-fraud', [{ sku, quantity: 7, unitPrice: 700 }]);
  const { id } = await api.place({ ...order, customer: { ...order.customer, email: 'nobody@example.com' } });
  await clock.settle();
  const { status, endReason } = (await api.order(id)) as { status: string; endReason?: string };
  if (endReason !== 'fraud_refused') throw new Error(`${id} is ${status}: ${endReason}`);
}
