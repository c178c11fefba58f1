import * as z from 'zod';
import type { Page, Position } from './order-store.ts';
import type { Receive } from './receive.ts';

/** A type (`order.placed`), a family (`order.*`: everything that begins with `order.`) or all (`*`). */
export const EventFilter = z
  .string()
  .max(100)
  .regex(/^(\*|[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?)$/, 'an event type, a family such as "order.*", or "*"');

export const EndpointId = z.string().regex(/^whe_[0-9A-HJKMNP-TV-Z]{26}$/);

/**
 * Where a partner wants events. Seams for what is to come: a second secret (rotation) goes beside `secret`, key pairs (`v1a`), payload
 * style, rate and `ordering` are further fields, the breaker's state a row of its own (it changes with every failure).
 */
export const WebhookEndpoint = z.object({
  id: EndpointId,
  url: z.string(),
  eventTypes: z.array(EventFilter).min(1),
  /** `whsec_` + base64 of 32 bytes. Shown once, when the endpoint is created. */
  secret: z.string(),
  status: z.enum(['active', 'disabled']),
  /** Why it was disabled: `gone` (410), `receiver` (response header `webhook-delivery: disable`) or `owner`. */
  disabledReason: z.enum(['gone', 'receiver', 'owner']).optional(),
  description: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

export const WebhookAttempt = z.object({
  /** When the request began. */
  at: z.iso.datetime(),
  /** The response's status, when there was one. */
  status: z.int().optional(),
  latencyMs: z.int().min(0),
  /** Why it failed: a class (`timeout`, `dns`, `blocked`, `tls`, `connection`, `response`, `redirect`, `status`) and a short text. */
  error: z.string().optional(),
});
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

/** One event for one endpoint: there is one row for the pair, however often the bus repeats the event. */
export const WebhookDelivery = z.object({
  endpointId: EndpointId,
  eventId: z.string(),
  eventType: z.string(),
  /** `pending`: not tried yet; `failed`: to be tried again at `nextAttemptAt`; `exhausted`: given up, see `endReason`. */
  status: z.enum(['pending', 'delivered', 'failed', 'exhausted']),
  endReason: z
    .enum(['attempts', 'deadline', 'endpoint_disabled', 'endpoint_deleted', 'aborted_by_receiver'])
    .optional(),
  attempts: z.array(WebhookAttempt),
  /** The request's body: made once, so that every attempt sends the same bytes. */
  body: z.string(),
  createdAt: z.iso.datetime(),
  /** Present while there is something left to do. */
  nextAttemptAt: z.iso.datetime().optional(),
  /** Epoch seconds; the row vanishes some time after. */
  expiresAt: z.int(),
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** What the queue carries: `due` is the `nextAttemptAt` it was sent for; a message for another instant is out of date. */
export const DueDelivery = z.object({ endpointId: EndpointId, eventId: z.string(), due: z.iso.datetime() });
export type DueDelivery = z.infer<typeof DueDelivery>;

/** Until when (epoch milliseconds) a row is taken, and in which receive of which message: that proves the claim to `saveAttempt`. */
export interface Lease extends Receive {
  until: number;
}

export type Claim =
  | { outcome: 'claimed'; delivery: WebhookDelivery }
  /** Somebody else is trying it at this moment, until then at the latest. */
  | { outcome: 'leased'; until: number }
  /** Delivered, given up, or due at another time; undefined: there is no such row. */
  | { outcome: 'out_of_date'; delivery: WebhookDelivery | undefined };

export type EndpointChanges = Partial<Pick<WebhookEndpoint, 'url' | 'eventTypes' | 'status'>> & {
  /** null removes it. */
  description?: string | null;
  disabledReason?: WebhookEndpoint['disabledReason'] | null;
};

export interface WebhookStore {
  /** `taken`: there is one with this id, or there was. */
  createEndpoint(endpoint: WebhookEndpoint): Promise<'created' | 'taken'>;
  endpoint(id: string): Promise<WebhookEndpoint | undefined>;
  /** All of them (there are tens at most), oldest first, strongly consistent. */
  endpoints(): Promise<WebhookEndpoint[]>;
  /** The endpoint after the change, or undefined when it is gone. `at` becomes `updatedAt`. */
  updateEndpoint(id: string, changes: EndpointChanges, at: string): Promise<WebhookEndpoint | undefined>;
  /**
   * Whether there was one. Its deliveries stay until they expire. What remains is a note without its content, so that a late repetition of the
   * request that made it finds its id taken; the note vanishes at `forgetAt` (epoch seconds).
   */
  deleteEndpoint(id: string, at: string, forgetAt: number): Promise<boolean>;

  createDelivery(delivery: WebhookDelivery): Promise<'created' | 'exists'>;
  delivery(endpointId: string, eventId: string): Promise<WebhookDelivery | undefined>;
  /** Newest event first. */
  deliveries(endpointId: string, page: { limit: number; after?: Position }): Promise<Page<WebhookDelivery>>;

  /**
   * Takes the row for one attempt. A lease is over when its time is, or when its message is received again: the worker of the receive before
   * has died or was given up then.
   * @param now epoch milliseconds
   */
  claimDelivery(due: DueDelivery, now: number, lease: Lease): Promise<Claim>;
  /**
   * Writes the row as it is after an attempt and gives the claim back. `shelve`: `dueDeliveries` finds the row at `nextAttemptAt`; otherwise
   * the caller sends a delayed message. False: the lease was lost meanwhile and nothing was written.
   */
  saveAttempt(delivery: WebhookDelivery, lease: Lease, options: { shelve: boolean }): Promise<boolean>;
  /** Shelved rows that are due at `now` (ISO 8601), at most `limit`. */
  dueDeliveries(now: string, limit: number): Promise<DueDelivery[]>;
  /** Takes the row off the shelf: its message has been sent. */
  unshelve(due: DueDelivery): Promise<void>;
}

export interface WebhookQueue {
  /** `delaySeconds`: whole, 0 to 900 (the most that SQS delays). */
  send(message: DueDelivery, delaySeconds: number): Promise<void>;
}
