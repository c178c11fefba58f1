import { Stripe } from 'stripe';
import * as z from 'zod';
import type { PaymentNotice, PaymentWebhooks, ReadWebhook } from '../../ports/payment.ts';
import { amountOfStripe } from './amounts.ts';
import { KEY, ORDER } from './effects.ts';

/** Seconds between Stripe's signature and its arrival here: what is older may have been recorded and sent again. */
const TOLERANCE = 300;

/** What is read of an event. Unknown fields are Stripe's business. */
const StripeEvent = z.object({
  id: z.string().regex(/^evt_\w+$/),
  object: z.literal('event'),
  type: z.string(),
  created: z.int().min(0),
  data: z.object({
    object: z.object({
      id: z.string(),
      amount: z.int().min(0).optional(),
      amount_received: z.int().min(0).optional(),
      amount_captured: z.int().min(0).optional(),
      currency: z.string().optional(),
      metadata: z.record(z.string(), z.string()).nullish(),
      payment_intent: z.string().nullish(),
      charge: z.string().nullish(),
      status: z.string().nullish(),
    }),
  }),
});
type StripeEvent = z.infer<typeof StripeEvent>;

const kinds: Readonly<Record<string, PaymentNotice['kind']>> = {
  'payment_intent.amount_capturable_updated': 'authorized',
  'payment_intent.payment_failed': 'declined',
  'payment_intent.canceled': 'voided',
  'payment_intent.succeeded': 'captured',
  'charge.captured': 'captured',
  'charge.expired': 'expired',
  'charge.failed': 'declined',
  'refund.created': 'refunded',
  'refund.updated': 'refunded',
  'refund.failed': 'refundFailed',
  'charge.dispute.created': 'disputed',
  'charge.dispute.updated': 'disputed',
  'charge.dispute.funds_withdrawn': 'disputed',
  'charge.dispute.funds_reinstated': 'disputed',
  'charge.dispute.closed': 'disputeClosed',
};

/** @param secret of the webhook endpoint (`whsec_…`). While it is rolled, Stripe signs with the old and the new one: either is enough. */
export const stripeWebhooks = (secret: string): PaymentWebhooks => ({
  read: ({ headers, body, receivedAt }) => readStripeWebhook(body, headers['stripe-signature'], secret, receivedAt),
});

/**
 * Reads a webhook of Stripe. The signature is checked by Stripe's own package, in constant time, on the bytes as they came.
 * @param receivedAt epoch milliseconds
 */
export function readStripeWebhook(
  body: string,
  signature: string | undefined,
  secret: string,
  receivedAt: number,
): ReadWebhook {
  if (signature === undefined) return { outcome: 'refused', reason: 'not_signed' };
  let payload: unknown;
  try {
    payload = Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE, undefined, receivedAt);
  } catch (error) {
    // It parses what it has found to be signed.
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) {
      return { outcome: 'refused', reason: 'malformed' };
    }
    return { outcome: 'refused', reason: /tolerance/.test(error.message) ? 'too_old' : 'wrong_signature' };
  }
  const { data: event } = StripeEvent.safeParse(payload);
  if (!event) return { outcome: 'refused', reason: 'malformed' };
  const kind = kinds[event.type];
  if (!kind) return { outcome: 'ignored', id: event.id, type: event.type };
  return { outcome: 'read', notice: noticeOf(event, kind) };
}

function noticeOf({ id, type, created, data: { object } }: StripeEvent, kind: PaymentNotice['kind']): PaymentNotice {
  const minor =
    type === 'payment_intent.succeeded'
      ? object.amount_received
      : type === 'charge.captured'
        ? object.amount_captured
        : object.amount;
  const money =
    minor !== undefined && object.currency !== undefined ? amountOfStripe(minor, object.currency) : undefined;
  const reference = object.payment_intent ?? (object.id.startsWith('pi_') ? object.id : undefined);
  const { [ORDER]: orderId, [KEY]: key } = object.metadata ?? {};
  return {
    id,
    // A refund that is updated may have failed since.
    kind: kind === 'refunded' && (object.status === 'failed' || object.status === 'canceled') ? 'refundFailed' : kind,
    occurredAt: new Date(created * 1000).toISOString(),
    subject: object.id,
    ...(reference !== undefined && { authorization: reference }),
    ...(orderId !== undefined && { orderId }),
    ...(key !== undefined && { key }),
    ...money,
  };
}
