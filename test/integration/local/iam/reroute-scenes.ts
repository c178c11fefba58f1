import { sampleOrder } from '../../../../local/client.ts';
import { expectThat, minute, placed, second, stopExecutions, type World } from './scene-world.ts';

/** Units that a site gives back, while somebody with a higher priority waits for the same goods. */
export async function givenBackAndRerouted(world: World): Promise<void> {
  const { api, clock } = world;
  const supply = async (location: string, onHand: number) => {
    await api.must('warehouse', 'PUT', `/v1/inventory/iam-cup/locations/${location}`, { onHand });
    await clock.settle();
  };
  const cups = (quantity: number) => [{ sku: 'iam-cup', quantity, unitPrice: 500 }];
  await supply('dc-north', 1);
  const back = await placed(world, 'iam-back', cups(1));
  const ahead = await api.place({ ...sampleOrder('iam-ahead', cups(3)), priority: 9 });
  await clock.settle();
  await api.must('agent', 'POST', `/v1/orders/${ahead.id}/holds`, { handle: 'check', reason: 'ADDRESS' });
  await supply('dc-south', 1);
  await api.must('warehouse', 'POST', `/v1/fulfillments/${back.fulfillments[0]?.id}/reject`, { reason: 'closed' });
  await clock.settle();
  const behind = await placed(world, 'iam-behind', cups(1));
  await api.must('agent', 'DELETE', `/v1/orders/${ahead.id}/holds/check`);
  await clock.settle();
  await supply('dc-south', 6);
  // Who meets another at the same units pauses.
  await clock.advance(10 * second);
  for (const order of [ahead, back, behind]) {
    expectThat(order, (await api.order(order.id)).status === 'CONFIRMED', 'gets its units');
    // Among them the one that re-routed it.
    await api.must('agent', 'GET', `/v1/orders/${order.id}/executions`);
  }
}

/** A location is out of service; one order is handed to it all the same, as its units were promised from there before. */
export async function outOfService(world: World): Promise<void> {
  const { api, clock, cloud } = world;
  const supply = async (location: string) => {
    await api.must('warehouse', 'PUT', `/v1/inventory/iam-out/locations/${location}`, { onHand: 3 });
    await clock.settle();
  };
  const lines = [{ sku: 'iam-out', quantity: 1, unitPrice: 500 }];
  await supply('dc-south');
  const order = await placed(world, 'iam-out', lines);
  const late = await placed(world, 'iam-out-late', lines, 'tok_flaky');
  await stopExecutions(cloud, 'place-order');
  await supply('dc-north');
  const path = '/v1/locations/dc-south/outage';
  const { id } = await api.must<{ id: string }>('admin', 'POST', path, { reason: 'flooded' });
  await clock.advance(1 * minute);
  await api.must('admin', 'GET', `/v1/operations/${id}`);
  await clock.advance(25 * minute);
  for (const { id: orderId } of [order, late]) {
    const { fulfillments } = await api.order(orderId);
    const sites = fulfillments.map(({ locationId, status }) => `${locationId} ${status}`).join();
    expectThat({ id: orderId }, sites === 'dc-south REJECTED,dc-north OPEN', `is re-routed: ${sites}`);
  }
  await api.must('admin', 'DELETE', path);
  await clock.advance(6 * minute);
}
