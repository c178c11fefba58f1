import type { NewEvent, OrderEvent } from './events.ts';
import type { Currency } from './money.ts';

/** The merchant's books, as far as an order moves them. Debits equal credits in every entry (invariant M1). */
export type Account = 'PSP_CLEARING' | 'DEPOSITS' | 'REVENUE';

export interface LedgerEntry {
  /** The event that caused it. */
  eventId: string;
  currency: Currency;
  /** Minor units; exactly one of debit and credit is above zero. */
  lines: { account: Account; debit: number; credit: number }[];
}

/** The money postings of an event: captured money is a deposit until its units leave, then revenue. A projection: rebuildable from the log. */
export function ledgerEntriesOf(event: NewEvent & Pick<OrderEvent, 'id'>): LedgerEntry[] {
  const entry = (debit: Account, credit: Account, amount: number, currency: Currency): LedgerEntry[] =>
    amount === 0
      ? []
      : [
          {
            eventId: event.id,
            currency,
            lines: [
              { account: debit, debit: amount, credit: 0 },
              { account: credit, debit: 0, credit: amount },
            ],
          },
        ];
  switch (event.type) {
    case 'payment.captured':
      return entry('PSP_CLEARING', 'DEPOSITS', event.data.amount, event.data.currency);
    case 'payment.refunded':
      return entry('DEPOSITS', 'PSP_CLEARING', event.data.amount, event.data.currency);
    case 'fulfillment.shipped':
    case 'digital.delivered':
      return entry('DEPOSITS', 'REVENUE', event.data.value, event.data.currency);
    default:
      return [];
  }
}
