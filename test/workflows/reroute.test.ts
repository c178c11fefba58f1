import { afterEach, describe, expect, test } from 'vitest';
import { type OrderView, sampleOrder } from '../../local/client.ts';
import { hour, second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
afterEach(async () => {
  await world?.stop();
});

const minute = 60 * second;
const cup = (quantity: number) => ({ sku: 'test-cup', quantity, unitPrice: 500 });

const stockOf = async (sku: string) => {
  const { buckets } = await world.api.must<{
    buckets: { locationId: string; onHand: number; available: number; committed: number; unavailable: number }[];
  }>('warehouse', 'GET', `/v1/inventory/${sku}`);
  return Object.fromEntries(
    buckets.map(({ locationId, onHand, available, committed, unavailable }) => [
      locationId,
      { onHand, available, committed, unavailable },
    ]),
  );
};

const supply = async (location: string, onHand: number, sku = 'test-cup') => {
  await world.api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/${location}`, { onHand });
  await world.clock.settle();
};

async function place(externalId: string, quantity: number): Promise<OrderView> {
  const placed = await world.api.place(sampleOrder(externalId, [cup(quantity)]));
  await world.clock.settle();
  return world.api.order(placed.id);
}

const say = async (fulfillmentId: string, verb: string, body?: unknown) => {
  const answer = await world.api.must<{ status: string }>(
    'warehouse',
    'POST',
    `/v1/fulfillments/${fulfillmentId}/${verb}`,
    body,
  );
  await world.clock.settle();
  return answer;
};

const finish = async (fulfillmentId: string, from: 'accept' | 'pack' = 'accept') => {
  const verbs = ['accept', 'pick', 'pack', 'ship', 'deliver'];
  for (const verb of verbs.slice(verbs.indexOf(from))) await say(fulfillmentId, verb);
};

const sitesOf = ({ fulfillments }: OrderView) =>
  fulfillments.map(({ locationId, status }) => `${locationId} ${status}`);

describe.each(['standard', 'express'] as const)('reroute, %s', (type) => {
  test('golden 4: a site rejects, the next one ships, and commitments are conserved', async () => {
    world = await workflowWorld(type);
    await supply('dc-north', 5);
    await supply('dc-south', 5);
    const order = await place('rr-reject', 3);
    expect(sitesOf(order)).toEqual(['dc-north OPEN']);
    await say(order.fulfillments[0]!.id, 'reject', { reason: 'no_capacity', note: 'Two pickers are ill' });
    const rerouted = await world.api.order(order.id);
    expect(sitesOf(rerouted)).toEqual(['dc-north REJECTED', 'dc-south OPEN']);
    expect(rerouted.exceptions).toEqual([]);
    expect(await stockOf('test-cup')).toMatchObject({
      'dc-north': { onHand: 5, available: 5, committed: 0 },
      'dc-south': { onHand: 5, available: 2, committed: 3 },
    });
    await finish(rerouted.fulfillments[1]!.id);
    expect(await world.api.order(order.id)).toMatchObject({
      status: 'DELIVERED',
      balance: { captured: 1500, voided: 0 },
    });
    expect(world.failures).toEqual([]);
  }, 120_000);
});

describe('units that a site does not have', () => {
  test('golden 5: one of three is not found: two ship, one is re-routed, and the captures sum to the order', async () => {
    world = await workflowWorld();
    await supply('dc-north', 3);
    await supply('dc-south', 1);
    const order = await place('rr-short', 3);
    const [first] = order.fulfillments;
    await say(first!.id, 'accept');
    await say(first!.id, 'pick', { lines: [{ lineId: 'line_1', picked: 2, reason: 'not_found' }] });
    const short = await world.api.order(order.id);
    expect(sitesOf(short)).toEqual(['dc-north PICKED', 'dc-south OPEN']);
    // Nobody can buy the unit that is not there.
    expect(await stockOf('test-cup')).toMatchObject({
      'dc-north': { onHand: 3, available: 0, committed: 2, unavailable: 1 },
      'dc-south': { available: 0, committed: 1 },
    });
    await finish(first!.id, 'pack');
    expect(await world.api.order(order.id)).toMatchObject({ balance: { captured: 1000 } });
    await finish(short.fulfillments[1]!.id);
    expect(await world.api.order(order.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 1500 } });
    const captures = (await world.api.events(order.id)).filter(({ type }) => type === 'payment.captured');
    expect(captures).toHaveLength(2);
  }, 60_000);

  test('out of stock: the phantom units are blocked, so that the next order is not promised them', async () => {
    world = await workflowWorld();
    await supply('dc-north', 4);
    const order = await place('rr-phantom', 3);
    await say(order.fulfillments[0]!.id, 'reject', { reason: 'out_of_stock' });
    expect(await stockOf('test-cup')).toMatchObject({ 'dc-north': { available: 1, committed: 0, unavailable: 3 } });
    // The one unit that the site still claims to have is not asked for: a person has to look.
    expect(await world.api.order(order.id)).toMatchObject({
      exceptions: [{ status: 'OPEN', error: 'NoSite' }],
      nextAction: { action: 'RESOLVE_EXCEPTION' },
    });
    expect((await world.executions('reroute')).map(({ status }) => status)).toEqual(['FAILED']);
    await supply('dc-south', 3);
    await world.api.must('agent', 'POST', `/v1/orders/${order.id}/retry`);
    await world.clock.settle();
    const retried = await world.api.order(order.id);
    expect(retried.exceptions).toMatchObject([{ status: 'RESOLVED' }]);
    expect(sitesOf(retried)).toEqual(['dc-north REJECTED', 'dc-south OPEN']);
  }, 60_000);

  test('nobody has the rest: it waits, supply brings its own fulfillment', async () => {
    world = await workflowWorld();
    await supply('dc-north', 3);
    const order = await place('rr-wait', 3);
    await say(order.fulfillments[0]!.id, 'accept');
    await say(order.fulfillments[0]!.id, 'pick', { lines: [{ lineId: 'line_1', picked: 1, reason: 'damaged' }] });
    expect(await world.api.order(order.id)).toMatchObject({
      exceptions: [],
      lines: [{ positions: { BACKORDERED: 2 } }],
    });
    await supply('dc-south', 2);
    expect(sitesOf(await world.api.order(order.id))).toEqual(['dc-north PICKED', 'dc-south OPEN']);
  }, 60_000);

  test('the customer gives up on what is missing: the rest ships, the authorization for it is voided, the order closes', async () => {
    world = await workflowWorld();
    await supply('dc-north', 3);
    const order = await place('rr-remainder', 3);
    await say(order.fulfillments[0]!.id, 'accept');
    await say(order.fulfillments[0]!.id, 'pick', { lines: [{ lineId: 'line_1', picked: 2, reason: 'lost' }] });
    await world.api.must('agent', 'POST', `/v1/orders/${order.id}/cancel-remainder`, { reason: 'customer' });
    await world.clock.settle();
    await finish(order.fulfillments[0]!.id, 'pack');
    const delivered = await world.api.order(order.id);
    expect(delivered).toMatchObject({ status: 'DELIVERED', balance: { captured: 1000, voided: 500 } });
    expect(await stockOf('test-cup')).toMatchObject({ 'dc-north': { onHand: 0, committed: 0, unavailable: 0 } });
    await world.clock.jumpTo(Date.parse(delivered.placedAt) + 30 * 24 * hour);
    await world.clock.advance(3 * minute);
    expect(await world.api.order(order.id)).toMatchObject({ lifecycle: 'CLOSED' });
  }, 60_000);

  test('canceled while its units are between two sites: all stock is back, all money voided', async () => {
    world = await workflowWorld();
    await supply('dc-north', 3);
    const order = await place('rr-between', 3);
    await say(order.fulfillments[0]!.id, 'reject', { reason: 'closed' });
    await world.api.must('agent', 'POST', `/v1/orders/${order.id}/cancel`, { reason: 'customer' });
    await world.clock.settle();
    expect(await world.api.order(order.id)).toMatchObject({ status: 'CANCELED', balance: { voided: 1500 } });
    expect(await stockOf('test-cup')).toMatchObject({ 'dc-north': { available: 3, committed: 0 } });
  }, 60_000);

  test('its execution is lost: the next sweep starts it again', async () => {
    world = await workflowWorld();
    await supply('dc-north', 3);
    await supply('dc-south', 3);
    const order = await place('rr-lost', 3);
    await world.api.must('agent', 'POST', `/v1/orders/${order.id}/holds`, { handle: 'check', reason: 'ADDRESS' });
    await say(order.fulfillments[0]!.id, 'reject', { reason: 'closed' });
    expect(await world.api.order(order.id)).toMatchObject({ lines: [{ positions: { OPEN: 3 } }] });
    await world.api.must('agent', 'DELETE', `/v1/orders/${order.id}/holds/check`);
    await world.stopExecutions('reroute');
    await world.clock.settle();
    await world.clock.advance(11 * minute);
    expect(sitesOf(await world.api.order(order.id))).toEqual(['dc-north REJECTED', 'dc-south OPEN']);
  }, 60_000);
});

describe('a site that does not answer', () => {
  test('its time to accept runs out: the next site is asked, and a hold stops the clock', async () => {
    world = await workflowWorld('otherPolicy');
    const { api, clock } = world;
    await supply('dc-north', 3);
    await supply('dc-south', 3);
    const order = await place('rr-timeout', 3);
    expect(order).toMatchObject({ nextAction: { action: 'ACCEPT' } });
    await clock.advance(30 * minute);
    await api.must('agent', 'POST', `/v1/orders/${order.id}/holds`, { handle: 'check', reason: 'ADDRESS' });
    await clock.advance(60 * minute);
    await api.must('agent', 'DELETE', `/v1/orders/${order.id}/holds/check`);
    await clock.advance(58 * minute);
    expect(sitesOf(await api.order(order.id))).toEqual(['dc-north OPEN']);
    await clock.advance(4 * minute);
    expect(sitesOf(await api.order(order.id))).toEqual(['dc-north REJECTED', 'dc-south OPEN']);
    const [rejected] = (await api.events(order.id)).filter(({ type }) => type === 'fulfillment.rejected');
    expect(rejected).toMatchObject({ data: { reason: 'accept_timeout' } });
  }, 240_000);
});

describe('partial shipment', () => {
  test('vendure #3588: what is there ships from its site, the rest joins as another fulfillment when supply arrives', async () => {
    world = await workflowWorld('otherPolicy');
    await supply('dc-north', 2);
    await supply('dc-south', 1);
    const order = await place('rr-split', 5);
    expect(sitesOf(order)).toEqual(['dc-north OPEN', 'dc-south OPEN']);
    expect(order).toMatchObject({ lifecycle: 'RELEASED', lines: [{ positions: { ASSIGNED: 3, BACKORDERED: 2 } }] });
    await finish(order.fulfillments[0]!.id);
    await supply('dc-south', 3);
    const joined = await world.api.order(order.id);
    expect(sitesOf(joined)).toEqual(['dc-north COMPLETED', 'dc-south OPEN', 'dc-south OPEN']);
    await finish(joined.fulfillments[1]!.id);
    await finish(joined.fulfillments[2]!.id);
    expect(await world.api.order(order.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 2500 } });
  }, 240_000);
});
