import * as z from 'zod';
import { Amount, Currency } from '../money.ts';
import { LedgerAccount } from './chart.ts';

export const PostingLine = z.object({ account: LedgerAccount, debit: Amount, credit: Amount });
/** Minor units; exactly one of debit and credit is above zero. */
export type PostingLine = z.infer<typeof PostingLine>;

/** An entry as it stands in the books of a legal entity: one event, one currency, debits equal to credits (invariant M1). */
export const LedgerPosting = z.object({
  /** Derived from what caused it, so that it is written once however often that is told. */
  id: z.string(),
  legalEntityId: z.string(),
  /** The day in the books, by the legal entity's clock. Fixed when it is written. */
  day: z.iso.date(),
  at: z.iso.datetime(),
  /** The event's type, or what of a settlement it comes from. */
  type: z.string(),
  currency: Currency,
  lines: z.array(PostingLine).min(2),
  orderId: z.string().optional(),
  settlementId: z.string().optional(),
  /** The account of a gift card or of store credit that changed outside of any order. */
  creditId: z.string().optional(),
  /** Why somebody had it written. */
  note: z.string().optional(),
});
export type LedgerPosting = z.infer<typeof LedgerPosting>;

/** What an account came to in a period, in one currency. Minor units. */
export interface AccountTotal {
  account: LedgerAccount;
  currency: Currency;
  debit: number;
  credit: number;
}

/** Sums by account and currency: the fold that the stored totals are. */
export function totalsOf(postings: readonly Pick<LedgerPosting, 'currency' | 'lines'>[]): AccountTotal[] {
  return addTotals(
    postings.flatMap(({ currency, lines }) =>
      lines.map(({ account, debit, credit }) => ({ account, currency, debit, credit })),
    ),
  );
}

/** @throws RangeError beyond what a double holds exactly: no total is told rounded */
export function addTotals(parts: readonly AccountTotal[]): AccountTotal[] {
  const sums = new Map<string, AccountTotal>();
  for (const { account, currency, debit, credit } of parts) {
    const key = `${currency} ${account}`;
    const before = sums.get(key) ?? { account, currency, debit: 0, credit: 0 };
    const after = { ...before, debit: before.debit + debit, credit: before.credit + credit };
    if (!Number.isSafeInteger(after.debit) || !Number.isSafeInteger(after.credit)) {
      throw new RangeError(`the total of ${key} is beyond 2^53 - 1 minor units`);
    }
    sums.set(key, after);
  }
  return [...sums.values()];
}

/** A line of `amount` on the debit side, or of `-amount` on the credit side; none of 0. */
export const debitLine = (account: LedgerAccount, amount: number): PostingLine[] =>
  amount === 0 ? [] : [{ account, debit: Math.max(0, amount), credit: Math.max(0, -amount) }];
