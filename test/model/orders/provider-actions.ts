import fc from 'fast-check';
import type { SandboxNotice } from '../../../shared/adapters/sandbox/webhook.ts';
import type { PaymentEffect } from '../../../shared/ports/payment.ts';

/** What the payment provider, the customers' banks and the clock do. `pick` chooses among what it can be about. */
export type ProviderAction =
  /** So many requests for this operation, or for all, find nobody. */
  | { do: 'providerDown'; operation: PaymentEffect['operation'] | 'all'; requests: number }
  /** About anything that the provider has done since the beginning: late, twice, in any order, and not always true. */
  | { do: 'notice'; pick: number; kind: SandboxNotice['type'] }
  /** Authorizations lapse, and holds run out. */
  | { do: 'hours'; hours: number }
  | { do: 'chargeback'; pick: number; part: number; outcome: 'OPEN' | 'WON' | 'LOST' };

const kinds = ['authorized', 'declined', 'voided', 'expired', 'captured', 'refunded'] as const;
const operations = ['authorize', 'capture', 'void', 'refund', 'all'] as const;

export const providerActions: { weight: number; arbitrary: fc.Arbitrary<ProviderAction> }[] = [
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('providerDown' as const),
      operation: fc.constantFrom(...operations),
      requests: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('notice' as const),
      pick: fc.nat({ max: 30 }),
      kind: fc.constantFrom(...kinds),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hours' as const), hours: fc.constantFrom(1, 13, 40) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('chargeback' as const),
      pick: fc.nat({ max: 11 }),
      part: fc.constantFrom(1, 50, 100, 100),
      outcome: fc.constantFrom('OPEN' as const, 'OPEN' as const, 'WON' as const, 'LOST' as const),
    }),
  },
];

const names = new Set<string>(['providerDown', 'notice', 'hours', 'chargeback']);
export const isOfProvider = (one: { do: string }): one is ProviderAction => names.has(one.do);
