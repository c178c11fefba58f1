import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ApiAnswer, ApiClient, type OrderView, sampleOrder } from '../../../../local/client.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../../../local/cloud.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { operator } from '../../../../local/kernel/kernel.ts';
import { seed } from '../../../../local/seed.ts';
import { localParameters } from '../../../../local/template-parameters.ts';
import { dynamoFeeds } from '../../../../shared/adapters/dynamodb/inventory/feed-store.ts';
import { dynamoOrderStore } from '../../../../shared/adapters/dynamodb/order-store.ts';
import { dynamoSimulations } from '../../../../shared/adapters/dynamodb/simulation-store.ts';
import { realSystem } from '../../../../shared/adapters/system.ts';
import type { Command } from '../../../../shared/domain/commands.ts';
import { bucketsPerCommand } from '../../../../shared/domain/decide/release-stock.ts';
import { OrderId, paymentId } from '../../../../shared/domain/ids.ts';
import type { Order } from '../../../../shared/domain/order.ts';
import { defaultPolicy } from '../../../../shared/domain/policy.ts';
import type { System } from '../../../../shared/ports/system.ts';
import { execute } from '../../../../shared/use-cases/execute.ts';
import { accountsAreKept, paidInOtherWays } from './account-scenes.ts';
import { stockIsFed } from './feed-scenes.ts';
import { screeningIsSet } from './fraud-scenes.ts';
import { hotSku } from './hot-sku-scenes.ts';
import { booksAreRead, filesAreReconciled } from './ledger-scenes.ts';
import { linesOfEveryKind } from './order-line-scenes.ts';
import { moneyGoesBack } from './refund-scenes.ts';
import { routed, shadowed, simulated } from './routing-scenes.ts';
import { stockMoves } from './stock-scenes.ts';
import { storefrontsSell } from './storefront-scenes.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

type Decision = Parameters<NonNullable<CloudOptions['onDecision']>>[0];
/** What IAM was asked, and in which scene. */
export type Heard = Decision & { scene: string };

/**
 * Plays everything the product does, once, on a clock that moves when told to, from the assembly given. Resolves with what IAM was asked
 * on the way.
 * @param last plays only this scene and those that it needs
 * @throws the first refusal, at once, as a test that depends on the grant would end; or whatever else is not as scripted
 */
export async function playWholeProduct(assembly: string, last?: string): Promise<{ cloud: Cloud; heard: Heard[] }> {
  const clock = new FakeClock();
  const heard: Heard[] = [];
  const denied = Promise.withResolvers<never>();
  denied.promise.catch(() => {}); // Raced below.
  let first: Denied | undefined;
  let scene = START;
  const cloud = await startCloud({
    assembly,
    apiPort: 0,
    awsPort: 0,
    clock,
    parameters: localParameters,
    lambda: { inProcess: true },
    onFailure: () => {},
    onDecision(decision) {
      heard.push({ ...decision, scene });
      if (decision.allowed) return;
      first ??= new Denied(decision);
      denied.reject(first);
    },
  }).catch((error: unknown) => {
    // What feeds functions asks at the start already.
    throw first ?? error;
  });
  const receiver = await startReceiver();
  try {
    const scenario = async () => {
      const api = new PatientClient(cloud.apiUrl, await seed(cloud), clock);
      await clock.settle();
      const needed = last === undefined ? scenes : withWhatItNeeds(last);
      for (const { name, play } of needed) {
        scene = name;
        await play({ cloud, clock, api, receiver });
      }
    };
    await Promise.race([denied.promise, scenario()]);
    return { cloud, heard };
  } finally {
    await cloud.stop();
    await receiver.stop();
  }
}

export class Denied extends Error {
  override readonly name = 'AccessDeniedException';
  readonly decision: Decision;

  constructor(decision: Decision) {
    const who = decision.principal.kind === 'role' ? decision.principal.arn : decision.principal.service;
    super(`${who} is not authorized to perform ${decision.action} on ${decision.resource}`);
    this.decision = decision;
  }
}

/** Lets time pass for requests that wait, as those do that met a conflict. */
class PatientClient extends ApiClient {
  readonly #clock: FakeClock;

  constructor(url: string, keys: ConstructorParameters<typeof ApiClient>[1], clock: FakeClock) {
    super(url, keys);
    this.#clock = clock;
  }

