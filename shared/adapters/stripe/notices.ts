import { PaymentUnavailable, type PaymentWebhooks } from '../../ports/payment.ts';
import { StripeSecret } from './connect.ts';

/** Milliseconds until the secret is read again: one that was rolled at Stripe is in use within this time. */
const lifetime = 300_000;

/** Reads Stripe's notices. Its package and the secret are loaded when the first one comes. */
export function stripeNotices({ readSecret, now }: { readSecret(): Promise<string>; now(): number }): PaymentWebhooks {
  let known: { webhooks: PaymentWebhooks; until: number } | undefined;
  return {
    async read(request) {
      if (!known || now() >= known.until) {
        const [{ stripeWebhooks }, text] = await Promise.all([import('./webhook.ts'), secretText(readSecret)]);
        known = { webhooks: stripeWebhooks(text), until: now() + lifetime };
      }
      return known.webhooks.read(request);
    },
  };
}

/** @throws PaymentUnavailable: the provider sends the notice again, until somebody has put the secret in */
async function secretText(readSecret: () => Promise<string>): Promise<string> {
  try {
    const { webhookSecret } = StripeSecret.parse(JSON.parse(await readSecret()));
    if (webhookSecret !== undefined) return webhookSecret;
  } catch {
    // What is wrong with it is in none of its own words.
  }
  throw new PaymentUnavailable('the secret holds no {"webhookSecret":"whsec_…"}');
}
