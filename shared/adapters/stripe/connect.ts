import * as z from 'zod';
import { PaymentUnavailable } from '../../ports/payment.ts';
import type { StripeApi } from './intents.ts';

/** What the secret holds. `webhookSecret` is for reading Stripe's webhooks; to pay, the key is enough. */
export const StripeSecret = z.object({ secretKey: z.string().min(1), webhookSecret: z.string().optional() });

/** Milliseconds until the secret is read again: a key that was rolled at Stripe is in use within this time. */
const LIFETIME = 300_000;

/**
 * Connects when somebody pays. The package of Stripe is loaded then, by nobody else: a function that never gets here, or an installation with the
 * sandbox, does not parse it.
 * @throws PaymentUnavailable if the secret cannot be read or holds no key
 */
export function stripeConnection({
  readSecret,
  base,
  now,
}: {
  readSecret(): Promise<string>;
  base: string;
  now(): number;
}): () => Promise<StripeApi> {
  let known: { api: StripeApi; until: number } | undefined;
  return async () => {
    if (known && now() < known.until) return known.api;
    try {
      const [{ stripeClient }, text] = await Promise.all([import('./client.ts'), readSecret()]);
      const { secretKey } = StripeSecret.parse(JSON.parse(text));
      known = { api: stripeClient(secretKey, base), until: now() + LIFETIME };
      return known.api;
    } catch (error) {
      throw new PaymentUnavailable(`No connection to Stripe: ${why(error)}`);
    }
  };
}

/** JSON.parse would quote the text, zod what it holds. */
function why(error: unknown): string {
  if (error instanceof SyntaxError || error instanceof z.ZodError) return 'the secret is not {"secretKey":"sk_…"}';
  return error instanceof Error ? error.message : 'unknown';
}
