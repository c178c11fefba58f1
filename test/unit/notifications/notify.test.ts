import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoNotificationStore } from '../../../shared/adapters/dynamodb/notification-store.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { BusMessage } from '../../../shared/events/bus-message.ts';
import { type Mail, MailRefused } from '../../../shared/ports/notifications.ts';
import type { Receive } from '../../../shared/ports/receive.ts';
import { NotificationInProgress, notifyCustomer } from '../../../shared/use-cases/notify-customer.ts';
import { deliveryTable } from '../webhooks/local-table.ts';
import { orderOf, shipped, trackingUrl } from './orders.ts';

const at = '2026-01-05T09:00:00.000Z';
let table: Awaited<ReturnType<typeof deliveryTable>>;
beforeAll(async () => {
  table = await deliveryTable();
});
afterAll(() => table.stop());

let events = 0;
const message = (type: string, data: unknown, more: Record<string, unknown> = {}) =>
  BusMessage.parse({
    ...more,
    detail: {
      specversion: '1.0',
      id: `evt_${++events}`,
      source: 'oms.orders',
      type,
      version: 1,
      time: at,
      timestamp: at,
      subject: orderOf().id,
      tenantid: 'acme',
      sequence: 4,
      correlationid: 'c',
      causationid: 'd',
      dataschema: 'https://batuta.example/schemas/x/1.json',
      data,
    },
  });
const confirmation = (more?: Record<string, unknown>) =>
  message('order.confirmed', { total: 1, currency: 'EUR' }, more);

const first: Receive = { messageId: 'first', receiveCount: 1 };
const another = (n: number): Receive => ({ messageId: `another ${n}`, receiveCount: 1 });

/** `outcomes` of sending, one after the other; afterwards every mail is taken. */
function mailroom(order: Order | undefined = orderOf(), outcomes: (Error | 'lost')[] = []) {
  const mails: Mail[] = [];
  let now = Date.parse(at);
  const deps = {
    orders: { load: async () => order },
    notifications: dynamoNotificationStore(table.client, table.table),
    mailer: {
      async send(mail: Mail) {
        const outcome = outcomes.shift();
        if (outcome instanceof Error) throw outcome;
        mails.push(mail);
        if (outcome === 'lost') throw new Error('socket hang up');
        return `ses-${mails.length}`;
      },
    },
    system: { now: () => now, sleep: async () => {}, random: () => 0, eventId: () => 'evt_x', ulid: () => '0' },
    shop: 'Acme Store',
  };
  const wait = (milliseconds: number) => {
    now += milliseconds;
  };
  return { deps, mails, wait };
}

test('a confirmed order: one mail to the customer, whatever the bus repeats', async () => {
  const { deps, mails } = mailroom();
  const event = confirmation();
  expect(await notifyCustomer(deps, event, first)).toBe('sent');
  expect(await notifyCustomer(deps, event, first)).toBe('already_sent');
  expect(mails).toMatchObject([
    { to: 'ana@example.com', subject: 'Your order WEB-1001 is confirmed', eventId: event.detail.id },
  ]);
  expect(mails[0]?.text).toContain('Blue mug');
  expect(mails[0]?.html).toContain('Blue mug');
});

test('three workers at once: one mail', async () => {
  const { deps, mails } = mailroom();
  const event = confirmation();
  const results = await Promise.allSettled([1, 2, 3].map((n) => notifyCustomer(deps, event, another(n))));
  expect(mails).toHaveLength(1);
  const values = results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.constructor));
  expect(values.filter((one) => one === 'sent')).toHaveLength(1);
  for (const other of values.filter((one) => one !== 'sent'))
    expect([NotificationInProgress, 'already_sent']).toContain(other);
});

test('a shipped parcel: a mail with its tracking', async () => {
  const { deps, mails } = mailroom();
  expect(await notifyCustomer(deps, message('fulfillment.shipped', shipped(trackingUrl).data), first)).toBe('sent');
  expect(mails[0]?.text).toContain(trackingUrl);
});

