import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

const minute = 60_000;

/** Lines that are more than units of a SKU: kits, codes to download, engraved mugs. */
export async function linesOfEveryKind({ api, clock }: Scene, lose: () => Promise<void>): Promise<void> {
  const kit = '/v1/kits/iam-set';
  await api.must('admin', 'PUT', kit, { components: [{ sku: 'mug-batuta', perUnit: 2 }] });
  await api.must('storefront', 'GET', kit);
  await api.must('storefront', 'GET', '/v1/kits?limit=1');
  await api.must('storefront', 'GET', '/v1/availability?sku=iam-set&storefront=web');
  await api.place(sampleOrder('iam-kit', [{ sku: 'iam-set', quantity: 1, unitPrice: 2000 }]));
  await clock.settle();
  await api.must('admin', 'DELETE', kit);

  const code = { sku: 'iam-code', kind: 'digital', quantity: 1, unitPrice: 500 };
  // The provider's answers come late, or never.
  for (const token of ['tok_ok', 'tok_timeout_once', 'tok_flaky']) {
    const { id } = await api.place(sampleOrder(`iam-code-${token}`, [code], { token }));
    await clock.advance(1 * minute);
    const { status } = await api.order(id);
    if (status !== 'DELIVERED') throw new Error(`${id} with ${token} is ${status}, not DELIVERED`);
    await api.must('agent', 'GET', `/v1/orders/${id}/executions`);
  }
  const { id: lost } = await api.place(sampleOrder('iam-code-lost', [code], { token: 'tok_flaky' }));
  await clock.advance(3100);
  await lose();
  await clock.advance(12 * minute);
  const { status } = await api.order(lost);
  if (status !== 'DELIVERED') throw new Error(`${lost} is ${status} after its execution was lost, not DELIVERED`);
}
