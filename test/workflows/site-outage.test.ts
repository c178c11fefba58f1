import { afterEach, describe, expect, test } from 'vitest';
import { type OrderView, sampleOrder } from '../../local/client.ts';
import { second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
afterEach(async () => {
  await world?.stop();
});

const minute = 60 * second;
const many = process.env.BATUTA_TEST_LONG ? 1000 : 30;

interface Operation {
  id: string;
  state: string;
  total: number;
  done: number;
  failed: number;
  outcomes: Record<string, number>;
}

const supply = async (location: string, onHand: number) => {
  await world.api.must('warehouse', 'PUT', `/v1/inventory/test-cup/locations/${location}`, { onHand });
  await world.clock.settle();
};

/** Placed one after the other: on a clock that stands still, the pause after a conflict would never end. */
async function placeAll(count: number, quantity = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const placed = await world.api.place(sampleOrder(`out-${n}`, [{ sku: 'test-cup', quantity, unitPrice: 500 }]));
    await world.clock.settle();
    ids.push(placed.id);
  }
  return ids;
}

const startOutage = (body: object = { reason: 'flooded' }) =>
  world.api.must<Operation>('admin', 'POST', '/v1/locations/dc-north/outage', body);
const read = (id: string) => world.api.must<Operation>('admin', 'GET', `/v1/operations/${id}`);
const sitesOf = ({ fulfillments }: OrderView) =>
  fulfillments.map(({ locationId, status }) => `${locationId} ${status}`);

const stock = async () => {
  const { buckets } = await world.api.must<{ buckets: { locationId: string; available: number; committed: number }[] }>(
    'warehouse',
    'GET',
    '/v1/inventory/test-cup',
  );
  return Object.fromEntries(buckets.map((one) => [one.locationId, [one.available, one.committed]]));
};

describe('a site is out of service', () => {
  test(`golden 21: ${many} fulfillments are re-routed in bulk, each once, with progress to the last one`, async () => {
    world = await workflowWorld();
    await supply('dc-north', many);
    const ids = await placeAll(many);
    await supply('dc-south', many);
    const first = (await world.api.order(ids[0]!)).fulfillments[0]!;
    await world.api.verb(first.id, 'accept');
    const begun = Date.now();
    const { id } = await startOutage();
    // Nobody waits for anybody, so no time goes by on the clock: it is looked at while it runs.
    const progress = [0];
    while ((progress.at(-1) ?? 0) < many && progress.length < 10_000) progress.push((await read(id)).done);
    await world.clock.settle();
    expect(new Set(progress).size).toBeGreaterThan(many / 30);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(await read(id)).toMatchObject({ state: 'RUNNING', total: many, done: many, failed: 0 });
    const seconds = (Date.now() - begun) / 1000;
    await world.clock.advance(60 * second);
    expect(await read(id)).toMatchObject({ state: 'SUCCEEDED', total: many, done: many, outcomes: { rerouted: many } });
    for (const order of ids) {
      expect(sitesOf(await world.api.order(order))).toEqual(['dc-north REJECTED', 'dc-south OPEN']);
    }
    expect(await stock()).toEqual({ 'dc-north': [many, 0], 'dc-south': [0, many] });
    // Each was moved in one transaction: nothing was left for the workflow.
    expect(await world.executions('reroute')).toEqual([]);
    expect(world.failures).toEqual([]);
    console.info(`${many} fulfillments re-routed in ${seconds.toFixed(1)} s (${(many / seconds).toFixed(0)} a second)`);
  }, 1_800_000);

  test('its execution is cut off in the middle: the next sweep goes on, nothing is counted twice', async () => {
    world = await workflowWorld();
    await supply('dc-north', 4);
    const ids = await placeAll(4);
    await supply('dc-south', 4);
    const { id } = await startOutage();
    await world.stopExecutions('site-outage');
    await world.clock.settle();
    await world.clock.advance(12 * minute);
    expect(await read(id)).toMatchObject({ state: 'SUCCEEDED', total: 4, done: 4, failed: 0 });
    for (const order of ids) {
      expect(sitesOf(await world.api.order(order))).toEqual(['dc-north REJECTED', 'dc-south OPEN']);
    }
  }, 120_000);

  test('no other site has the units: they wait, and go on when the outage ends', async () => {
    world = await workflowWorld();
    const { api, clock } = world;
    await supply('dc-north', 2);
    const [order = ''] = await placeAll(1, 2);
    const { id } = await startOutage();
    await clock.advance(60 * second);
    expect(await read(id)).toMatchObject({ state: 'SUCCEEDED', outcomes: { backordered: 1 } });
    expect(await api.order(order)).toMatchObject({ status: 'BACKORDERED', nextAction: { action: 'AWAIT_STOCK' } });
    const { data } = await api.must<{ data: { id: string }[] }>('warehouse', 'GET', '/v1/locations');
    expect(data.find((one) => one.id === 'dc-north')).toMatchObject({ enabled: false, outage: { reason: 'flooded' } });
    // A new order is not promised what the site has, either.
    const late = await api.place(sampleOrder('out-late', [{ sku: 'test-cup', quantity: 1, unitPrice: 500 }]));
    await clock.advance(11 * second);
    expect(await api.order(late.id)).toMatchObject({ status: 'BACKORDERED' });

    await api.must('admin', 'DELETE', '/v1/locations/dc-north/outage');
    await clock.advance(11 * minute);
    expect(sitesOf(await api.order(order))).toEqual(['dc-north REJECTED', 'dc-north OPEN']);
    expect(await api.order(late.id)).toMatchObject({ status: 'BACKORDERED' });
  }, 120_000);

  test('the same outage again is the same operation; another one is refused, as is what is not there', async () => {
    world = await workflowWorld();
    const { api } = world;
    const { id } = await startOutage();
    expect(await startOutage()).toMatchObject({ id });
    const other = await api.call('admin', 'POST', '/v1/locations/dc-north/outage', { reason: 'fire' });
    expect(other).toMatchObject({ status: 409, body: { code: 'outage_exists', operationId: id } });
    const past = { reason: 'fire', until: '2020-01-01T00:00:00Z' };
    expect((await api.call('admin', 'POST', '/v1/locations/dc-south/outage', past)).status).toBe(422);
    expect((await api.call('admin', 'POST', '/v1/locations/nowhere/outage', { reason: 'x' })).status).toBe(404);
    expect((await api.call('admin', 'DELETE', '/v1/locations/dc-south/outage')).status).toBe(404);
    expect((await api.call('warehouse', 'POST', '/v1/locations/dc-south/outage', { reason: 'x' })).status).toBe(403);
  }, 60_000);
});
