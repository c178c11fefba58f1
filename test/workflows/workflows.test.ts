import { afterEach, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { hour, second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
afterEach(async () => {
  await world?.stop();
});

const mug = { sku: 'mug-batuta', quantity: 1, unitPrice: 1200 };

describe.each(['standard', 'express'] as const)('workflows, %s', (type) => {
  test('an order goes from placed to delivered, each event starting the next segment', async () => {
    world = await workflowWorld(type);
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-happy', [mug]));
    await clock.settle();
    const confirmed = await api.order(placed.id);
    expect(confirmed).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'AUTHORIZED' });
    await world.fulfill(confirmed);
    expect(await api.order(placed.id)).toMatchObject({ status: 'DELIVERED', balance: { captured: 1200 } });
    // Captured to the cent: there is nothing to settle.
    expect(await world.executions('settle-order')).toEqual([]);
    expect(world.failures).toEqual([]);
  }, 60_000);

  test('the carrier is down: booked again after 1, 2 and 4 seconds, nothing parked', async () => {
    world = await workflowWorld(type);
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-carrier', [mug]));
    await clock.settle();
    const [fulfillment] = (await api.order(placed.id)).fulfillments;
    await world.carrierFails(3);
    for (const verb of ['accept', 'pick', 'pack'] as const) await api.verb(fulfillment!.id, verb);
    await clock.settle();
    const isLabeled = async () => (await api.events(placed.id)).some(({ type: event }) => event === 'shipment.labeled');
    await clock.advance(6.9 * second);
    expect(await isLabeled()).toBe(false);
    await clock.advance(0.2 * second);
    expect(await isLabeled()).toBe(true);
    expect((await api.order(placed.id)).exceptions).toEqual([]);
  }, 60_000);
});

describe('place-order', () => {
  test('the states of the happy path, in order, and no more', async () => {
    world = await workflowWorld();
    const placed = await world.api.place(sampleOrder('wf-states', [mug]));
    await world.clock.settle();
    expect(await world.statesOf('place-order', `${placed.id}-1`)).toEqual([
      'ReserveStock',
      'StockReserved?',
      'AuthorizePayment',
      'PaymentAuthorized?',
      'ConfirmOrder',
    ]);
  }, 60_000);

  test('stock is short: the segment ends, supply starts the next one', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-short', [{ sku: 'cake-stand', quantity: 5, unitPrice: 3900 }]));
    await clock.settle();
    expect(await api.order(placed.id)).toMatchObject({ status: 'BACKORDERED', nextAction: { action: 'AWAIT_STOCK' } });
    expect((await world.executions('place-order')).map(({ status }) => status)).toEqual(['SUCCEEDED']);
    await api.must('warehouse', 'PUT', '/v1/inventory/cake-stand/locations/dc-north', { onHand: 2 });
    await clock.settle();
    expect(await api.order(placed.id)).toMatchObject({ status: 'CONFIRMED' });
    expect(await world.executions('place-order')).toHaveLength(2);
  }, 60_000);

  test('a declined card: stock back at once, and the order canceled when its day is over', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-declined', [mug], { token: 'tok_declined' }));
    await clock.settle();
    expect(await api.order(placed.id)).toMatchObject({ status: 'ON_HOLD', holds: [{ reason: 'PAYMENT' }] });
    const stock = await api.must<{ buckets: unknown[] }>('warehouse', 'GET', '/v1/inventory/mug-batuta');
    expect(stock.buckets).toMatchObject([{ available: 200, committed: 0 }]);
    await clock.jumpTo(clock.now() + 24 * hour - 120 * second);
    expect(await api.order(placed.id)).toMatchObject({ status: 'ON_HOLD' });
    await clock.advance(240 * second);
    expect(await api.order(placed.id)).toMatchObject({ status: 'CANCELED', endReason: 'payment_deadline' });
  }, 120_000);

  test('an answer that is lost and a provider that is down twice: authorized once all the same', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    // One after the other: on a clock that stands still, the pause after a conflict over the same stock would never end.
    const lost = await api.place(sampleOrder('wf-lost', [mug], { token: 'tok_timeout_once' }));
    await clock.settle();
    const flaky = await api.place(sampleOrder('wf-flaky', [mug], { token: 'tok_flaky' }));
    await clock.settle();
    expect(await api.order(lost.id)).toMatchObject({ status: 'CONFIRMED', balance: { authorized: 1200 } });
    expect(await api.order(flaky.id)).toMatchObject({ status: 'PLACED' });
    await clock.advance(3.1 * second);
    expect(await api.order(flaky.id)).toMatchObject({ status: 'CONFIRMED', balance: { authorized: 1200 } });
  }, 60_000);

  test('a manual hold before the release stops the order; its last release lets it go on', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-hold', [{ sku: 'cake-stand', quantity: 5, unitPrice: 3900 }]));
    await clock.settle();
    await api.must('agent', 'POST', `/v1/orders/${placed.id}/holds`, { handle: 'check', reason: 'ADDRESS' });
    await api.must('warehouse', 'PUT', '/v1/inventory/cake-stand/locations/dc-north', { onHand: 2 });
    await clock.settle();
    expect(await api.order(placed.id)).toMatchObject({ status: 'ON_HOLD' });
    await api.must('agent', 'DELETE', `/v1/orders/${placed.id}/holds/check`);
    await clock.settle();
    expect(await api.order(placed.id)).toMatchObject({ status: 'CONFIRMED' });
  }, 60_000);
});

