import * as z from 'zod';
import { PaymentUnavailable } from '../../ports/payment.ts';
import { connection } from '../connection.ts';
import type { StripeApi } from './intents.ts';

/** What the secret holds. `webhookSecret` is for reading Stripe's webhooks; to pay, the key is enough. */
export const StripeSecret = z.object({ secretKey: z.string().min(1), webhookSecret: z.string().optional() });

/**
 * Connects when somebody pays. The package of Stripe is loaded then, by nobody else: a function that never gets here, or an installation with the
 * sandbox, does not parse it.
 * @throws PaymentUnavailable if the secret cannot be read or holds no key
 */
export const stripeConnection = ({
  base,
  ...system
}: {
  readSecret(): Promise<string>;
  base: string;
  now(): number;
}): (() => Promise<StripeApi>) =>
  connection({
    ...system,
    provider: 'Stripe',
    schema: StripeSecret,
    shape: '{"secretKey":"sk_…"}',
    connect: async ({ secretKey }) => (await import('./client.ts')).stripeClient(secretKey, base),
    Unavailable: PaymentUnavailable,
  });
