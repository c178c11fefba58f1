import type { OrderId } from '../domain/ids.ts';
import type { Receive } from './receive.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The event's id: a tag of the message, so that the provider's reports lead back to it. */
  eventId: string;
}

/** The mail service answered that it does not take the mail: nothing was sent. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

export interface Mailer {
  /** Hands the mail over. Returns the provider's id of the message. Throws MailRefused, or any other error when nobody knows. */
  send(mail: Mail): Promise<string>;
}

/** One mail for one event, whatever the bus repeats. */
export interface NotificationKey {
  eventId: string;
  channel: 'email';
}

export type NotificationClaim =
  /** Send, then `recordSent`. */
  | 'claimed'
  /** It has gone out. */
  | 'sent'
  /** Somebody else is sending it at this moment. */
  | 'leased';

export interface NotificationStore {
  /**
   * Takes the notification until `leaseUntil` (epoch milliseconds). Afterwards, with nothing recorded, the next one may take it; and before that
   * a later receive of the same message, because the worker of the one before has died or was given up.
   */
  claim(
    key: NotificationKey,
    claim: { orderId: OrderId; now: number; leaseUntil: number; expiresAt: number; by: Receive },
  ): Promise<NotificationClaim>;
  recordSent(key: NotificationKey, sent: { messageId: string; at: string }): Promise<void>;
  /** Gives the claim back when nothing was sent: the next try need not wait for the lease. */
  release(key: NotificationKey, leaseUntil: number): Promise<void>;
}
