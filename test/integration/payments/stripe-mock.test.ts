import { describe, expect, test } from 'vitest';
import { stripeClient } from '../../../shared/adapters/stripe/client.ts';
import type { StripeApi } from '../../../shared/adapters/stripe/intents.ts';
import { stripePayments } from '../../../shared/adapters/stripe/payment.ts';
import { PaymentOutcomeUnknown } from '../../../shared/ports/payment.ts';
import { authorizeOrAsk, orAskAgain } from '../../../shared/use-cases/ask-provider.ts';

const base = process.env.STRIPE_API_BASE ?? '';
const skipped = base === '' ? ' (skipped: STRIPE_API_BASE names no stripe-mock, such as http://127.0.0.1:12111)' : '';

/**
 * stripe-mock checks each request against Stripe's OpenAPI document and answers with a fixture, whatever was asked before: what is shown is that
 * Stripe knows every parameter that is sent. What the effects are is in stripe.test.ts.
 */
describe.skipIf(base === '')(`stripe-mock takes what is sent${skipped}`, () => {
  const refused = new Set(['parameter_unknown', 'parameter_missing', 'invalid_request', 'parameter_invalid_integer']);
  const placed = 1_732_000_000_000;
  const orderId = 'ord_01JD1KXA00W4X5Y6Z7A8B9C0D1';
  const money = { amount: 10_00, currency: 'EUR' };
  /** Its fixture is an intent that nobody has authorized: nothing would be captured. */
  const provider = () => {
    const client = stripeClient('sk_test_123', base);
    const intents: StripeApi['paymentIntents'] = Object.create(client.paymentIntents);
    intents.retrieve = async (id: string) => ({
      ...(await client.paymentIntents.retrieve(id)),
      status: 'requires_capture',
      amount_capturable: 10_00,
      currency: 'eur',
      metadata: {},
    });
    return stripePayments({
      api: async () => ({ paymentIntents: intents, refunds: client.refunds }),
      now: () => placed,
    });
  };

  test.each([
    { operation: 'authorize', key: 'a', token: 'pm_card_visa', orderId, ...money },
    { operation: 'authorize', key: 'a2', token: 'pm_card_visa', orderId: 'older', ...money },
    { operation: 'authorize', key: 'a3', token: 'pi_1', orderId, ...money },
    { operation: 'capture', key: 'c', authorization: 'pi_1', ...money },
    { operation: 'void', key: 'v', authorization: 'pi_1', ...money },
    { operation: 'refund', key: 'r', capture: `ch_1/${'0'.repeat(24)}`, ...money },
  ] as const)('$operation $key', async (effect) => {
    const api = provider();
    const asked = effect.operation === 'authorize' ? authorizeOrAsk(api, effect) : orAskAgain(api, effect);
    const result = await asked.catch((error: unknown) => {
      // The fixture has no charge to refer to: that is after Stripe has taken the request.
      if (error instanceof PaymentOutcomeUnknown && /has no charge/.test(error.message)) return undefined;
      throw error;
    });
    if (result?.outcome === 'declined') expect(refused).not.toContain(result.reason);
  });
});
