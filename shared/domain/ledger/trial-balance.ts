import type { Currency } from '../money.ts';
import { type AccountCodes, chart, codeOf, type LedgerAccount } from './chart.ts';
import { type AccountTotal, addTotals } from './posting.ts';

/** Minor units. Balances are debits less credits: below zero on the credit side. */
export interface TrialBalanceLine {
  account: LedgerAccount;
  code: string;
  name: string;
  kind: string;
  opening: number;
  debit: number;
  credit: number;
  closing: number;
}

export interface TrialBalance {
  currency: Currency;
  accounts: TrialBalanceLine[];
  totals: { opening: number; debit: number; credit: number; closing: number };
  /** Debits and credits are the same sum, and the balances before and after sum to zero. */
  balanced: boolean;
}

/** By currency: what each account had before a period, took in it and has after it. Accounts that never moved are left out. */
export function trialBalances(
  before: readonly AccountTotal[],
  during: readonly AccountTotal[],
  codes: AccountCodes,
): TrialBalance[] {
  const opening = byKey(addTotals(before));
  const period = byKey(addTotals(during));
  const currencies = [...new Set([...before, ...during].map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const accounts = inOrder.flatMap((account): TrialBalanceLine[] => {
      const first = opening.get(`${currency} ${account}`);
      const moved = period.get(`${currency} ${account}`);
      if (!first && !moved) return [];
      const start = (first?.debit ?? 0) - (first?.credit ?? 0);
      const { debit, credit } = moved ?? { debit: 0, credit: 0 };
      const { kind, name } = chart[account];
      const code = codeOf(codes, account);
      return [{ account, code, name, kind, opening: start, debit, credit, closing: start + debit - credit }];
    });
    const sum = (pick: (line: TrialBalanceLine) => number) => accounts.reduce((total, line) => total + pick(line), 0);
    const totals = {
      opening: sum((line) => line.opening),
      debit: sum((line) => line.debit),
      credit: sum((line) => line.credit),
      closing: sum((line) => line.closing),
    };
    const balanced = totals.debit === totals.credit && totals.opening === 0 && totals.closing === 0;
    return { currency, accounts, totals, balanced };
  });
}

const inOrder = Object.keys(chart) as LedgerAccount[];

const byKey = (totals: readonly AccountTotal[]): Map<string, AccountTotal> =>
  new Map(totals.map((total) => [`${total.currency} ${total.account}`, total]));