  override async call<T = Record<string, unknown>>(...request: Parameters<ApiClient['call']>): Promise<ApiAnswer<T>> {
    const answer = super.call<T>(...request);
    const done = answer.then(
      () => true,
      () => true,
    );
    // Real time: nothing that is working takes this long.
    while (!(await Promise.race([done, sleep(1000, false)]))) await this.#clock.advance(100);
    return answer;
  }
}

interface World {
  cloud: Cloud;
  clock: FakeClock;
  api: ApiClient;
  receiver: Awaited<ReturnType<typeof startReceiver>>;
}

const mug = { sku: 'mug-batuta', quantity: 1, unitPrice: 1200 };
const beans = { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 };

/** Before the first scene: the cloud starts, and is stocked. */
export const START = 'start';

interface Scene {
  name: string;
  play: (world: World) => Promise<void>;
  /** Scenes whose orders it looks at. */
  needs?: string[];
}

const scene = (play: (world: World) => Promise<void>, ...needs: ((world: World) => Promise<void>)[]): Scene => ({
  name: play.name,
  play,
  needs: needs.map(({ name }) => name),
});

const scenes: Scene[] = [
  scene(listensToWebhooks),
  scene(twoSitesDelivered, listensToWebhooks),
  scene(backorderThenSupply),
  scene(flakyAndLostMoney),
  scene(canceledAndVoided),
  scene(parkedThenRetried),
  scene(shippedBeforeTheWorkflow),
  scene(givenBackAndRerouted),
  scene(outOfService),
  scene(stuckOrders),
  scene(redeliveries, twoSitesDelivered),
  scene(cardsAreIssued),
  scene(fraudIsLookedFor),
  scene(stockIsMoved),
  scene(stockIsTold),
  scene(hotSku),
  scene(storefrontsSell),
  scene(orderLines),
  scene(routed),
  scene(shadowed),
  scene(policiesAreTried, routed),
  scene(creditsArePosted),
  scene(booksAreKept, twoSitesDelivered),
  scene(providerSettles, twoSitesDelivered),
  scene(readsEverything, twoSitesDelivered),
  scene(poisonedRecords),
  scene(timeGoesBy, twoSitesDelivered, stuckOrders),
];

/** In the order of the whole. An unknown name is `START`: that plays nothing. */
function withWhatItNeeds(last: string): Scene[] {
  const names = new Set([last]);
  for (const { name, needs } of scenes.toReversed())
    if (names.has(name)) for (const need of needs ?? []) names.add(need);
  return scenes.filter(({ name }) => names.has(name));
}

async function cardsAreIssued({ api, cloud, clock }: World): Promise<void> {
  const { code } = await accountsAreKept(api, () => forgetCursorSecret(cloud));
  await paidInOtherWays(api, clock, cloud.apiUrl, code);
}

function fraudIsLookedFor(world: World): Promise<void> {
  return screeningIsSet(world, () => forgetCursorSecret(world.cloud));
}

function stockIsMoved(world: World): Promise<void> {
  return stockMoves(world, () => forgetCursorSecret(world.cloud));
}

function stockIsTold(world: World): Promise<void> {
  return asOperator(world.cloud, (client, system) =>
    stockIsFed(world, dynamoFeeds(client, world.cloud.outputs.InventoryTable ?? '', system), () =>
      forgetCursorSecret(world.cloud),
    ),
  );
}

async function creditsArePosted(world: World): Promise<void> {
  for (const token of ['tok_ok', 'tok_refund_fails']) {
    const order = await placed(world, `iam-credit-${token}`, [mug], token);
    await fulfill(world, order);
    await moneyGoesBack(world, order, token === 'tok_ok');
  }
}

function booksAreKept(world: World): Promise<void> {
  return booksAreRead(world, () => forgetCursorSecret(world.cloud));
}

async function providerSettles(world: World): Promise<void> {
  await world.clock.advance(60 * second);
  const order = await world.api.must<{ data: OrderView[] }>('admin', 'GET', '/v1/orders?externalId=iam-two-sites');
  await filesAreReconciled(world, order.data[0]?.id ?? '', () => forgetCursorSecret(world.cloud));
}

function policiesAreTried(world: World): Promise<void> {
  return asOperator(world.cloud, (client) =>
    simulated(world, dynamoSimulations(client, world.cloud.outputs.OrdersTable ?? '')),
  );
}

