import * as z from 'zod';
import { Amount, Currency } from '../money.ts';
import { Instant } from '../order.ts';

/**
 * `giftCard`: whoever has the code may spend it. `storeCredit`: a customer's own. `terms`: how much a customer may owe: its units are credit, not
 * money.
 */
export const AccountKind = z.enum(['giftCard', 'storeCredit', 'terms']);
export type AccountKind = z.infer<typeof AccountKind>;

/** A gift card's own id, or the id of the customer or company. No `#`: it is part of keys. */
export const AccountOwner = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$/);
export type AccountOwner = z.infer<typeof AccountOwner>;

/** An owner has one account of a kind and a currency. */
export interface AccountName {
  kind: AccountKind;
  owner: AccountOwner;
  currency: Currency;
}

/**
 * Minor units lie in three places, and every entry moves them between two: `funded = available + aside + spent`, always. `available` is a stored
 * number because it is the guard of every spending.
 */
export const Account = z.object({
  kind: AccountKind,
  owner: AccountOwner,
  currency: Currency,
  /** Put in, less what was taken out again; of terms, the limit. */
  funded: Amount,
  /** May be spent. Below 0 only where the limit of terms was lowered below what is used. */
  available: z.int(),
  /** Set aside by authorizations; of terms, owed or about to be. */
  aside: Amount,
  /** Of terms always 0: what was paid is credit again. */
  spent: Amount,
  /** Of terms: days from the invoice until it is due. */
  days: z.int().min(0).max(365).optional(),
  /** From then on nothing more is set aside. */
  expiresAt: Instant.optional(),
  /** Lost, stolen, or not trusted any more: nothing more is set aside. */
  blocked: z.boolean(),
  /** Of a gift card: the end of its code, by which people tell cards apart. */
  codeEnd: z.string().optional(),
  /** How many events its log has. */
  told: z.int().min(1).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  /** +1 for each entry or change: the guard of every write; an entry has the number of its change. */
  version: z.int().min(1),
});
export type Account = z.infer<typeof Account>;

export const fresh = (name: AccountName, at: string): Account => ({
  ...name,
  ...{ funded: 0, available: 0, aside: 0, spent: 0, blocked: false, createdAt: at, updatedAt: at, version: 1 },
});

export const Place = z.enum(['OUTSIDE', 'AVAILABLE', 'ASIDE', 'SPENT']);
export type Place = z.infer<typeof Place>;

/** One movement: what leaves one place comes to another. */
export const AccountEntry = z.object({
  number: z.int().min(1),
  kind: z.enum(['funded', 'withdrawn', 'setAside', 'spent', 'paid', 'freed', 'givenBack']),
  from: Place,
  to: Place,
  amount: z.int().positive(),
  orderId: z.string().optional(),
  note: z.string().optional(),
  /** Who: an API key's id, or the effect's key. */
  by: z.string(),
  at: Instant,
});
export type AccountEntry = z.infer<typeof AccountEntry>;

const column = { AVAILABLE: 'available', ASIDE: 'aside', SPENT: 'spent' } as const;

/** The account after a movement. Undefined: there is less than that where it is to be taken from. */
export function moved(
  account: Account,
  movement: Omit<AccountEntry, 'number'>,
): { account: Account; entry: AccountEntry } | undefined {
  const { from, to, amount, at } = movement;
  const next = { ...account, version: account.version + 1, updatedAt: at };
  if (from === 'OUTSIDE') next.funded += amount;
  else next[column[from]] -= amount;
  if (to === 'OUTSIDE') next.funded -= amount;
  else next[column[to]] += amount;
  // The limit of terms may go below what is used; nothing else may.
  const isLowered = to === 'OUTSIDE' && account.kind === 'terms';
  const isShort = (next.available < 0 && next.available < account.available && !isLowered) || next.aside < 0;
  if (isShort || next.spent < 0 || next.funded < 0 || !Number.isSafeInteger(next.funded)) return undefined;
  return { account: next, entry: { ...movement, number: next.version } };
}

/** Why the account is wrong; empty: it is not. */
export function accountFaults({ kind, funded, available, aside, spent }: Account): string[] {
  return [
    ...(funded === available + aside + spent ? [] : [`${funded} is not ${available} + ${aside} + ${spent}`]),
    ...(available < 0 && kind !== 'terms' ? ['more was set aside than there was'] : []),
    ...(aside < 0 || spent < 0 ? ['less than nothing is set aside or spent'] : []),
  ];
}
