import type { Stripe } from 'stripe';
import type {
  AuthorizationState,
  CaptureRequest,
  PaymentProvider,
  PaymentResult,
  RefundRequest,
  VoidRequest,
} from '../../ports/payment.ts';
import { stripeAmount } from './amounts.ts';
import { disputeOf } from './disputes.ts';
import {
  authorizationIn,
  capturedUnder,
  captureLine,
  captureReference,
  capturesOf,
  chargeOfCapture,
  KEY,
  MOST_CAPTURES,
  ORDER,
  refundResult,
} from './effects.ts';
import { act, ask, askFor } from './failures.ts';
import { confirm, intentOf, isIntent, type StripeApi } from './intents.ts';

export interface StripeDeps {
  /** Asked at each call: who makes the client may read the key again. */
  api(): Promise<StripeApi>;
  /** Epoch milliseconds. */
  now(): number;
}

const declined = (reason: string): PaymentResult => ({ outcome: 'declined', reason });

/**
 * Stripe's PaymentIntents with manual capture, cards only. Every request that changes something has an idempotency key; before one is sent that Stripe
 * might have forgotten by now, the object itself is read, where every effect is written down (effects.ts): one effect a key, after a day as after a
 * second. docs/payments.md says what is supported.
 */
export function stripePayments({ api: connect, now }: StripeDeps): PaymentProvider {
  return {
    capabilities: {
      partialCapture: true,
      multicapture: 'ifCardAllows',
      incrementalAuthorization: false,
      voidAfterPartialCapture: true,
      // Only of cards that a customer of Stripe has saved, which tokens of ours are not.
      reauthorization: false,
      // docs.stripe.com/payments/place-a-hold-on-a-payment-method: 7 days for a customer's own payment; 4 days 18 hours with Visa for a merchant's.
      authorizationLifetime: 7 * 24,
    },
    async authorize(request) {
      const sent = stripeAmount(request.amount, request.currency);
      if ('refused' in sent) return declined(sent.refused);
      const api = await connect();
      const found = await intentOf(api, now(), request, sent);
      if ('declined' in found) return declined(found.declined);
      const known = found.mayBeOld ? authorizationIn(found.intent) : undefined;
      if (known) return known;
      // The storefront's own is taken as it is, and never tried with a card of ours.
      return isIntent(request.token) ? declined('not_authorized') : confirm(api, found.intent.id, request);
    },
    capture: async (request) => capture(await connect(), request),
    void: async (request) => cancel(await connect(), request),
    refund: async (request) => refund(await connect(), request),
    async lookUp(authorization) {
      const intent = await retrieve(await connect(), authorization);
      return intent && stateOf(intent);
    },
    async dispute(id) {
      const api = await connect();
      const found = /^(dp|du)_\w+$/.test(id) ? await askFor(() => api.disputes.retrieve(id)) : undefined;
      return found && disputeOf(found);
    },
    async query(effect) {
      const api = await connect();
      switch (effect.operation) {
        case 'authorize': {
          const sent = stripeAmount(effect.amount, effect.currency);
          if ('refused' in sent) return declined(sent.refused);
          const found = await intentOf(api, now(), effect, sent);
          if ('declined' in found) return declined(found.declined);
          const intent = await retrieve(api, found.intent.id);
          return intent && authorizationIn(intent);
        }
        case 'capture': {
          const intent = await retrieve(api, effect.authorization);
          return intent && capturedUnder(intent, effect.key);
        }
        case 'void': {
          const intent = await retrieve(api, effect.authorization);
          return intent && releasedIn(intent);
        }
        case 'refund': {
          const charge = chargeOfCapture(effect.capture);
          const made = charge === undefined ? undefined : await refundUnder(api, charge, effect.key);
          return made && refundResult(made);
        }
      }
    },
  };
}

function stateOf({ status, cancellation_reason, metadata }: Stripe.PaymentIntent): AuthorizationState {
  const { [ORDER]: orderId } = metadata;
  const order = orderId === undefined ? {} : { orderId };
  if (status === 'requires_capture') return { state: 'open', ...order };
  // Stripe cancels what was not captured in time.
  if (status === 'canceled') return { state: cancellation_reason === 'automatic' ? 'lapsed' : 'canceled', ...order };
  return { state: status === 'succeeded' ? 'closed' : 'pending', ...order };
}