describe('ship-fulfillment', () => {
  test('a carrier down for longer than the retries: parked with its cause, execution failed; retry goes on', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-park', [mug]));
    await clock.settle();
    const [fulfillment] = (await api.order(placed.id)).fulfillments;
    await world.carrierFails(100);
    for (const verb of ['accept', 'pick', 'pack'] as const) await api.verb(fulfillment!.id, verb);
    await clock.settle();
    await clock.advance(120 * second);
    const parked = await api.order(placed.id);
    expect(parked.exceptions).toMatchObject([{ status: 'OPEN', error: 'CarrierUnavailable' }]);
    expect(parked).toMatchObject({ nextAction: { action: 'RESOLVE_EXCEPTION' }, balance: { captured: 1200 } });
    expect((await world.executions('ship-fulfillment')).map(({ status }) => status)).toEqual(['FAILED']);

    await world.carrierFails(0);
    await api.must('agent', 'POST', `/v1/orders/${placed.id}/retry`);
    await clock.settle();
    const after = await api.order(placed.id);
    expect(after.exceptions).toMatchObject([{ status: 'RESOLVED' }]);
    expect((await api.events(placed.id)).filter(({ type }) => type === 'payment.captured')).toHaveLength(1);
    expect((await api.events(placed.id)).filter(({ type }) => type === 'shipment.labeled')).toHaveLength(1);
    const again = await api.call('agent', 'POST', `/v1/orders/${placed.id}/retry`);
    expect(again).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } });
  }, 60_000);
});

describe('time', () => {
  test('a delivered order closes by itself when its return window is over', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    const placed = await api.place(sampleOrder('wf-close', [mug]));
    await clock.settle();
    await world.fulfill(await api.order(placed.id));
    const delivered = await api.order(placed.id);
    expect(delivered).toMatchObject({ status: 'DELIVERED', lifecycle: 'RELEASED' });
    // Walking through 30 days would tick the schedules 50,000 times.
    await clock.jumpTo(Date.parse(delivered.placedAt) + 30 * 24 * hour - 60 * second);
    expect(await api.order(placed.id)).toMatchObject({ lifecycle: 'RELEASED' });
    await clock.advance(180 * second);
    expect(await api.order(placed.id)).toMatchObject({ status: 'DELIVERED', lifecycle: 'CLOSED' });
  }, 60_000);
});
