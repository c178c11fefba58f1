import * as z from 'zod';
import { Amount } from '../money.ts';
import { BY_HAND } from '../refunds.ts';
import { Account, type AccountEntry, moved } from './account.ts';

/** What a provider did to an account under a key, kept for ever: who asks again by the key gets the same answer (invariant M8). */
export const AccountEffect = z.object({
  /** Of the key. */
  id: z.string(),
  operation: z.enum(['authorize', 'capture', 'void', 'refund', 'fund', 'withdraw']),
  /** Absent: an authorization that was declined because there is no such account. */
  account: Account.pick({ kind: true, owner: true, currency: true }).optional(),
  amount: Amount,
  /** Of an authorization what is left to capture, of a capture what is left to refund. */
  open: Amount,
  orderId: z.string().optional(),
  /** `available`: what there was instead. */
  /** Of what an API request did: its hash, and what it was answered. */
  request: z.object({ hash: z.string(), answer: z.string() }).optional(),
  declined: z.object({ reason: z.string(), available: z.int().optional() }).optional(),
});
export type AccountEffect = z.infer<typeof AccountEffect>;

export type Spending =
  | {
      ok: true;
      account: Account;
      entry: AccountEntry;
      effect: AccountEffect;
      /** What it was taken from: an authorization or a capture. */
      parent?: AccountEffect;
    }
  | { ok: false; reason: string; available?: number };

/** `id` is the effect's; `at` ISO 8601. Minor units of `currency`. */
export interface Spend {
  id: string;
  key: string;
  amount: number;
  currency: string;
  at: string;
}

const nameOf = ({ kind, owner, currency }: Account) => ({ kind, owner, currency });

export function setAside(
  account: Account,
  { id, key, amount, currency, at, orderId }: Spend & { orderId: string },
): Spending {
  if (currency !== account.currency) return { ok: false, reason: 'currency_mismatch' };
  if (account.blocked) return { ok: false, reason: 'account_blocked' };
  if (account.expiresAt !== undefined && account.expiresAt <= at) return { ok: false, reason: 'account_expired' };
  const after = moved(account, { kind: 'setAside', from: 'AVAILABLE', to: 'ASIDE', amount, orderId, by: key, at });
  if (!after) {
    const reason = account.kind === 'terms' ? 'credit_limit_exceeded' : 'insufficient_balance';
    return { ok: false, reason, available: Math.max(0, account.available) };
  }
  return {
    ok: true,
    ...after,
    effect: { id, operation: 'authorize', account: nameOf(account), amount, open: amount, orderId },
  };
}

/** Credit for what was paid another way. */
export function grant(
  account: Account,
  { id, key, amount, at, orderId }: Omit<Spend, 'currency'> & { orderId: string },
): Spending {
  const after = moved(account, { kind: 'funded', from: 'OUTSIDE', to: 'AVAILABLE', amount, orderId, by: key, at });
  if (!after) return { ok: false, reason: 'account_full' };
  return { ok: true, ...after, effect: { id, operation: 'fund', account: nameOf(account), amount, open: 0, orderId } };
}

/** Takes what was set aside. Of terms: the customer has paid, and may owe as much again. */
export function take(account: Account, authorization: AccountEffect, spend: Spend): Spending {
  const isTerms = account.kind === 'terms';
  const { orderId } = authorization;
  return fromParent(account, authorization, spend, 'amount_exceeds_authorization', 'capture', {
    kind: isTerms ? 'paid' : 'spent',
    from: 'ASIDE',
    to: isTerms ? 'AVAILABLE' : 'SPENT',
    ...(orderId !== undefined && { orderId }),
  });
}

/** Gives back all that was set aside and not taken. */
export function free(account: Account, authorization: AccountEffect, spend: Omit<Spend, 'amount'>): Spending {
  const { orderId, open } = authorization;
  return fromParent(account, authorization, { ...spend, amount: open }, 'authorization_used_up', 'void', {
    kind: 'freed',
    from: 'ASIDE',
    to: 'AVAILABLE',
    ...(orderId !== undefined && { orderId }),
  });
}

/** What was taken goes back to where it came from. What was paid on terms came from a bank: a person sends it back there. */
export function giveBack(account: Account, capture: AccountEffect, spend: Spend): Spending {
  if (account.kind === 'terms') return { ok: false, reason: BY_HAND };
  const { orderId } = capture;
  return fromParent(account, capture, spend, 'amount_exceeds_capture', 'refund', {
    kind: 'givenBack',
    from: 'SPENT',
    to: 'AVAILABLE',
    ...(orderId !== undefined && { orderId }),
  });
}

function fromParent(
  account: Account,
  parent: AccountEffect,
  { id, key, amount, currency, at }: Spend,
  tooMuch: string,
  operation: AccountEffect['operation'],
  movement: Pick<AccountEntry, 'kind' | 'from' | 'to' | 'orderId'>,
): Spending {
  if (currency !== account.currency) return { ok: false, reason: 'currency_mismatch' };
  if (amount > parent.open) return { ok: false, reason: parent.open === 0 ? 'authorization_used_up' : tooMuch };
  const after = moved(account, { ...movement, amount, by: key, at });
  if (!after) return { ok: false, reason: tooMuch };
  const { orderId } = parent;
  return {
    ok: true,
    ...after,
    effect: {
      ...{ id, operation, account: nameOf(account), amount, ...(orderId !== undefined && { orderId }) },
      open: operation === 'capture' ? amount : 0,
    },
    parent: { ...parent, open: parent.open - amount },
  };
}
