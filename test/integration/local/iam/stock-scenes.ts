import type { ApiClient } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

/** Everything that people do to stock, and every way to look at it. */
export async function stockMoves({ api, clock }: Scene, forgetCursorSecret: () => Promise<void>): Promise<void> {
  const post = (path: string, body: object) => api.must<{ id: string }>('warehouse', 'POST', path, body);
  const north = '/v1/inventory/iam-lamp/locations/dc-north';
  await post(`${north}/receipts`, { quantity: 20, reference: { type: 'purchase_order', id: 'po-1' } });
  await post(`${north}/adjustments`, { delta: -2, reason: 'lost' });
  await post(`${north}/unavailable`, { from: 'available', to: 'damaged', quantity: 1 });
  await post(`${north}/counts`, { counted: 18, asOf: new Date(clock.now() - 1000).toISOString() });
  await api.must('admin', 'PUT', '/v1/inventory/iam-lamp/threshold', { lowAt: 18 });
  await clock.settle();

  const lines = [{ sku: 'iam-lamp', quantity: 2 }];
  const eta = new Date(clock.now() + 86_400_000).toISOString();
  const transfer = { from: 'dc-north', to: 'dc-south', lines };
  await post('/v1/transfers', { ...transfer, mode: 'immediate' });
  const sent = await post('/v1/transfers', { ...transfer, eta });
  await post(`/v1/transfers/${sent.id}/receive`, { lines });
  const canceled = await post('/v1/transfers', { ...transfer, eta });
  await post(`/v1/transfers/${canceled.id}/cancel`, { reason: 'changed our minds' });
  await api.must('warehouse', 'GET', `/v1/transfers/${sent.id}`);

  const expected = {
    sku: 'iam-lamp',
    locationId: 'dc-north',
    quantity: 5,
    eta,
    source: { type: 'purchase_order', id: 'po-2' },
  };
  const supply = await post('/v1/supplies', expected);
  await api.must('warehouse', 'GET', `/v1/supplies/${supply.id}`);
  await post(`/v1/supplies/${supply.id}/cancel`, { reason: 'changed our minds' });

  await forgetCursorSecret();
  for (const path of [
    '/v1/inventory?limit=1',
    '/v1/inventory?limit=1&location=dc-north',
    '/v1/inventory?limit=1&level=low',
    '/v1/inventory/iam-lamp/ledger?limit=1',
    '/v1/transfers?limit=1',
    '/v1/supplies?limit=1&sku=iam-lamp',
  ]) {
    const { nextCursor } = await api.must<{ nextCursor: string | null }>('warehouse', 'GET', path);
    if (nextCursor) await api.must('warehouse', 'GET', `${path}&cursor=${nextCursor}`);
  }
}
