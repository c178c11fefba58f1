import { createHash } from 'node:crypto';
import type { Stripe } from 'stripe';
import { CardCheck, type CardFacts } from '../../domain/card-facts.ts';
import {
  type AuthorizeResult,
  type PaymentAction,
  PaymentOutcomeUnknown,
  type PaymentResult,
} from '../../ports/payment.ts';
import { amountOfStripe } from './amounts.ts';

/**
 * How our effects are found again in Stripe's objects, long after Stripe has forgotten the idempotency key (24 h).
 * An authorization is a PaymentIntent that carries its key; a capture has no object of its own and is a line in the intent's metadata, written by
 * the very request that captures; a refund carries its key.
 */
export const KEY = 'batuta_key';
export const ORDER = 'batuta_order';

/** Stripe keeps 50 lines of metadata an object, two of them ours; and takes 50 captures an intent. */
export const MOST_CAPTURES = 46;

const digest = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 24);

/** A line's name has at most 40 characters. */
export const captureLine = (key: string): string => `capture_${digest(key)}`;

export const capturesOf = ({ metadata }: Stripe.PaymentIntent): number =>
  Object.keys(metadata).filter((name) => name.startsWith('capture_')).length;

/** `<charge>/<24 hex digits of the key>`: the charge is what is refunded and what finance sees at Stripe. */
export function captureReference(intent: Stripe.PaymentIntent, key: string): string {
  const charge = chargeOf(intent);
  if (charge === undefined) throw new PaymentOutcomeUnknown(`${intent.id} has no charge`);
  return `${charge}/${digest(key)}`;
}

export const chargeOfCapture = (reference: string): string | undefined =>
  /^((?:ch|py)_\w+)\/[0-9a-f]{24}$/.exec(reference)?.[1];

export const chargeOf = ({ latest_charge }: Stripe.PaymentIntent): string | undefined =>
  typeof latest_charge === 'string' ? latest_charge : latest_charge?.id;

/** What was captured under the key. */
export function capturedUnder(intent: Stripe.PaymentIntent, key: string): PaymentResult | undefined {
  const line = intent.metadata[captureLine(key)];
  if (line === undefined) return undefined;
  const taken = amountOfStripe(Number(line), intent.currency);
  return { outcome: 'approved', reference: captureReference(intent, key), ...(taken && { amount: taken.amount }) };
}

/** @returns undefined for an intent that nobody has tried to authorize yet. @throws PaymentOutcomeUnknown while it is under way */
export function authorizationIn(intent: Stripe.PaymentIntent): AuthorizeResult | undefined {
  const { status, last_payment_error: failure } = intent;
  switch (status) {
    case 'requires_capture':
      return { outcome: 'approved', reference: intent.id, ...lapseOf(intent), ...cardOf(intent) };
    case 'requires_confirmation':
      return undefined;
    case 'processing':
      throw new PaymentOutcomeUnknown(`${intent.id} is processing`);
    case 'requires_action':
      return { outcome: 'actionRequired', reference: intent.id, action: actionOf(intent) };
    case 'requires_payment_method':
      return failure
        ? { outcome: 'declined', reason: failure.decline_code ?? failure.code ?? 'card_declined' }
        : undefined;
    case 'canceled':
    case 'succeeded':
      // It was authorized, whatever has become of it since.
      return !failure && chargeOf(intent) !== undefined
        ? { outcome: 'approved', reference: intent.id }
        : { outcome: 'declined', reason: 'authorization_canceled' };
    default:
      return { outcome: 'declined', reason: status };
  }
}

/** When the card's network lets the authorization go, in whole seconds, where Stripe says it (Charge, `capture_before`). */
function lapseOf({ latest_charge: charge }: Stripe.PaymentIntent): { expiresAt?: string } {
  const seconds = typeof charge === 'object' ? charge?.payment_method_details?.card?.capture_before : undefined;
  return seconds === undefined ? {} : { expiresAt: new Date(seconds * 1000).toISOString() };
}

/** Of the charge's card: issuer's country, fingerprint, checks (docs.stripe.com/api/charges/object, `payment_method_details.card`). */
function cardOf({ latest_charge: charge }: Stripe.PaymentIntent): { card?: CardFacts } {
  const details = typeof charge === 'object' ? charge?.payment_method_details?.card : undefined;
  if (!details) return {};
  const { country, fingerprint, checks } = details;
  const known = {
    ...(fingerprint && { fingerprint }),
    ...(country && { country }),
    ...checkOf('addressCheck', checks?.address_line1_check),
    ...checkOf('postalCodeCheck', checks?.address_postal_code_check),
    ...checkOf('cvcCheck', checks?.cvc_check),
  };
  return Object.keys(known).length > 0 ? { card: known } : {};
}

/** `unchecked`: nobody has asked the issuer yet. */
function checkOf(name: 'addressCheck' | 'postalCodeCheck' | 'cvcCheck', said: string | null | undefined): CardFacts {
  const check = CardCheck.safeParse(said);
  return check.success ? { [name]: check.data } : {};
}

/** Stripe's script shows the bank's page to who has the secret (docs.stripe.com/payments/finalize-payments-on-the-server, "next actions"). */
const actionOf = ({ client_secret, next_action }: Stripe.PaymentIntent): PaymentAction => ({
  ...(next_action?.redirect_to_url?.url && { url: next_action.redirect_to_url.url }),
  ...(client_secret !== null && { clientSecret: client_secret }),
});

export function refundResult({ id, status, failure_reason }: Stripe.Refund): PaymentResult {
  // A refund that is pending is under way and nothing stops it.
  return status === 'failed' || status === 'canceled'
    ? { outcome: 'declined', reason: failure_reason ?? `refund_${status}` }
    : { outcome: 'approved', reference: id };
}
