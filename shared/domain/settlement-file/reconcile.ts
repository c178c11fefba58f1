import * as z from 'zod';
import type { MovementKind } from '../ledger/money-events.ts';
import { debitLine, type PostingLine } from '../ledger/posting.ts';
import { Currency } from '../money.ts';
import type { RowType, SettlementRow } from './row.ts';

/** Rows about one thing: a charge and the reversal of a part of it are one capture. */
export interface SettlementGroup {
  /** A reference, or the transaction itself where there is none. */
  reference: string;
  kind: MovementKind | 'line';
  currency: Currency;
  rows: SettlementRow[];
}

const isMovement = (type: RowType): type is MovementKind =>
  type === 'capture' || type === 'refund' || type === 'chargeback';

/** Payouts are left out: what reached the bank is the sum of the others. In the order of the file. */
export function groupsOf(rows: readonly SettlementRow[]): SettlementGroup[] {
  const groups = new Map<string, SettlementGroup>();
  for (const row of rows) {
    if (row.type === 'payout') continue;
    const kind = isMovement(row.type) ? row.type : 'line';
    const reference = kind === 'line' ? row.transactionId : row.reference;
    const key = `${kind} ${reference} ${row.currency}`;
    const group = groups.get(key) ?? { reference, kind, currency: row.currency, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What the books know of a reference, and what files have said of it so far. Minor units. */
export interface KnownMovement {
  orderId?: string | undefined;
  currency?: string | undefined;
  amount: number;
  /** How many captures or refunds that is. */
  movements: number;
  settled: number;
  /** Transactions of files that were taken. */
  transactions: readonly string[];
}

export const DifferenceKind = z.enum(['amount_differs', 'currency_differs', 'unknown_here', 'missing_there']);

/** What a file and the books do not agree on. `residue`: what stays in PSP_CLEARING because of it, minor units, debit above zero. */
export const Difference = z.object({
  id: z.string(),
  kind: DifferenceKind,
  reference: z.string(),
  movement: z.enum(['capture', 'refund', 'chargeback', 'line']),
  currency: Currency,
  /** What the books say, where they say anything. */
  expected: z.int(),
  /** What files have said, this one included. */
  settled: z.int(),
  residue: z.int(),
  rows: z.array(z.int()),
  orderId: z.string().optional(),
  status: z.enum(['OPEN', 'RESOLVED']),
  resolution: z
    .object({ as: z.enum(['writeOff', 'rounding', 'accepted']), reason: z.string(), by: z.string(), at: z.string() })
    .optional(),
});
export type Difference = z.infer<typeof Difference>;

export interface GroupOutcome {
  /** Rows that no file had before. */
  fresh: SettlementRow[];
  /** Rows that another file had: they are not booked twice. */
  repeated: number;
  matched: number;
  difference?: Omit<Difference, 'id' | 'status'>;
}

/** Holds what a file says of a reference against the books. */
export function compare(group: SettlementGroup, known: KnownMovement | undefined): GroupOutcome {
  const seen = new Set(known?.transactions);
  const fresh = group.rows.filter(({ transactionId }) => !seen.has(transactionId));
  const repeated = group.rows.length - fresh.length;
  const gross = fresh.reduce((sum, row) => sum + row.gross, 0);
  const isFee = fresh.every(({ type }) => type === 'fee');
  if (fresh.length === 0 || isFee) return { fresh, repeated, matched: fresh.length };
  const settled = (known?.settled ?? 0) + gross;
  const base = {
    reference: group.reference,
    movement: group.kind,
    currency: group.currency,
    rows: fresh.map(({ row }) => row),
    ...(known?.orderId !== undefined && { orderId: known.orderId }),
  };
  if (!known || known.movements === 0) {
    return {
      fresh,
      repeated,
      matched: 0,
      difference: { ...base, kind: 'unknown_here', expected: 0, settled, residue: -gross },
    };
  }
  if (known.currency !== group.currency) {
    const difference = { ...base, kind: 'currency_differs', expected: 0, settled: gross, residue: -gross } as const;
    return { fresh, repeated, matched: 0, difference };
  }
  const { amount: expected, movements } = known;
  // Of several captures the file may have some; the others come with a later one, or are missing then.
  const isPart = movements > 1 && Math.abs(settled) < Math.abs(expected) && Math.sign(settled) === Math.sign(expected);
  if (settled === expected || isPart) return { fresh, repeated, matched: fresh.length };
  const difference = { ...base, kind: 'amount_differs', expected, settled, residue: expected - settled } as const;
  return { fresh, repeated, matched: 0, difference };
}

/** Sums of rows by currency. Minor units. */
export interface SettlementTotal {
  currency: Currency;
  gross: number;
  fee: number;
  net: number;
  /** Part of `gross` that is a fee by itself. */
  feeRows: number;
}

export function addRows(totals: readonly SettlementTotal[], rows: readonly SettlementRow[]): SettlementTotal[] {
  const sums = new Map(totals.map((total) => [total.currency, { ...total }]));
  for (const { currency, gross, fee, type } of rows) {
    const sum = sums.get(currency) ?? { currency, gross: 0, fee: 0, net: 0, feeRows: 0 };
    sum.gross += gross;
    sum.fee += fee;
    sum.net += gross - fee;
    if (type === 'fee') sum.feeRows += gross;
    sums.set(currency, sum);
  }
  return [...sums.values()];
}

/** What a file does to the books: the net reaches the bank, fees are spent, and the provider owes that much less. */
export const settlementLines = ({ net, fee, gross, feeRows }: SettlementTotal): PostingLine[] => [
  ...debitLine('BANK', net),
  ...debitLine('FEES', fee - feeRows),
  ...debitLine('PSP_CLEARING', -(gross - feeRows)),
];

/** What takes a difference out of PSP_CLEARING. */
export const resolutionLines = (as: 'writeOff' | 'rounding', residue: number): PostingLine[] => [
  ...debitLine(as === 'rounding' ? 'ROUNDING' : 'WRITE_OFF', residue),
  ...debitLine('PSP_CLEARING', -residue),
];
