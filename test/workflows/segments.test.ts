import { afterEach, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { operator } from '../../local/kernel/kernel.ts';
import { second, type WorkflowWorld, workflowWorld } from './fixture.ts';

let world: WorkflowWorld;
afterEach(async () => {
  await world?.stop();
});

/** Clearing a location takes `seconds`: until then its operation waits for what was planned before the outage was known. */
async function lasts(operationId: string, seconds: number): Promise<void> {
  const until = new Date(world.clock.now() + seconds * second).toISOString();
  await world.cloud.services.dynamodb.call(
    'UpdateItem',
    {
      TableName: world.cloud.outputs.OrdersTable,
      Key: { pk: { S: `OPERATION#${operationId}` }, sk: { S: '-' } },
      UpdateExpression: 'SET updatedAt = :until',
      ExpressionAttributeValues: { ':until': { S: until } },
    },
    operator,
  );
}

describe.each(['standard', 'express'] as const)('an operation that takes longer than an execution may, %s', (type) => {
  test('goes on in another execution after 3.5 minutes, and none of them runs out of time', async () => {
    world = await workflowWorld(type);
    const { api, clock } = world;
    for (const location of ['dc-north', 'dc-south']) {
      await api.must('warehouse', 'PUT', `/v1/inventory/test-cup/locations/${location}`, { onHand: 5 });
      await clock.settle();
    }
    const { id: order } = await api.place(sampleOrder('long', [{ sku: 'test-cup', quantity: 1, unitPrice: 500 }]));
    await clock.settle();
    const { id } = await api.must<{ id: string }>('admin', 'POST', '/v1/locations/dc-north/outage', { reason: 'fire' });
    await clock.settle();
    await lasts(id, 500);
    await clock.advance(240 * second);
    const inTheMiddle = await world.executions('site-outage');
    expect(inTheMiddle.map(({ status }) => status).toSorted()).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(inTheMiddle.every(({ name }) => name.startsWith(id))).toBe(true);
    await clock.advance(330 * second);
    const read = await api.must<{ state: string }>('admin', 'GET', `/v1/operations/${id}`);
    expect(read).toMatchObject({ state: 'SUCCEEDED', total: 1, done: 1, outcomes: { rerouted: 1 } });
    const all = await world.executions('site-outage');
    expect(all.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect((await api.order(order)).fulfillments.map(({ locationId }) => locationId)).toEqual(['dc-north', 'dc-south']);
    expect(world.failures).toEqual([]);
  }, 120_000);
});
