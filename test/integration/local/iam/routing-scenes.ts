import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

/** An order needs units that a cart held for too long, before the sweep has been there; then somebody asks why it goes out from where it does. */
export async function routed({ api, clock }: Scene): Promise<void> {
  const sku = 'iam-vase';
  await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/dc-north`, { onHand: 2 });
  await clock.settle();
  const cart = { storefront: 'web', lines: [{ sku, quantity: 2 }], seconds: 60 };
  const hold = await api.must<{ id: string }>('storefront', 'POST', '/v1/cart-holds', cart, {
    'idempotency-key': 'iam-vase',
  });
  await clock.advance(61_000);
  const { id } = await api.place(sampleOrder('iam-vase', [{ sku, quantity: 2, unitPrice: 700 }]));
  await clock.settle();
  const { status } = await api.order(id);
  const { state } = await api.must<{ state: string }>('storefront', 'GET', `/v1/cart-holds/${hold.id}`);
  if (`${status} ${state}` !== 'CONFIRMED EXPIRED') throw new Error(`${id} is ${status}, the hold ${state}`);
  await api.must('agent', 'GET', `/v1/orders/${id}/routing`);
  await api.must('agent', 'POST', '/v1/routing/what-if', { orderId: id, patch: { closeSites: ['dc-north'] } });
}
