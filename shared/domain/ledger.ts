import type { NewEvent, OrderEvent } from './events.ts';
import type { Currency } from './money.ts';
import type { PaymentMethod } from './payment-method.ts';
import type { Amounts } from './pricing/amounts.ts';

/**
 * The merchant's books, as far as an order moves them. Debits equal credits in every entry (invariant M1). What is owed and what was taken stand
 * in two accounts, `AR` and `DEPOSITS`, never both of one order: money pays what is owed first, and an invoice takes what was paid ahead.
 */
export const accounts = [
  'AR',
  'BANK',
  'BREAKAGE',
  'CHARGEBACK',
  'CREDIT_CLEARING',
  'DEPOSITS',
  'DISCOUNT',
  'FEES',
  'GOODWILL',
  'PSP_CLEARING',
  'REFUND_PAYABLE',
  'REVENUE',
  'ROUNDING',
  'SHIPPING_REVENUE',
  'STORE_CREDIT',
  'TAX_PAYABLE',
  'WRITE_OFF',
] as const;
export type Account = (typeof accounts)[number];

export interface LedgerEntry {
  /** The event that caused it. */
  eventId: string;
  currency: Currency;
  /** Minor units; exactly one of debit and credit is above zero. */
  lines: { account: Account; debit: number; credit: number }[];
}

type Posting = [account: Account, debit: number];

/** The money postings of an event. A projection: rebuildable from the log. */
export function ledgerEntriesOf(event: NewEvent & Pick<OrderEvent, 'id'>): LedgerEntry[] {
  const entry = (currency: Currency, ...postings: Posting[]): LedgerEntry[] => {
    const lines = postings
      .filter(([, debit]) => debit !== 0)
      .map(([account, debit]) => ({ account, debit: Math.max(0, debit), credit: Math.max(0, -debit) }));
    return lines.length === 0 ? [] : [{ eventId: event.id, currency, lines }];
  };
  switch (event.type) {
    case 'payment.captured': {
      const { amount, currency, method = 'card', receivable = 0 } = event.data;
      return entry(currency, [moneyIn[method], amount], ['AR', receivable], ['DEPOSITS', -amount - receivable]);
    }
    case 'payment.refunded': {
      const { amount, currency, method = 'card', receivable = 0, to } = event.data;
      const from = to === 'storeCredit' ? moneyIn.storeCredit : to === 'byHand' ? 'BANK' : moneyIn[method];
      return entry(currency, [from, -amount], ['AR', receivable], ['DEPOSITS', amount - receivable]);
    }
    case 'payment.refund_reversed': {
      const { amount, currency, method = 'card', receivable = 0, to } = event.data;
      const from = to === 'storeCredit' ? moneyIn.storeCredit : moneyIn[method];
      return entry(currency, [from, amount], ['AR', receivable], ['DEPOSITS', -amount - receivable]);
    }
    case 'invoice.posted': {
      const { invoice, currency, receivable } = event.data;
      return entry(currency, ['AR', receivable], ['DEPOSITS', invoice.total.gross - receivable], ...sale(invoice, 1));
    }
    case 'credit_memo.posted': {
      const { creditMemo, currency, receivable } = event.data;
      const { goodwill = 0, fee, total } = creditMemo;
      const back: Posting[] = [
        ['AR', receivable],
        ['DEPOSITS', -total.gross - receivable],
      ];
      const kept: Posting = ['SHIPPING_REVENUE', -(fee?.amount ?? 0)];
      return entry(currency, ...back, ['GOODWILL', goodwill], ...sale(creditMemo, -1), kept);
    }
    case 'payment.chargeback':
      return entry(event.data.currency, ['CHARGEBACK', event.data.amount], ['PSP_CLEARING', -event.data.amount]);
    case 'payment.chargeback_closed': {
      const { amount, currency, outcome } = event.data;
      return outcome === 'WON' ? entry(currency, ['PSP_CLEARING', amount], ['CHARGEBACK', -amount]) : [];
    }
    default:
      return [];
  }
}

/** Where the money of a payment is: with the provider until it pays out, taken off a balance that we owe, or received by transfer or in cash. */
const moneyIn: Readonly<Record<PaymentMethod, Account>> = {
  card: 'PSP_CLEARING',
  giftCard: 'STORE_CREDIT',
  storeCredit: 'STORE_CREDIT',
  terms: 'BANK',
  cashOnDelivery: 'BANK',
};

/** Revenue without taxes; what was taken off it stands beside it, not in it. */
function sale({ lines, charges }: { lines: readonly Amounts[]; charges: readonly Amounts[] }, sign: 1 | -1): Posting[] {
  const total = (of: readonly Amounts[], pick: (one: Amounts) => number) =>
    sign * of.reduce((sum, one) => sum + pick(one), 0);
  const all = [...lines, ...charges];
  return [
    ['DISCOUNT', total(all, ({ discount }) => discount)],
    ['REVENUE', -total(lines, ({ net, discount }) => net + discount)],
    ['SHIPPING_REVENUE', -total(charges, ({ net, discount }) => net + discount)],
    ['TAX_PAYABLE', -total(all, ({ tax }) => tax)],
  ];
}
