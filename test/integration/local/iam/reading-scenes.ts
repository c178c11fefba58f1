import type { OrderView } from '../../../../local/client.ts';
import { forgetCursorSecret, type World } from './scene-world.ts';

const popUp = { name: 'Pop-up', kind: 'store', timeZone: 'Europe/Madrid', country: 'ES', priority: 0 };

export async function readsEverything({ api, cloud }: World): Promise<void> {
  const all = async (path: string, role: 'admin' | 'warehouse') => {
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await api.must<{ nextCursor?: string }>(role, 'GET', `${path}${cursor ? `&cursor=${cursor}` : ''}`);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor && pages < 4);
  };
  await forgetCursorSecret(cloud);
  await all('/v1/orders?limit=2', 'admin');
  await all('/v1/orders?limit=2&status=DELIVERED', 'admin');
  await all('/v1/orders?limit=2&customer=ada@example.com', 'admin');
  await forgetCursorSecret(cloud);
  await all('/v1/fulfillments?limit=1', 'warehouse');
  await all('/v1/fulfillments?limit=1&location=dc-north', 'warehouse');
  const { data: orders } = await api.must<{ data: OrderView[] }>('admin', 'GET', '/v1/orders?externalId=iam-two-sites');
  const [first] = orders;
  if (!first) throw new Error('the order is not found by its external id');
  await api.must('agent', 'GET', `/v1/orders/${first.id}/executions`);
  await api.must('warehouse', 'GET', `/v1/fulfillments/${(await api.order(first.id)).fulfillments[0]?.id}`);
  const { data: endpoints } = await api.must<{ data: { id: string }[] }>('admin', 'GET', '/v1/webhook-endpoints');
  await forgetCursorSecret(cloud);
  for (const { id } of endpoints) await all(`/v1/webhook-endpoints/${id}/deliveries?limit=1`, 'admin');
  await api.must('admin', 'PUT', '/v1/locations/pop-up', { ...popUp });
  await api.must('warehouse', 'GET', '/v1/locations');
  await api.must('warehouse', 'GET', '/v1/inventory/mug-batuta');
  await api.call('admin', 'GET', '/v1/nothing-here');
}
