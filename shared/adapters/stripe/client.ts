import { Stripe } from 'stripe';
import type { StripeApi } from './intents.ts';

/** The only door to production: what has a live key goes nowhere else. */
export const STRIPE = 'https://api.stripe.com';

/** Milliseconds for one request. An authorization makes three at most, within the 30 s of its step. */
const DEADLINE = 8_000;

/**
 * @param base where to send: STRIPE, or a stand-in such as stripe-mock, which gets test keys only
 * @throws Error if the key is none, or a live key would leave for somewhere else (the key is not in the message)
 */
export function stripeClient(secretKey: string, base: string = STRIPE): StripeApi {
  if (!/^(sk|rk)_(test|live)_\w+$/.test(secretKey)) {
    throw new Error('The secret holds no key of Stripe (sk_test_…, rk_live_…)');
  }
  const url = new URL(base);
  if (url.origin !== STRIPE && !/^.._test_/.test(secretKey)) {
    throw new Error(`A live key of Stripe is sent to ${STRIPE} only, not to ${url.origin}`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error('STRIPE_API_BASE is not an http(s) URL');
  return new Stripe(secretKey, {
    host: url.hostname,
    protocol: url.protocol === 'http:' ? 'http' : 'https',
    port: url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port),
    timeout: DEADLINE,
    // The workflow retries, with its own patience, and asks what became of a request first.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
