import { afterEach, describe, expect, test } from 'vitest';
import { type OrderView, sampleOrder } from '../../local/client.ts';
import { second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
afterEach(async () => {
  await world?.stop();
});

const minute = 60 * second;
const giftCard = { sku: 'gift-card', kind: 'digital', quantity: 1, unitPrice: 2500 };
const cups = (quantity: number) => ({ sku: 'test-cup', quantity, unitPrice: 500 });
const components = [
  { sku: 'test-cup', perUnit: 4 },
  { sku: 'test-pot', perUnit: 1 },
];
const teaSet = (quantity: number) => ({ sku: 'tea-set', quantity, unitPrice: 4000 });
const engraved = { ...cups(1), customization: { capability: 'engrave', instructions: ['Ada'] } };

const supply = async (sku: string, location: string, onHand: number) => {
  await world.api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/${location}`, { onHand });
  await world.clock.settle();
};
const stockOf = async (sku: string, location: string) => {
  const { buckets } = await world.api.must<{
    buckets: { locationId: string; onHand: number; available: number; committed: number }[];
  }>('warehouse', 'GET', `/v1/inventory/${sku}`);
  const found = buckets.find(({ locationId }) => locationId === location);
  return `${found?.available}/${found?.committed}/${found?.onHand}`;
};
async function place(externalId: string, lines: (typeof giftCard | ReturnType<typeof cups>)[], token = 'tok_ok') {
  const placed = await world.api.place(sampleOrder(externalId, lines, { token }));
  await world.clock.settle();
  return world.api.order(placed.id);
}
const say = async (fulfillmentId: string, verb: string, body?: unknown) => {
  await world.api.must('warehouse', 'POST', `/v1/fulfillments/${fulfillmentId}/${verb}`, body);
  await world.clock.settle();
};
const sitesOf = ({ fulfillments }: OrderView) =>
  fulfillments.map(({ locationId, status }) => `${locationId} ${status}`);
const engraves = (locationId: string) =>
  world.api.must('admin', 'PUT', `/v1/locations/${locationId}`, {
    name: locationId,
    kind: 'distribution_center',
    country: 'ES',
    timeZone: 'Europe/Madrid',
    priority: 1,
    capabilities: ['ship', 'customize:engrave'],
  });

describe.each(['standard', 'express'] as const)('digital lines, %s', (type) => {
  test('of a mixed order: delivered at once, captured for themselves, and the goods after them', async () => {
    world = await workflowWorld(type);
    await supply('test-cup', 'dc-north', 5);
    const order = await place('ol-mixed', [giftCard, cups(2)]);
    expect(order).toMatchObject({ status: 'PARTIALLY_DELIVERED', balance: { captured: 2500 } });
    await world.fulfill(order);
    expect(await world.api.order(order.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 3500, due: 0 } });
    // Captured to the cent: there is nothing to settle.
    expect(await world.executions('settle-order')).toEqual([]);
    expect(world.failures).toEqual([]);
  }, 180_000);

  test('the provider is down: asked again after 1 and 2 seconds, taken once', async () => {
    world = await workflowWorld(type);
    const placed = await world.api.place(sampleOrder('ol-flaky', [giftCard], { token: 'tok_flaky' }));
    // Authorizing fails twice, too.
    await world.clock.advance(3.1 * second);
    expect(await world.api.order(placed.id)).toMatchObject({
      status: 'CONFIRMED',
      nextAction: { action: 'DELIVER_DIGITAL' },
    });
    await world.clock.advance(3.1 * second);
    expect(await world.api.order(placed.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 2500 } });
  }, 60_000);
});

describe('deliver-digital', () => {
  test('an order of nothing else: two states and it is DELIVERED', async () => {
    world = await workflowWorld();
    const order = await place('ol-states', [giftCard]);
    expect(order).toMatchObject({ status: 'DELIVERED', fulfillments: [] });
    const released = (await world.api.events(order.id)).find(({ type }) => type === 'order.released');
    expect(await world.statesOf('deliver-digital', `${order.id}-${released?.sequence}`)).toEqual([
      'DeliverDigital',
      'DigitalDelivered?',
      'Done',
    ]);
    expect(await world.executions('reroute')).toEqual([]);
  }, 60_000);

  test('its execution is lost: started again within minutes, charged once', async () => {
    world = await workflowWorld();
    const placed = await world.api.place(sampleOrder('ol-lost', [giftCard], { token: 'tok_flaky' }));
    await world.clock.advance(3.1 * second);
    await world.stopExecutions('deliver-digital');
    await world.clock.advance(12 * minute);
    expect(await world.api.order(placed.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 2500 } });
  }, 60_000);

  test('a hold between release and delivery: nothing is sent; released, it goes on by itself', async () => {
    world = await workflowWorld();
    const placed = await world.api.place(sampleOrder('ol-hold', [giftCard], { token: 'tok_flaky' }));
    await world.clock.advance(1.5 * second);
    await world.api.must('agent', 'POST', `/v1/orders/${placed.id}/holds`, { handle: 'fraud', reason: 'FRAUD' });
    await world.clock.advance(1 * minute);
    expect(await world.api.order(placed.id)).toMatchObject({ status: 'ON_HOLD', balance: { captured: 0 } });
    await world.api.must('agent', 'DELETE', `/v1/orders/${placed.id}/holds/fraud`);
    await world.clock.advance(1 * minute);
    expect(await world.api.order(placed.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 2500 } });
  }, 60_000);
});

describe('kits', () => {
  test('golden 2: two lines and a kit share one component; the log and the stock agree to the last cup', async () => {
    world = await workflowWorld();
    await supply('test-cup', 'dc-north', 6);
    await supply('test-pot', 'dc-north', 1);
    await engraves('dc-north');
    await world.api.must('admin', 'PUT', '/v1/kits/tea-set', { components });
    const order = await place('ol-golden-2', [cups(1), engraved, teaSet(1)]);
    expect(order.status).toBe('CONFIRMED');
    expect([await stockOf('test-cup', 'dc-north'), await stockOf('test-pot', 'dc-north')]).toEqual(['0/6/6', '0/1/1']);
    const [fulfillment] = order.fulfillments;
    for (const verb of ['accept', 'start-customization', 'finish-customization', 'pick', 'pack', 'ship', 'deliver']) {
      await say(fulfillment!.id, verb);
    }
    expect(await world.api.order(order.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 5000, due: 0 } });
    expect([await stockOf('test-cup', 'dc-north'), await stockOf('test-pot', 'dc-north')]).toEqual(['0/0/0', '0/0/0']);
    expect(world.failures).toEqual([]);
  }, 60_000);

  test('one waits for its last component: supply of that one starts it', async () => {
    world = await workflowWorld();
    await supply('test-cup', 'dc-north', 4);
    await supply('test-pot', 'dc-north', 0);
    await world.api.must('admin', 'PUT', '/v1/kits/tea-set', { components });
    const order = await place('ol-kit-waits', [teaSet(1)]);
    expect(order.status).toBe('BACKORDERED');
    await supply('test-pot', 'dc-north', 1);
    expect(await world.api.order(order.id)).toMatchObject({ status: 'CONFIRMED' });
  }, 60_000);

  test('a pot is broken: the kit goes to another site by itself, the cups are for sale again', async () => {
    world = await workflowWorld();
    for (const site of ['dc-north', 'dc-south']) {
      await supply('test-cup', site, 4);
      await supply('test-pot', site, 1);
    }
    await world.api.must('admin', 'PUT', '/v1/kits/tea-set', { components });
    const order = await place('ol-kit-short', [teaSet(1)]);
    const [fulfillment] = order.fulfillments;
    await say(fulfillment!.id, 'accept');
    const missing = [{ sku: 'test-pot', quantity: 1 }];
    await say(fulfillment!.id, 'pick', { lines: [{ lineId: 'line_1', picked: 0, reason: 'damaged', missing }] });
    expect(sitesOf(await world.api.order(order.id))).toEqual(['dc-north CANCELED', 'dc-south OPEN']);
    expect([await stockOf('test-cup', 'dc-north'), await stockOf('test-pot', 'dc-north')]).toEqual(['4/0/4', '0/0/1']);
  }, 60_000);
});

describe('customization', () => {
  test('given back before work began: the next engraver has it, nobody else is asked', async () => {
    world = await workflowWorld();
    for (const site of ['dc-north', 'dc-south', 'store-center']) await supply('test-cup', site, 3);
    await engraves('dc-south');
    await engraves('store-center');
    const order = await place('ol-engraved', [engraved]);
    expect(sitesOf(order)).toEqual(['dc-south OPEN']);
    await say(order.fulfillments[0]!.id, 'reject', { reason: 'no_capacity' });
    expect(sitesOf(await world.api.order(order.id))).toEqual(['dc-south REJECTED', 'store-center OPEN']);
  }, 60_000);
});
