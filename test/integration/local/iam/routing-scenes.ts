import { type ApiClient, sampleOrder } from '../../../../local/client.ts';
import type { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { SimulationId, type SimulationStore } from '../../../../shared/ports/simulations.ts';

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

/** Policies that look on: when an order is placed, when a site gives it back, and when somebody compares them. */
export async function shadowed({ api, clock }: Scene): Promise<void> {
  const shadow = { name: 'Shadow', kind: 'web', shadowPolicies: ['nearest'] };
  await api.must('admin', 'PUT', '/v1/storefronts/iam-shadow', shadow);
  for (const location of ['dc-north', 'dc-south']) {
    await api.must('warehouse', 'PUT', `/v1/inventory/iam-shade/locations/${location}`, { onHand: 1 });
    await clock.settle();
  }
  const order = {
    ...sampleOrder('iam-shade', [{ sku: 'iam-shade', quantity: 1, unitPrice: 700 }]),
    channel: 'iam-shadow',
  };
  const { id } = await api.place(order);
  await clock.settle();
  const [fulfillment] = (await api.order(id)).fulfillments;
  await api.must('warehouse', 'POST', `/v1/fulfillments/${fulfillment?.id}/reject`, { reason: 'closed' });
  await clock.settle();
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const path = `/v1/storefronts/iam-shadow/shadow-policies?from=${today}&to=${today}`;
  const { data } = await api.must<{ data: { policies: { decisions: number }[] }[] }>('agent', 'GET', path);
  const counted = data.flatMap(({ policies }) => policies.map(({ decisions }) => decisions));
  if (counted.join() !== '2,2') throw new Error(`policies that looked on: ${JSON.stringify(data)}`);
}

/** A week under another policy: one that runs through, one whose execution was lost, one that is canceled. */
export async function simulated({ api, clock }: Scene, store: SimulationStore): Promise<void> {
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const path = '/v1/routing/simulations';
  const start = async (key: string): Promise<string> => {
    const body = { from: today, to: today, patch: { policy: 'nearest', closeSites: ['dc-north'] } };
    const headers = { 'idempotency-key': key };
    return (await api.must<{ id: string }>('admin', 'POST', '/v1/routing/simulate', body, headers)).id;
  };
  const done = async (id: string): Promise<void> => {
    const { state } = await api.must<{ state: string }>('agent', 'GET', `${path}/${id}`);
    if (state !== 'SUCCEEDED') throw new Error(`${id} is ${state}`);
  };
  const whole = await start('iam-simulated');
  await clock.settle();
  await done(whole);
  await api.must('admin', 'POST', `${path}/${whole}/cancel`);

  const known = await store.load(SimulationId.parse(whole));
  if (!known) throw new Error(`${whole} is gone`);
  const lost = SimulationId.parse(`sim_7${whole.slice('sim_7'.length)}`);
  // As a function that died before it started the execution would have left it.
  const updatedAt = new Date(clock.now()).toISOString();
  const { total: _, ...rest } = known;
  const cursor = { day: today, shard: 0 };
  await store.create({ ...rest, id: lost, state: 'RUNNING', done: 0, cursor, updatedAt, version: 1 });
  await clock.advance(12 * 60_000);
  await done(lost);
}