test('the answer of the mail service is lost: for another message again after five minutes and not before', async () => {
  const { deps, mails, wait } = mailroom(orderOf(), ['lost']);
  const event = confirmation();
  await expect(notifyCustomer(deps, event, first)).rejects.toThrow('hang up');
  wait(5 * 60_000);
  await expect(notifyCustomer(deps, event, another(7))).rejects.toThrow(NotificationInProgress);
  await expect(notifyCustomer(deps, event, first)).rejects.toThrow(NotificationInProgress);
  wait(1);
  expect(await notifyCustomer(deps, event, another(8))).toBe('sent');
  wait(10 * 60_000);
  expect(await notifyCustomer(deps, event, { ...first, receiveCount: 2 })).toBe('already_sent');
  expect(mails).toHaveLength(2);
});

test('a worker dies while it sends: its message, when it comes back, need not wait; what was recorded is not sent again', async () => {
  const { deps, mails } = mailroom(orderOf(), ['lost', 'lost']);
  const event = confirmation();
  await expect(notifyCustomer(deps, event, first)).rejects.toThrow('hang up');
  await expect(notifyCustomer(deps, event, { ...first, receiveCount: 9 })).rejects.toThrow('hang up');
  await expect(notifyCustomer(deps, event, { ...first, receiveCount: 2 })).rejects.toThrow(NotificationInProgress);
  expect(await notifyCustomer(deps, event, { ...first, receiveCount: 10 })).toBe('sent');
  expect(await notifyCustomer(deps, event, { ...first, receiveCount: 11 })).toBe('already_sent');
  expect(mails).toHaveLength(3);
});

test('the mail service refuses for now: the next try need not wait', async () => {
  const { deps, mails, wait } = mailroom(orderOf(), [new MailRefused('TooManyRequestsException')]);
  const event = confirmation();
  await expect(notifyCustomer(deps, event, first)).rejects.toThrow(MailRefused);
  wait(1000);
  expect(await notifyCustomer(deps, event, first)).toBe('sent');
  expect(mails).toHaveLength(1);
});

test('a replayed event, one nobody is written to about, and an erased customer: no mail', async () => {
  const { contact: _erased, ...order } = orderOf();
  const { deps, mails } = mailroom(order);
  expect(await notifyCustomer(deps, confirmation({ 'replay-name': 'again' }), first)).toBe('replayed');
  expect(await notifyCustomer(deps, message('order.closed', { captured: 1, refunded: 0 }), first)).toBe('not_notified');
  expect(await notifyCustomer(deps, confirmation(), first)).toBe('no_contact');
  expect(mails).toEqual([]);
});

test.each(['ana@example.com\r\nBcc: all@example.com', 'ana@example.com, eve@example.com', 'nobody', ''])(
  'the address %j is no recipient, and the error does not repeat it',
  async (email) => {
    const { deps, mails } = mailroom(orderOf({ contact: { email, name: 'Ana' } }));
    await expect(notifyCustomer(deps, confirmation(), first)).rejects.toThrow(
      /^the contact has no valid e-mail address$/,
    );
    expect(mails).toEqual([]);
  },
);

test('an event without its order, or of a version to come, fails loudly', async () => {
  const { deps } = mailroom();
  await expect(
    notifyCustomer({ ...deps, orders: { load: async () => undefined } }, confirmation(), first),
  ).rejects.toThrow('ord_');
  const future = confirmation();
  future.detail.version = 2;
  await expect(notifyCustomer(deps, future, first)).rejects.toThrow('version 2');
});

test('the table keeps no address and no text of a mail', async () => {
  const { deps } = mailroom();
  await notifyCustomer(deps, confirmation(), first);
  const dump = JSON.stringify(await table.items());
  expect(dump).toContain('messageId');
  expect(dump).not.toMatch(/ana@example|Ana Pérez|Calle|mug/);
});
