import * as z from 'zod';
import { eventData } from '../domain/events.ts';
import { OrderId } from '../domain/ids.ts';
import type { BusMessage } from '../events/bus-message.ts';
import type { Envelope } from '../events/envelope.ts';
import { contentOf, type NotifiedEvent } from '../notifications/content.ts';
import { renderHtml } from '../notifications/html.ts';
import { isNotified } from '../notifications/notified-types.ts';
import { renderText } from '../notifications/text.ts';
import { type Mailer, MailRefused, type NotificationStore } from '../ports/notifications.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { Receive } from '../ports/receive.ts';
import { isoNow, type System } from '../ports/system.ts';

export interface NotifyDeps {
  orders: Pick<OrderStore, 'load'>;
  notifications: NotificationStore;
  mailer: Mailer;
  system: System;
  /** The name customers know the merchant by. */
  shop: string;
}

export type Notified =
  | 'sent'
  | 'already_sent'
  /** From the archive: mails are not sent twice. */
  | 'replayed'
  /** Not a type that customers are written to about. */
  | 'not_notified'
  /** The customer's data has been erased. */
  | 'no_contact';

/** Somebody else is sending this mail, or stopped while sending: the message comes back and finds which. */
export class NotificationInProgress extends Error {
  override readonly name = 'NotificationInProgress';
}

const leaseMilliseconds = 5 * 60_000;
/** Seconds; longer than the archive keeps events. */
const claimKeptFor = 45 * 24 * 3600;

/**
 * Writes to the customer about one event. The claim is made before the mail goes out and the message id recorded after. At least once: who
 * stops between the two, or gets no answer from the mail service, leaves a claim that the same message may take when it comes back, another one
 * after five minutes, and the customer may then have two mails of the same text; in every other case one.
 * Seams: opt-outs and suppressed addresses are asked before the claim; another channel (SMS) is a further key of the same event.
 * @throws NotificationInProgress
 */
export async function notifyCustomer(deps: NotifyDeps, message: BusMessage, by: Receive): Promise<Notified> {
  const { orders, notifications, mailer, system, shop } = deps;
  const { detail: envelope } = message;
  if (message['replay-name'] !== undefined) return 'replayed';
  const event = notifiedEvent(envelope);
  if (!event) return 'not_notified';
  const orderId = OrderId.parse(envelope.subject);
  const order = await orders.load(orderId);
  if (!order) throw new Error(`${orderId} has an event and is not there`);
  if (!order.contact) return 'no_contact';

  const to = recipient(order.contact.email);
  const content = contentOf(event, order, order.contact, shop);
  const key = { eventId: envelope.id, channel: 'email' } as const;
  const now = system.now();
  const leaseUntil = now + leaseMilliseconds;
  const expiresAt = Math.floor(now / 1000) + claimKeptFor;
  const claim = await notifications.claim(key, { orderId, now, leaseUntil, expiresAt, by });
  if (claim === 'sent') return 'already_sent';
  if (claim === 'leased') throw new NotificationInProgress(envelope.id);

  const messageId = await mailer
    .send({
      to,
      subject: content.subject,
      text: renderText(content),
      html: renderHtml(content),
      eventId: envelope.id,
    })
    .catch(async (error: unknown) => {
      if (error instanceof MailRefused) await notifications.release(key, leaseUntil);
      throw error;
    });
  await notifications.recordSent(key, { messageId, at: isoNow(system) });
  return 'sent';
}

function notifiedEvent({ type, version, data }: Envelope): NotifiedEvent | undefined {
  if (!isNotified(type)) return undefined;
  if (version !== 1) throw new Error(`${type} of version ${version} is not known here`);
  switch (type) {
    case 'order.confirmed':
      return { type };
    case 'order.canceled':
      return { type, data: eventData[type].parse(data) };
    case 'order.remainder_canceled':
      return { type, data: eventData[type].parse(data) };
    case 'fulfillment.shipped':
      return { type, data: eventData[type].parse(data) };
  }
}

/** One address and nothing that a header could be made of. @throws Error without the address, which is the customer's */
function recipient(email: string): string {
  if (!z.email().safeParse(email).success) throw new Error('the contact has no valid e-mail address');
  return email;
}
