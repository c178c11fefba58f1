import { type CreditMovement, creditCounterpart } from '../accounts/credit.ts';
import type { PostedEvent } from './money-events.ts';
import { debitLine } from './posting.ts';

/** Types of events of gift cards and store credit that are entries in the books. */
export const creditLedgerTypes = ['credit.issued', 'credit.withdrawn'] as const;
export type CreditLedgerType = (typeof creditLedgerTypes)[number];

/** The liability grows by what is issued, and shrinks by what is withdrawn; what is spent and given back, orders post. */
export function creditEntries(type: CreditLedgerType, movement: CreditMovement): PostedEvent['entries'] {
  const { amount, currency, reason } = movement;
  const owedMore = type === 'credit.issued' ? amount : -amount;
  return [
    { currency, lines: [...debitLine(creditCounterpart[reason], owedMore), ...debitLine('STORE_CREDIT', -owedMore)] },
  ];
}
