import type { EnvironmentName, FunctionSpec } from './functions/spec.ts';
import type { Settings } from './settings.ts';

/** They book carriers as well, of which there is only the sandbox's: get and update of its book stay. */
const booksCarriers = new Set(['api/fulfillments']);
const carrierBook = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];

/**
 * What a function that moves money is told and may do, by the provider of this installation. The table of functions says it for the sandbox; with
 * Stripe, these functions and no others may read the secret that holds its key.
 */
export function payingThrough(provider: Settings['payments'], spec: FunctionSpec): FunctionSpec {
  if (provider === 'sandbox' || !spec.environment.includes('PAYMENT_PROVIDER')) return spec;
  const { sandbox: _, ...grants } = spec.grants;
  const books = booksCarriers.has(spec.folder);
  const kept = spec.environment.filter((name) => books || name !== 'SANDBOX_TABLE');
  const stripe: EnvironmentName[] = ['STRIPE_API_BASE', 'STRIPE_SECRET_ARN'];
  return {
    ...spec,
    environment: [...kept, ...stripe],
    grants: {
      ...grants,
      ...(books && { sandbox: carrierBook }),
      'stripe secret': ['secretsmanager:GetSecretValue'],
    },
  };
}
