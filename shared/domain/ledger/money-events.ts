import type { NewEvent } from '../events.ts';
import { ledgerEntriesOf } from '../ledger.ts';
import type { Currency } from '../money.ts';
import type { PostingLine } from './posting.ts';

/** Types of events that move money in the books: what the projection of the ledger listens to. A test holds it against `ledgerEntriesOf`. */
export const ledgerEventTypes = [
  'payment.captured',
  'payment.refunded',
  'payment.refund_reversed',
  'payment.chargeback',
  'payment.chargeback_closed',
  'invoice.posted',
  'credit_memo.posted',
] as const satisfies NewEvent['type'][];

/** An event as far as the ledger reads it. */
export type LedgerEvent = NewEvent & { id: string; at: string; orderId: string };

/** A movement of money at a payment provider, as its settlement files will tell it. Minor units, negative when it leaves the merchant. */
export interface ProviderMovement {
  reference: string;
  kind: MovementKind;
  currency: Currency;
  amount: number;
}

export const movementKinds = ['capture', 'refund', 'chargeback'] as const;
export type MovementKind = (typeof movementKinds)[number];

const kinds: Readonly<Record<string, MovementKind>> = {
  'payment.captured': 'capture',
  'payment.refunded': 'refund',
  'payment.refund_reversed': 'refund',
  'payment.chargeback': 'chargeback',
  'payment.chargeback_closed': 'chargeback',
};

/**
 * Our Stripe adapter names a capture `<charge>/<24 hex digits>`, as one charge may be captured in several parts; Stripe's files know the
 * charge. Others' references are taken as they are.
 */
export const fileReferenceOf = (reference: string): string => reference.replace(/\/[0-9a-f]{24}$/, '');

export interface PostedEvent {
  entries: { currency: Currency; lines: PostingLine[] }[];
  movement: ProviderMovement | undefined;
}

/** What the books take from an event. */
export function postedBy(event: LedgerEvent): PostedEvent {
  const entries = ledgerEntriesOf(event).map(({ currency, lines }) => ({ currency, lines }));
  return { entries, movement: movementOf(event, entries) };
}

/** What did not pass the provider's books (a gift card, cash) is in none of its files. */
function movementOf({ type, data }: LedgerEvent, entries: PostedEvent['entries']): ProviderMovement | undefined {
  const kind = kinds[type];
  const reference = 'providerReference' in data ? data.providerReference : undefined;
  const cleared = entries.flatMap(({ currency, lines }) =>
    lines.filter(({ account }) => account === 'PSP_CLEARING').map((line) => ({ currency, ...line })),
  );
  const [first] = cleared;
  if (!kind || typeof reference !== 'string' || !first) return undefined;
  const amount = cleared.reduce((sum, { debit, credit }) => sum + debit - credit, 0);
  return { reference: fileReferenceOf(reference), kind, currency: first.currency, amount };
}
