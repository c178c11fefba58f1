import * as z from 'zod';
import type { Account } from '../ledger.ts';
import { LegalEntityId } from '../legal-entity.ts';
import { Amount, Currency } from '../money.ts';
import { AccountOwner } from './account.ts';

/**
 * Why credit comes or goes outside of an order. `sold`: paid for elsewhere, or as an order line; `imported`: brought over from another system;
 * `correction`: it was wrong; `goodwill`: for nothing; `expired`: it is not paid out any more.
 */
export const CreditReason = z.enum(['sold', 'imported', 'correction', 'goodwill', 'expired']);
export type CreditReason = z.infer<typeof CreditReason>;

export const issuedFor = ['sold', 'imported', 'goodwill', 'correction'] as const satisfies CreditReason[];
export const withdrawnFor = ['expired', 'correction', 'goodwill'] as const satisfies CreditReason[];

/** What the merchant owes as a gift card or store credit changed by `amount` minor units. Terms are no money: they never come here. */
export const CreditMovement = z.looseObject({
  kind: z.enum(['giftCard', 'storeCredit']),
  /** The gift card's id, or the customer's. */
  owner: AccountOwner,
  currency: Currency,
  amount: Amount.positive(),
  reason: CreditReason,
  legalEntityId: LegalEntityId,
  /** What may be spent after it. */
  available: Amount,
});
export type CreditMovement = z.infer<typeof CreditMovement>;

/** What stands against the liability in the books. */
export const creditCounterpart: Readonly<Record<CreditReason, Account>> = {
  sold: 'CREDIT_CLEARING',
  imported: 'CREDIT_CLEARING',
  correction: 'CREDIT_CLEARING',
  goodwill: 'GOODWILL',
  expired: 'BREAKAGE',
};

/** One log for each account. */
export const creditIdOf = ({ kind, owner, currency }: Pick<CreditMovement, 'kind' | 'owner' | 'currency'>): string =>
  `credit_${kind}_${owner}_${currency}`;
