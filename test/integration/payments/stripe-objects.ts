/** Stripe's objects and errors in the fields that matter here, as its API reference (2026-10-28.endive) writes them. */
export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  canceled_at: number | null;
  cancellation_reason: string | null;
  capture_method: 'manual' | 'automatic';
  created: number;
  currency: string;
  last_payment_error: StripeError['error'] | null;
  latest_charge: string | null;
  livemode: false;
  metadata: Record<string, string>;
  payment_method: string | null;
  next_action?: object | null;
  client_secret?: string;
  status: 'requires_payment_method' | 'requires_action' | 'requires_capture' | 'canceled' | 'succeeded';
}

export interface Charge {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  payment_intent: string;
  payment_method_details: {
    type: 'card';
    card: {
      brand: 'visa';
      last4: string;
      multicapture: { status: 'available' | 'unavailable' };
      capture_before: number;
      country: string | null;
      fingerprint: string | null;
      checks: Record<'address_line1_check' | 'address_postal_code_check' | 'cvc_check', string | null> | null;
    };
  };
}

export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  charge: string;
  created: number;
  currency: string;
  metadata: Record<string, string>;
  status: 'succeeded' | 'pending' | 'failed';
  failure_reason?: string;
}

export interface Dispute {
  id: string;
  object: 'dispute';
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  reason: string;
  status: string;
  evidence_details: { due_by: number | null };
}

export interface StripeError {
  error: { type: string; code?: string; decline_code?: string; message: string; param?: string };
}

export interface Answer {
  status: number;
  body: object;
}

export const ok = (body: object): Answer => ({ status: 200, body });

export const failure = (status: number, error: StripeError['error']): Answer => ({ status, body: { error } });

export const invalid = (code: string, message: string, param?: string): Answer =>
  failure(400, { type: 'invalid_request_error', code, message, ...(param !== undefined && { param }) });

export const missing = (what: string, id: string, param: string): Answer =>
  failure(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}: '${id}'`, param });

/** Test cards of docs.stripe.com/testing. */
export const declines: Readonly<Record<string, StripeError['error']>> = {
  pm_card_chargeDeclined: {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  },
  pm_card_chargeDeclinedInsufficientFunds: {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  pm_card_chargeDeclinedExpiredCard: { type: 'card_error', code: 'expired_card', message: 'Your card has expired.' },
  pm_card_authenticationRequired: {
    type: 'card_error',
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
};
