import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoWebhookStore } from '../../../shared/adapters/dynamodb/webhook-store.ts';
import { memoryWebhooks } from '../../../shared/adapters/memory/webhooks.ts';
import type { Lease, WebhookDelivery, WebhookEndpoint, WebhookStore } from '../../../shared/ports/webhooks.ts';
import { deliveryTable } from './local-table.ts';

const at = '2026-01-05T09:00:00.000Z';
const later = '2026-01-05T12:00:00.000Z';
const now = Date.parse(at);
const forgetAt = now / 1000 + 3600;

let serial = 0;
const ulid = () => `01J${String(serial++).padStart(23, '0')}`;

const endpointOf = (more: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  id: `whe_${ulid()}`,
  url: 'https://partner.test/hook',
  eventTypes: ['order.*', 'stock.adjusted'],
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  status: 'active',
  createdAt: at,
  updatedAt: at,
  ...more,
});

const deliveryOf = (endpointId: string, more: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  endpointId,
  eventId: `evt_${ulid()}`,
  eventType: 'order.placed',
  status: 'pending',
  attempts: [],
  body: '{"a":"é\u2028"}',
  createdAt: at,
  nextAttemptAt: at,
  expiresAt: now / 1000 + 2_592_000,
  ...more,
});

const dueOf = ({ endpointId, eventId, nextAttemptAt = '' }: WebhookDelivery) => ({
  endpointId,
  eventId,
  due: nextAttemptAt,
});

const lease = (messageId: string, receiveCount = 1, lasting = 1000): Lease => ({
  until: now + lasting,
  messageId,
  receiveCount,
});

let table: Awaited<ReturnType<typeof deliveryTable>>;
beforeAll(async () => {
  table = await deliveryTable();
});
afterAll(() => table.stop());