async function listensToWebhooks({ api, receiver }: World): Promise<void> {
  // Few events: each is tried again for days.
  const eventTypes = ['fulfillment.delivered'];
  await api.must('admin', 'POST', '/v1/webhook-endpoints', { url: receiver.url, eventTypes });
  const other = await api.must<{ id: string }>('admin', 'POST', '/v1/webhook-endpoints', { url: `${receiver.url}/2` });
  await api.must('admin', 'GET', `/v1/webhook-endpoints/${other.id}`);
  await api.must('admin', 'DELETE', `/v1/webhook-endpoints/${other.id}`);
  // One that says it is gone is disabled by its first delivery.
  await api.must('admin', 'POST', '/v1/webhook-endpoints', { url: receiver.gone, eventTypes });
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

async function twoSitesDelivered(world: World): Promise<void> {
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

async function backorderThenSupply(world: World): Promise<void> {
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

async function flakyAndLostMoney(world: World): Promise<void> {
  for (const token of ['tok_flaky', 'tok_timeout_once']) {
    const order = await placed(world, `iam-${token}`, [mug], token);
    await world.clock.advance(10 * second);
    await fulfill(world, await world.api.order(order.id), 10 * second);
    expectThat(order, (await world.api.order(order.id)).balance.captured === 1200, 'is paid once');
  }
}

async function canceledAndVoided(world: World): Promise<void> {
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
async function shippedBeforeTheWorkflow(world: World): Promise<void> {
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

/** Units that a site gives back, while somebody with a higher priority waits for the same goods. */
async function givenBackAndRerouted(world: World): Promise<void> {
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
async function outOfService(world: World): Promise<void> {
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

function orderLines(world: World): Promise<void> {
  return linesOfEveryKind(world, () => stopExecutions(world.cloud, 'deliver-digital'));
}

/** So many that stock is reserved and given back in more than one transaction. */
const manyLines = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ sku: `part-${n}`, quantity: 1, unitPrice: 10 }));

async function parkedThenRetried(world: World): Promise<void> {
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

/** What a power cut leaves behind: executions that ended in the middle, and a cancellation of which only the first part was written. */
async function stuckOrders(world: World): Promise<void> {
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
async function redeliveries({ cloud, clock }: World): Promise<void> {
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
async function poisonedRecords({ cloud, clock }: World): Promise<void> {
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

/** The secret that signs cursors is made by whoever needs it first. */
async function forgetCursorSecret(cloud: Cloud): Promise<void> {
  const Key = { pk: { S: 'SECRET#cursor' }, sk: { S: '-' } };
  await cloud.kernel.call('dynamodb', 'DeleteItem', { TableName: cloud.outputs.AccessTable, Key }, operator);
}

const popUp = { name: 'Pop-up', kind: 'store', timeZone: 'Europe/Madrid', country: 'ES', priority: 0 };

async function readsEverything({ api, cloud }: World): Promise<void> {
  const all = async (path: string, role: 'admin' | 'warehouse') => {
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await api.must<{ nextCursor?: string }>(role, 'GET', `${path}${cursor ? `&cursor=${cursor}` : ''}`);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor && pages < 4);
  };
  await forgetCursorSecret(cloud);
  await all('/v1/orders?limit=2', 'admin');
  await all('/v1/orders?limit=2&status=DELIVERED', 'admin');
  await all('/v1/orders?limit=2&customer=ada@example.com', 'admin');
  await forgetCursorSecret(cloud);
  await all('/v1/fulfillments?limit=1', 'warehouse');
  await all('/v1/fulfillments?limit=1&location=dc-north', 'warehouse');
  const { data: orders } = await api.must<{ data: OrderView[] }>('admin', 'GET', '/v1/orders?externalId=iam-two-sites');
  const [first] = orders;
  if (!first) throw new Error('the order is not found by its external id');
  await api.must('agent', 'GET', `/v1/orders/${first.id}/executions`);
  await api.must('warehouse', 'GET', `/v1/fulfillments/${(await api.order(first.id)).fulfillments[0]?.id}`);
  const { data: endpoints } = await api.must<{ data: { id: string }[] }>('admin', 'GET', '/v1/webhook-endpoints');
  await forgetCursorSecret(cloud);
  for (const { id } of endpoints) await all(`/v1/webhook-endpoints/${id}/deliveries?limit=1`, 'admin');
  await api.must('admin', 'PUT', '/v1/locations/pop-up', { ...popUp });
  await api.must('warehouse', 'GET', '/v1/locations');
  await api.must('warehouse', 'GET', '/v1/inventory/mug-batuta');
  await api.call('admin', 'GET', '/v1/nothing-here');
}

/** Deadlines pass: the declined order is canceled, the delivered ones close, webhooks that waited long are tried again. */
async function timeGoesBy({ clock, api }: World): Promise<void> {
  await clock.jumpTo(clock.now() + 2 * hour);
  await clock.advance(3 * minute);
  await clock.jumpTo(clock.now() + 24 * hour);
  await clock.advance(3 * minute);
  await clock.jumpTo(clock.now() + 31 * 24 * hour);
  await clock.advance(3 * minute);
  const { data } = await api.must<{ data: OrderView[] }>('admin', 'GET', '/v1/orders?externalId=iam-two-sites');
  if (data[0]?.lifecycle !== 'CLOSED') throw new Error('the delivered order did not close');
}

async function placed(world: World, externalId: string, lines: (typeof mug)[], token?: string): Promise<OrderView> {
  const body = sampleOrder(externalId, lines, token === undefined ? {} : { token });
  const answer = await world.api.place(body);
  await world.clock.settle();
  return world.api.order(answer.id);
}

async function fulfill({ api, clock }: World, order: OrderView, pause = 0): Promise<void> {
  for (const { id } of order.fulfillments) {
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) {
      await api.verb(id, verb);
      await clock.advance(pause);
    }
  }
}

async function carrierFails(cloud: Cloud, times: number): Promise<void> {
  const Item = { pk: { S: 'FAULT#carrier' }, sk: { S: '-' }, counter: { N: String(times) } };
  await cloud.kernel.call('dynamodb', 'PutItem', { TableName: cloud.outputs.SandboxTable, Item }, operator);
}

const callStates = (cloud: Cloud, operation: string, input: object) =>
  cloud.kernel.call('states', operation, input, operator);

async function machineArn(cloud: Cloud, machine: string): Promise<string> {
  const { stateMachines } = (await callStates(cloud, 'ListStateMachines', {})) as {
    stateMachines: { name: string; stateMachineArn: string }[];
  };
  const found = stateMachines.find(({ name }) => name.endsWith(machine));
  if (!found) throw new Error(`there is no machine ${machine}`);
  return found.stateMachineArn;
}

async function stopExecutions(cloud: Cloud, machine: string): Promise<void> {
  const running = { stateMachineArn: await machineArn(cloud, machine), statusFilter: 'RUNNING' };
  const { executions } = (await callStates(cloud, 'ListExecutions', running)) as {
    executions: { executionArn: string }[];
  };
  if (executions.length === 0) throw new Error(`no execution of ${machine} is running`);
  for (const { executionArn } of executions) await callStates(cloud, 'StopExecution', { executionArn });
}

/** One command, as a function that died right after it would have left it. */
async function writeAs(cloud: Cloud, orderId: string, command: Command): Promise<Order> {
  return asOperator(cloud, async (client, system) => {
    const { OrdersTable: orders = '', InventoryTable: inventory = '' } = cloud.outputs;
    const deps = { orders: dynamoOrderStore(client, { orders, inventory }, system), system, policy: defaultPolicy };
    const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
    const result = await execute(deps, OrderId.parse(orderId), [command], meta);
    if (result.outcome !== 'done') throw new Error(`${command.type}: ${JSON.stringify(result)}`);
    return result.order;
  });
}

async function asOperator<T>(cloud: Cloud, act: (client: DynamoDBClient, system: System) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: cloud.kernel.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  try {
    return await act(client, { ...realSystem(), now: () => cloud.kernel.clock.now() });
  } finally {
    client.destroy();
  }
}

function expectThat(order: { id: string }, holds: boolean, what: string): void {
  if (!holds) throw new Error(`${order.id} ${what}: it does not`);
}

/** Partners: one answers 503 to everything, so that its deliveries are tried again and again; one is gone. */
async function startReceiver() {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(request.url === '/gone' ? 410 : 503).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url: `${url}/busy`,
    gone: `${url}/gone`,
    stop() {
      // A delivery that was cut off would keep it open.
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
