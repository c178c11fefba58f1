import type { Stripe } from 'stripe';
import { decodeTime } from 'ulid';
import type { AuthorizeRequest, AuthorizeResult } from '../../ports/payment.ts';
import { authorizationIn, KEY, ORDER } from './effects.ts';
import { act, ask, askFor, isOtherRequest } from './failures.ts';

/** What is used of Stripe's client. */
export type StripeApi = Pick<Stripe, 'paymentIntents' | 'refunds' | 'disputes'>;

/**
 * Stripe forgets an idempotency key after 24 hours at the earliest; an hour less, because what is searched for instead may become findable only after
 * some minutes ("up to an hour behind during outages", docs.stripe.com/search). Between the two, no moment is left in which neither holds.
 */
const KEY_LIFETIME = 23 * 3_600_000;

/** The charge says when the authorization lapses. */
const withCharge = { expand: ['latest_charge'] };

export type Found = { intent: Stripe.PaymentIntent; mayBeOld: boolean } | { declined: string };

/** An intent that the storefront has authorized itself, with the customer there (3-D Secure), or what an intent of ours is paid with. */
export const isIntent = (token: string): boolean => /^pi_\w+$/.test(token);
const isConfirmation = (token: string): boolean => /^ctoken_\w+$/.test(token);

/**
 * The intent of an authorization; made, if there is none. Making it moves no money: that is `confirm`, which comes after. So the effect can be asked
 * for at any time by making the intent once more, under the same key: Stripe answers with the one that there is.
 */
export async function intentOf(
  api: StripeApi,
  now: number,
  request: AuthorizeRequest,
  sent: { amount: number; currency: string },
): Promise<Found> {
  if (isIntent(request.token)) return claim(api, request, sent);
  const { key, orderId, token } = request;
  // Nothing of an order was sent before the order was: its id tells when that was.
  if (token === '' || !wasMadeWithin(orderId, KEY_LIFETIME, now)) {
    const old = await search(api, key);
    if (old) return { intent: old, mayBeOld: true };
  }
  const intent = await ask(() =>
    api.paymentIntents.create(
      {
        ...sent,
        capture_method: 'manual',
        allowed_payment_method_types: ['card'],
        payment_method_options: { card: { request_multicapture: 'if_available' } },
        metadata: { [KEY]: key, [ORDER]: orderId },
      },
      { idempotencyKey: key },
    ),
  );
  return { intent, mayBeOld: false };
}

async function search(api: StripeApi, key: string): Promise<Stripe.PaymentIntent | undefined> {
  // Our keys are made of ids and colons; anything else must not end the quotation.
  const quoted = key.replace(/['\\]/g, '\\$&');
  const { data } = await ask(() => api.paymentIntents.search({ query: `metadata['${KEY}']:'${quoted}'`, limit: 10 }));
  const [oldest] = data.toSorted((a, b) => a.created - b.created);
  // What the index holds may be behind the intent itself.
  return oldest && askFor(() => api.paymentIntents.retrieve(oldest.id, withCharge));
}

/**
 * Makes an intent of the storefront ours. One order gets it: the claim's idempotency key is the intent's for everybody, so that a second claim with
 * another content is refused by Stripe; and once that key is forgotten, the first claim is written on the intent.
 */
async function claim(
  api: StripeApi,
  { key, orderId, token }: AuthorizeRequest,
  sent: { amount: number; currency: string },
): Promise<Found> {
  const intent = await askFor(() => api.paymentIntents.retrieve(token, withCharge));
  if (!intent) return { declined: 'unknown_token' };
  const owner = intent.metadata[KEY];
  if (owner === key) return { intent, mayBeOld: true };
  if (owner !== undefined) return { declined: 'token_already_used' };
  if (intent.capture_method !== 'manual') return { declined: 'not_a_manual_capture' };
  if (intent.status !== 'requires_capture') {
    const state = authorizationIn(intent);
    if (state?.outcome === 'actionRequired') return { declined: 'authentication_required' };
    return { declined: state?.outcome === 'declined' ? state.reason : 'not_authorized' };
  }
  if (intent.amount_capturable !== sent.amount || intent.currency !== sent.currency)
    return { declined: 'amount_mismatch' };
  return ask(async () => {
    try {
      const content = { metadata: { [KEY]: key, [ORDER]: orderId }, ...withCharge };
      const claimed = await api.paymentIntents.update(token, content, { idempotencyKey: `claim:${token}` });
      return { intent: claimed, mayBeOld: true };
    } catch (error) {
      if (isOtherRequest(error)) return { declined: 'token_already_used' };
      throw error;
    }
  });
}

/** Tries the card. The bank may want to see the customer first: confirmed once, it needs no other confirmation after that. @throws PaymentOutcomeUnknown, PaymentUnavailable */
export function confirm(
  api: StripeApi,
  intent: string,
  { key, token, merchantInitiated }: AuthorizeRequest,
): Promise<AuthorizeResult> {
  return act(async () => {
    const confirmed = await api.paymentIntents.confirm(
      intent,
      {
        ...(isConfirmation(token) ? { confirmation_token: token } : { payment_method: token }),
        ...(merchantInitiated && { off_session: true }),
        ...withCharge,
      },
      { idempotencyKey: `${key}:confirm` },
    );
    return authorizationIn(confirmed) ?? { outcome: 'declined', reason: confirmed.status };
  });
}

function wasMadeWithin(orderId: string, milliseconds: number, now: number): boolean {
  try {
    return now - decodeTime(orderId.replace(/^ord_/, '')) < milliseconds;
  } catch {
    return false;
  }
}