describe.each([
  ['DynamoDB', () => dynamoWebhookStore(table.client, table.table)],
  ['memory', () => memoryWebhooks().store],
] as [string, () => WebhookStore][])('webhook store: %s', (_name, open) => {
  test('an endpoint is read back as it was written, changed in part, and deleted once', async () => {
    const store = open();
    const endpoint = endpointOf({ description: 'ERP' });
    expect(await store.createEndpoint(endpoint)).toBe('created');
    expect(await store.endpoint(endpoint.id)).toEqual(endpoint);
    expect(await store.createEndpoint({ ...endpoint, url: 'https://third.test/' })).toBe('taken');
    expect(await store.endpoint(endpoint.id)).toEqual(endpoint);

    const disabled = await store.updateEndpoint(
      endpoint.id,
      { status: 'disabled', disabledReason: 'gone', url: 'https://other.test/', description: null },
      later,
    );
    const { description: _gone, ...rest } = endpoint;
    expect(disabled).toEqual({
      ...rest,
      status: 'disabled',
      disabledReason: 'gone',
      url: 'https://other.test/',
      updatedAt: later,
    });
    expect(await store.endpoint(endpoint.id)).toEqual(disabled);
    expect(await store.deleteEndpoint(endpoint.id, later, forgetAt)).toBe(true);
    expect(await store.deleteEndpoint(endpoint.id, later, forgetAt)).toBe(false);
    expect(await store.endpoint(endpoint.id)).toBeUndefined();
    expect((await store.endpoints()).map(({ id }) => id)).not.toContain(endpoint.id);
  });

  test('an endpoint that was deleted is neither made again nor changed', async () => {
    const store = open();
    const endpoint = endpointOf();
    await store.createEndpoint(endpoint);
    await store.deleteEndpoint(endpoint.id, later, forgetAt);
    expect(await store.createEndpoint(endpoint)).toBe('taken');
    expect(await store.updateEndpoint(endpoint.id, { status: 'disabled' }, later)).toBeUndefined();
    expect(await store.endpoint(endpoint.id)).toBeUndefined();
  });

  test('a change to an endpoint that is gone does not create it', async () => {
    const store = open();
    const { id } = endpointOf();
    expect(await store.updateEndpoint(id, { status: 'disabled' }, at)).toBeUndefined();
    expect(await store.endpoint(id)).toBeUndefined();
  });

  test('endpoints are listed oldest first', async () => {
    const store = open();
    const made = [endpointOf(), endpointOf()];
    for (const one of [...made].reverse()) await store.createEndpoint(one);
    const ids = (await store.endpoints()).map(({ id }) => id);
    expect(ids.filter((id) => made.some((one) => one.id === id))).toEqual(made.map(({ id }) => id));
  });

  test('the second delivery of the same event to the same endpoint is not created and changes nothing', async () => {
    const store = open();
    const delivery = deliveryOf(endpointOf().id);
    expect(await store.createDelivery(delivery)).toBe('created');
    expect(await store.createDelivery({ ...delivery, body: 'other' })).toBe('exists');
    expect(await store.delivery(delivery.endpointId, delivery.eventId)).toEqual(delivery);
    expect(await store.delivery(delivery.endpointId, 'evt_none')).toBeUndefined();
  });

  test('deliveries come newest first in pages, without a gap or a repetition', async () => {
    const store = open();
    const { id } = endpointOf();
    const made = Array.from({ length: 5 }, () => deliveryOf(id));
    for (const one of made) await store.createDelivery(one);
    await store.createDelivery(deliveryOf(endpointOf().id));
    const first = await store.deliveries(id, { limit: 2 });
    const second = await store.deliveries(id, { limit: 2, after: first.next! });
    const third = await store.deliveries(id, { limit: 2, after: second.next! });
    expect(third.next).toBeUndefined();
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ eventId }) => eventId));
    expect(seen).toEqual(made.map(({ eventId }) => eventId).reverse());
  });

  test('one claims, the second is told until when, and after the lease a third may', async () => {
    const store = open();
    const delivery = deliveryOf(endpointOf().id);
    await store.createDelivery(delivery);
    const due = dueOf(delivery);
    const [first, second, third] = [lease('one', 1, 60_000), lease('two', 1, 120_000), lease('three', 1, 120_001)];
    expect(await store.claimDelivery(due, now, first)).toEqual({ outcome: 'claimed', delivery });
    expect(await store.claimDelivery(due, now + 60_000, second)).toEqual({ outcome: 'leased', until: now + 60_000 });
    expect(await store.claimDelivery(due, now + 60_001, third)).toMatchObject({ outcome: 'claimed' });
    // The first one comes back too late: its word no longer counts.
    expect(await store.saveAttempt({ ...delivery, status: 'exhausted' }, first, { shelve: false })).toBe(false);
    expect((await store.delivery(delivery.endpointId, delivery.eventId))?.status).toBe('pending');
  });

  test('a later receive of the same message takes the lease over at once; an earlier one, the same one and another message do not', async () => {
    const store = open();
    const delivery = deliveryOf(endpointOf().id);
    await store.createDelivery(delivery);
    const due = dueOf(delivery);
    const claim = (by: Lease) => store.claimDelivery(due, now, by);
    expect(await claim(lease('one', 2))).toMatchObject({ outcome: 'claimed' });
    for (const other of [lease('one', 1), lease('one', 2), lease('two', 3)])
      expect(await claim(other)).toMatchObject({ outcome: 'leased' });
    expect(await claim(lease('one', 10))).toMatchObject({ outcome: 'claimed' });
    expect(await claim(lease('one', 9))).toMatchObject({ outcome: 'leased' });
    // Both leases end at the same instant, and only the newer one counts.
    expect(await store.saveAttempt(delivery, lease('one', 2), { shelve: false })).toBe(false);
    expect(await store.saveAttempt(delivery, lease('one', 10), { shelve: false })).toBe(true);
    // What is given back is free for everybody.
    expect(await claim(lease('two', 1))).toMatchObject({ outcome: 'claimed' });
  });

  test('a message for an instant that has passed, or for no row, is out of date', async () => {
    const store = open();
    const delivery = deliveryOf(endpointOf().id);
    expect(await store.claimDelivery(dueOf(delivery), now, lease('one'))).toEqual({ outcome: 'out_of_date' });
    await store.createDelivery(delivery);
    const claim = await store.claimDelivery({ ...dueOf(delivery), due: later }, now, lease('one'));
    expect(claim).toEqual({ outcome: 'out_of_date', delivery });
  });

  test('a delivered row cannot be claimed again', async () => {
    const store = open();
    const delivery = deliveryOf(endpointOf().id);
    await store.createDelivery(delivery);
    await store.claimDelivery(dueOf(delivery), now, lease('one'));
    const { nextAttemptAt: _none, ...rest } = delivery;
    const delivered: WebhookDelivery = { ...rest, status: 'delivered', attempts: [{ at, status: 200, latencyMs: 12 }] };
    expect(await store.saveAttempt(delivered, lease('one'), { shelve: false })).toBe(true);
    expect(await store.claimDelivery(dueOf(delivery), now + 9999, lease('one', 2, 99_999))).toEqual({
      outcome: 'out_of_date',
      delivery: delivered,
    });
  });

  test('a shelved row is found when due and not before, until it is taken off the shelf', async () => {
    const store = open();
    const delivery = deliveryOf(endpointOf().id);
    await store.createDelivery(delivery);
    await store.claimDelivery(dueOf(delivery), now, lease('one'));
    const failed: WebhookDelivery = {
      ...delivery,
      status: 'failed',
      attempts: [{ at, latencyMs: 15_000, error: 'timeout' }],
      nextAttemptAt: later,
    };
    await store.saveAttempt(failed, lease('one'), { shelve: true });
    const found = async (time: string) =>
      (await store.dueDeliveries(time, 100)).filter(({ eventId }) => eventId === delivery.eventId);
    expect(await found('2026-01-05T11:59:59.999Z')).toEqual([]);
    expect(await found(later)).toEqual([dueOf(failed)]);

    await store.unshelve({ ...dueOf(failed), due: at });
    expect(await found(later)).toHaveLength(1);
    await store.unshelve(dueOf(failed));
    expect(await found(later)).toEqual([]);
    // It is due all the same: the message that was sent for it counts.
    expect(await store.claimDelivery(dueOf(failed), Date.parse(later), lease('two'))).toMatchObject({
      outcome: 'claimed',
      delivery: failed,
    });
  });
});
