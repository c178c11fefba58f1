import { createHash } from 'node:crypto';
import type { Policy } from '../domain/policy.ts';
import { BY_HAND } from '../domain/refunds.ts';
import type { PaymentProvider, PaymentResult } from '../ports/payment.ts';

const reference = (key: string): string => `cod_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
const isOurs = (text: string): boolean => /^cod_[0-9a-f]{24}$/.test(text);

/**
 * The customer pays at the door: an authorization is a promise within the shop's limit. Nothing is kept, because nothing happens anywhere: what was
 * taken is recorded by a person, and given back by one. The answer to a key is always the same.
 */
export function cashOnDelivery({ cashLimits }: Pick<Policy, 'cashLimits'>): PaymentProvider {
  const promise = (key: string): PaymentResult => ({ outcome: 'approved', reference: reference(key) });
  const on = (key: string, promised: string): PaymentResult =>
    isOurs(promised) ? promise(key) : { outcome: 'declined', reason: 'unknown_reference' };
  return {
    capabilities: {
      partialCapture: true,
      multicapture: 'always',
      incrementalAuthorization: true,
      voidAfterPartialCapture: true,
      reauthorization: true,
      authorizationLifetime: undefined,
    },
    async authorize({ key, amount, currency }) {
      const limit = cashLimits && (cashLimits[currency] ?? 0);
      if (limit === undefined || amount <= limit) return promise(key);
      return { outcome: 'declined', reason: 'cash_limit_exceeded', available: limit };
    },
    capture: async ({ key, authorization }) => on(key, authorization),
    void: async ({ key, authorization }) => on(key, authorization),
    refund: async () => ({ outcome: 'declined', reason: BY_HAND }),
    // Sending it again does no more than asking would.
    query: async () => undefined,
  };
}
