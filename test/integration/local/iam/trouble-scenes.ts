import { operator } from '../../../../local/kernel/kernel.ts';
import { bucketsPerCommand } from '../../../../shared/domain/decide/release-stock.ts';
import { paymentId } from '../../../../shared/domain/ids.ts';
import {
  callStates,
  carrierFails,
  expectThat,
  hour,
  machineArn,
  minute,
  mug,
  placed,
  second,
  stopExecutions,
  type World,
  writeAs,
} from './scene-world.ts';

export async function parkedThenRetried(world: World): Promise<void> {
  const { api, clock, cloud } = world;
  // What is no order fails its step and cannot be parked either.
  for (const machine of ['place-order', 'settle-order', 'deliver-digital']) {
    const input = JSON.stringify({ orderId: 'none' });
    await callStates(cloud, 'StartExecution', { stateMachineArn: await machineArn(cloud, machine), input });
  }
  await clock.advance(120 * second);
  const order = await placed(world, 'iam-park', [mug]);
  await carrierFails(cloud, 100);
  for (const verb of ['accept', 'pick', 'pack'] as const) await api.verb(order.fulfillments[0]?.id ?? '', verb);
  await clock.advance(120 * second);
  expectThat(order, (await api.order(order.id)).exceptions[0]?.status === 'OPEN', 'is parked');
  await carrierFails(cloud, 0);
  await api.must('agent', 'POST', `/v1/orders/${order.id}/retry`);
  await clock.settle();
  expectThat(order, (await api.order(order.id)).exceptions[0]?.status === 'RESOLVED', 'goes on');
}

/** So many that stock is reserved and given back in more than one transaction. */
const manyLines = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ sku: `part-${n}`, quantity: 1, unitPrice: 10 }));

/** What a power cut leaves behind: executions that ended in the middle, and a cancellation of which only the first part was written. */
export async function stuckOrders(world: World): Promise<void> {
  const { api, clock, cloud } = world;
  const size = bucketsPerCommand + 5;
  for (let n = 0; n < size; n++) {
    await api.must('warehouse', 'PUT', `/v1/inventory/part-${n}/locations/dc-north`, { onHand: 10 });
  }
  await clock.settle();

  const declined = await placed(world, 'iam-declined', manyLines(size), 'tok_declined');
  expectThat(declined, declined.status === 'ON_HOLD', 'is on hold');
  const halfDeclined = await placed(world, 'iam-half-declined', manyLines(size), 'tok_flaky');
  await stopExecutions(cloud, 'place-order');
  await writeAs(cloud, halfDeclined.id, {
    type: 'authorize',
    paymentId: paymentId(1),
    outcome: { approved: false, reason: 'card_declined' },
  });

  const stopped = await placed(world, 'iam-stopped', [mug], 'tok_flaky');
  await stopExecutions(cloud, 'place-order');
  const halfCanceled = await placed(world, 'iam-half-canceled', manyLines(size));
  const canceling = await writeAs(cloud, halfCanceled.id, { type: 'cancel', reason: 'power cut' });
  expectThat(halfCanceled, canceling.canceling, 'is canceled in more than one transaction');
  const unsettled = await placed(world, 'iam-unsettled', [mug], 'tok_flaky');
  await clock.advance(10 * second);
  await api.must('agent', 'POST', `/v1/orders/${unsettled.id}/cancel`, { reason: 'changed my mind' });
  await clock.settle();
  await stopExecutions(cloud, 'settle-order');
  const unlabeled = await placed(world, 'iam-unlabeled', [mug]);
  await carrierFails(cloud, 1);
  for (const verb of ['accept', 'pick', 'pack'] as const) await api.verb(unlabeled.fulfillments[0]?.id ?? '', verb);
  await clock.settle();
  await stopExecutions(cloud, 'ship-fulfillment');
  await clock.advance(11 * minute);
  expectThat(stopped, (await api.order(stopped.id)).status === 'CONFIRMED', 'is found and confirmed');
  expectThat(unsettled, (await api.order(unsettled.id)).balance.voided === 1200, 'is voided after all');
  expectThat(halfCanceled, (await api.order(halfCanceled.id)).status === 'CANCELED', 'is canceled to the end');
  const events = await api.events(unlabeled.id);
  expectThat(
    unlabeled,
    events.some(({ type }) => type === 'shipment.labeled'),
    'is labeled',
  );
}

/** Deliveries may come twice: the archive is replayed, so that every subscriber sees every event again. */
export async function redeliveries({ cloud, clock }: World): Promise<void> {
  const call = (operation: string, input: object) => cloud.kernel.call('events', operation, input, operator);
  const { Archives } = (await call('ListArchives', {})) as { Archives: { ArchiveName: string }[] };
  const { ArchiveArn, EventSourceArn } = (await call('DescribeArchive', {
    ArchiveName: Archives[0]?.ArchiveName,
  })) as { ArchiveArn: string; EventSourceArn: string };
  await call('StartReplay', {
    ReplayName: 'again',
    EventSourceArn: ArchiveArn,
    EventStartTime: (clock.now() - 24 * hour) / second,
    EventEndTime: clock.now() / second,
    Destination: { Arn: EventSourceArn },
  });
  await clock.advance(2 * minute);
}

/** Rows that no reader can make sense of: tried ten times, then put into the bucket of failed records. */
export async function poisonedRecords({ cloud, clock }: World): Promise<void> {
  const { OrdersTable, InventoryTable } = cloud.outputs;
  for (const [TableName, pk, type] of [
    [OrdersTable, 'ORDER#poison', 'order.placed'],
    [InventoryTable, 'SKU#poison', 'stock.adjusted'],
  ]) {
    const Item = { pk: { S: pk }, sk: { S: 'EVENT#0000000001' }, type: { S: type }, data: { S: 'no JSON' } };
    await cloud.kernel.call('dynamodb', 'PutItem', { TableName, Item }, operator);
  }
  await clock.advance(40 * minute);
}
