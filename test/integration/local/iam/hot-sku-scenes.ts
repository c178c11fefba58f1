import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';

interface Scene {
  api: ApiClient;
  clock: FakeClock;
}

const minute = 60_000;
const sku = 'iam-hot';

/** A SKU whose stock is kept in several rows: more than any of them has is promised, sent, given back, held and moved elsewhere. */
export async function hotSku({ api, clock }: Scene): Promise<void> {
  const rows = (body: object) => api.must('warehouse', 'PUT', `/v1/inventory/${sku}/shards`, body);
  /** Spread over four rows, two units each: what comes in comes into one row, where a buyer might find all that he wants with luck. */
  const stock = async (location: string, onHand: number) => {
    await api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/${location}`, { onHand });
    await rows({ shards: 4 });
    await clock.settle();
  };
  const lines = [{ sku, quantity: 7, unitPrice: 700 }];
  const ordered = async (name: string, token?: string) => {
    const { id } = await api.place(sampleOrder(name, lines, token === undefined ? {} : { token }));
    await clock.settle();
    return id;
  };
  const expectStatus = async (id: string, wanted: string) => {
    const { status } = await api.order(id);
    if (status !== wanted) throw new Error(`${id} is ${status}, not ${wanted}`);
  };

  await stock('dc-north', 8);
  await api.must('warehouse', 'GET', `/v1/inventory/${sku}/shards`);
  await api.must('storefront', 'GET', `/v1/availability?sku=${sku}&storefront=web&country=ES&postalCode=28001`);
  await api.must('admin', 'GET', `/v1/safety-stock?sku=${sku}`);

  const sent = await ordered('iam-hot-sent');
  const [fulfillment] = (await api.order(sent)).fulfillments;
  for (const verb of ['accept', 'pick', 'pack', 'ship'] as const) {
    await api.verb(fulfillment?.id ?? '', verb);
    await clock.settle();
  }
  await stock('dc-north', 8);
  // Its card is refused: the units are given back when the time to pay otherwise is over.
  const declined = await ordered('iam-hot-declined', 'tok_declined');
  await expectStatus(declined, 'ON_HOLD');
  await api.must('agent', 'POST', `/v1/orders/${declined}/cancel`, { reason: 'no card' });
  await clock.settle();

  const cart = { storefront: 'web', lines: [{ sku, quantity: 7 }], seconds: 60 };
  const hold = () =>
    api.must<{ id: string }>('storefront', 'POST', '/v1/cart-holds', cart, { 'idempotency-key': `iam-hot-${++holds}` });
  let holds = 0;
  const kept = await hold();
  await api.must('storefront', 'DELETE', `/v1/cart-holds/${kept.id}`);
  await hold();
  // The sweep ends it.
  await clock.advance(3 * minute);

  const moved = await ordered('iam-hot-moved');
  await stock('dc-south', 8);
  const [first] = (await api.order(moved)).fulfillments;
  await api.must('warehouse', 'POST', `/v1/fulfillments/${first?.id}/reject`, { reason: 'closed' });
  await clock.settle();
  await expectStatus(moved, 'CONFIRMED');
  const outage = '/v1/locations/dc-south/outage';
  await api.must('admin', 'POST', outage, { reason: 'flooded' });
  await clock.advance(2 * minute);
  await api.must('admin', 'DELETE', outage);
  await clock.advance(6 * minute);
  await api.must('agent', 'POST', `/v1/orders/${moved}/cancel`, { reason: 'changed my mind' });
  await clock.settle();

  await rows({ shards: 2 });
  // Nobody plans any more: looked after every five minutes, the rows are merged.
  await rows({});
  await clock.advance(11 * minute);
  const { locations } = await api.must<{ locations: { shards: unknown[] }[] }>(
    'warehouse',
    'GET',
    `/v1/inventory/${sku}/shards`,
  );
  if (locations.some(({ shards }) => shards.length > 1)) throw new Error(`${sku} is still in several rows`);
}