const retrieve = async (api: StripeApi, id: string): Promise<Stripe.PaymentIntent | undefined> =>
  isIntent(id) ? askFor(() => api.paymentIntents.retrieve(id, { expand: ['latest_charge'] })) : undefined;

async function capture(
  api: StripeApi,
  { key, amount, currency, authorization }: CaptureRequest,
): Promise<PaymentResult> {
  const sent = stripeAmount(amount, currency);
  if ('refused' in sent) return declined(sent.refused);
  const intent = await retrieve(api, authorization);
  if (!intent) return declined('unknown_reference');
  const known = capturedUnder(intent, key);
  if (known) return known;
  const refused = whyNotCapturable(intent, sent);
  if (refused !== undefined) return declined(refused);
  return act(async () => {
    const captured = await api.paymentIntents.capture(
      intent.id,
      {
        amount_to_capture: sent.amount,
        // Only where the card allows several captures may the rest be kept; elsewhere this capture releases it.
        ...(allowsSeveral(intent) && { final_capture: sent.amount === intent.amount_capturable }),
        metadata: { [captureLine(key)]: String(sent.amount) },
      },
      { idempotencyKey: key },
    );
    return { outcome: 'approved', reference: captureReference(captured, key), amount };
  });
}

function whyNotCapturable(
  intent: Stripe.PaymentIntent,
  sent: { amount: number; currency: string },
): string | undefined {
  // Stripe cancels what was not captured in time ("automatic").
  if (intent.status === 'canceled') {
    return intent.cancellation_reason === 'automatic' ? 'authorization_expired' : 'authorization_canceled';
  }
  if (intent.status === 'succeeded') return 'authorization_used_up';
  if (intent.status !== 'requires_capture') return 'not_authorized';
  if (intent.currency !== sent.currency) return 'currency_mismatch';
  if (sent.amount > intent.amount_capturable) return 'amount_exceeds_authorization';
  return capturesOf(intent) >= MOST_CAPTURES ? 'too_many_captures' : undefined;
}

function allowsSeveral({ latest_charge: charge }: Stripe.PaymentIntent): boolean {
  return typeof charge === 'object' && charge?.payment_method_details?.card?.multicapture?.status === 'available';
}

async function cancel(api: StripeApi, { key, authorization }: VoidRequest): Promise<PaymentResult> {
  const intent = await retrieve(api, authorization);
  if (!intent) return declined('unknown_reference');
  const released = releasedIn(intent);
  if (released) return released;
  return act(async () => {
    if (intent.amount_received > 0) {
      // What is left of an authorization that was captured from (docs.stripe.com/payments/multicapture, "Release uncaptured funds").
      await api.paymentIntents.capture(
        intent.id,
        { amount_to_capture: 0, final_capture: true },
        { idempotencyKey: key },
      );
    } else await api.paymentIntents.cancel(intent.id, {}, { idempotencyKey: key });
    return { outcome: 'approved', reference: intent.id };
  });
}

/** Nothing is blocked any more on the customer's card, whoever released it. */
const releasedIn = ({ id, status }: Stripe.PaymentIntent): PaymentResult | undefined =>
  status === 'canceled' || status === 'succeeded' ? { outcome: 'approved', reference: id } : undefined;

async function refund(
  api: StripeApi,
  { key, amount, currency, capture: reference }: RefundRequest,
): Promise<PaymentResult> {
  const sent = stripeAmount(amount, currency);
  const charge = chargeOfCapture(reference);
  if ('refused' in sent) return declined(sent.refused);
  if (charge === undefined) return declined('unknown_reference');
  const made = await refundUnder(api, charge, key);
  if (made) return refundResult(made);
  return act(async () =>
    refundResult(
      await api.refunds.create({ charge, amount: sent.amount, metadata: { [KEY]: key } }, { idempotencyKey: key }),
    ),
  );
}

const refundUnder = (api: StripeApi, charge: string, key: string): Promise<Stripe.Refund | undefined> =>
  ask(async () => {
    for await (const each of api.refunds.list({ charge, limit: 100 })) if (each.metadata?.[KEY] === key) return each;
    return undefined;
  });
