import { type OrderView, sampleOrder } from '../../../../local/client.ts';
import { moneyGoesBack } from './refund-scenes.ts';
import {
  beans,
  carrierFails,
  expectThat,
  fulfill,
  hour,
  minute,
  mug,
  placed,
  second,
  stopExecutions,
  type World,
} from './scene-world.ts';

export async function twoSitesDelivered(world: World): Promise<void> {
  const order = await placed(world, 'iam-two-sites', [mug, beans]);
  expectThat(order, order.fulfillments.length === 2, 'is split over two sites');
  await fulfill(world, order);
  expectThat(order, (await world.api.order(order.id)).status === 'DELIVERED', 'is delivered');
  await world.api.must('storefront', 'POST', `/v1/orders/${order.id}/confirm-receipt`);
  await allInvoices(world, order.id);
  // The same order again, with another key: found by its external id.
  const again = await world.api.call('storefront', 'POST', '/v1/orders', sampleOrder('iam-two-sites', [mug, beans]));
  expectThat(order, again.status === 409, 'is placed once');
}

/** As PDF, which asks for the seller's logo. */
async function allInvoices({ api }: World, orderId: string): Promise<void> {
  const list = await api.must<{ data: { id: string }[] }>('agent', 'GET', `/v1/orders/${orderId}/invoices`);
  for (const { id } of list.data) {
    const headers = { authorization: `Bearer ${api.keys.agent}` };
    const pdf = await fetch(`${api.url}/v1/orders/${orderId}/invoices/${id}.pdf`, { headers });
    if (pdf.status !== 200) throw new Error(`the invoice ${id} as PDF: ${pdf.status} ${await pdf.text()}`);
  }
  if (list.data.length === 0) throw new Error(`${orderId} has no invoice`);
}

export async function backorderThenSupply(world: World): Promise<void> {
  const { api, clock } = world;
  const order = await placed(world, 'iam-short', [{ sku: 'cake-stand', quantity: 5, unitPrice: 3900 }]);
  expectThat(order, order.status === 'BACKORDERED', 'waits for stock');
  await api.must('agent', 'POST', `/v1/orders/${order.id}/holds`, { handle: 'check', reason: 'ADDRESS' });
  await api.must('warehouse', 'PUT', '/v1/inventory/cake-stand/locations/dc-north', { onHand: 2 });
  await clock.settle();
  await api.must('agent', 'DELETE', `/v1/orders/${order.id}/holds/check`);
  await clock.settle();
  expectThat(order, (await api.order(order.id)).status === 'CONFIRMED', 'goes on with the supply');
}

export async function flakyAndLostMoney(world: World): Promise<void> {
  for (const token of ['tok_flaky', 'tok_timeout_once']) {
    const order = await placed(world, `iam-${token}`, [mug], token);
    await world.clock.advance(10 * second);
    await fulfill(world, await world.api.order(order.id), 10 * second);
    expectThat(order, (await world.api.order(order.id)).balance.captured === 1200, 'is paid once');
  }
}

export async function canceledAndVoided(world: World): Promise<void> {
  const { api, clock } = world;
  for (const token of ['tok_ok', 'tok_flaky', 'tok_timeout_once']) {
    const order = await placed(world, `iam-cancel-${token}`, [mug], token);
    await clock.advance(10 * second);
    await api.must('agent', 'POST', `/v1/orders/${order.id}/cancel`, { reason: 'changed my mind' });
    await clock.advance(10 * second);
    expectThat(order, (await api.order(order.id)).balance.voided === 1200, 'is voided');
    // One that was delivered tells of no settle-order: there is nothing to settle.
    await api.must('agent', 'GET', `/v1/orders/${order.id}/executions`);
  }
}

/** A location that is faster than the workflow captures and books itself, and may say so twice. */
export async function shippedBeforeTheWorkflow(world: World): Promise<void> {
  const { api, clock, cloud } = world;
  const order = await placed(world, 'iam-fast', [mug], 'tok_flaky');
  await clock.advance(10 * second);
  const id = (await api.order(order.id)).fulfillments[0]?.id ?? '';
  for (const verb of ['accept', 'pick', 'pack'] as const) await api.verb(id, verb);
  await clock.settle();
  await stopExecutions(cloud, 'ship-fulfillment');
  await carrierFails(cloud, 0);
  const ship = () =>
    api.call('warehouse', 'POST', `/v1/fulfillments/${id}/ship`, undefined, { 'idempotency-key': 'ship-iam-fast' });
  const statuses = [];
  for (let n = 0; n < 4; n++) statuses.push((await ship()).status);
  expectThat(order, statuses.join() === '503,200,200,200', `is shipped: ${statuses}`);
}

export async function creditsArePosted(world: World): Promise<void> {
  for (const token of ['tok_ok', 'tok_refund_fails']) {
    const order = await placed(world, `iam-credit-${token}`, [mug], token);
    await fulfill(world, order);
    await moneyGoesBack(world, order, token === 'tok_ok');
  }
}

/** Deadlines pass: the declined order is canceled, the delivered ones close, webhooks that waited long are tried again. */
export async function timeGoesBy({ clock, api }: World): Promise<void> {
  await clock.jumpTo(clock.now() + 2 * hour);
  await clock.advance(3 * minute);
  await clock.jumpTo(clock.now() + 24 * hour);
  await clock.advance(3 * minute);
  await clock.jumpTo(clock.now() + 31 * 24 * hour);
  await clock.advance(3 * minute);
  const { data } = await api.must<{ data: OrderView[] }>('admin', 'GET', '/v1/orders?externalId=iam-two-sites');
  if (data[0]?.lifecycle !== 'CLOSED') throw new Error('the delivered order did not close');
}
