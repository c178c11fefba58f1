import { decimalString } from '../money.ts';
import { type AccountCodes, chart, codeOf } from './chart.ts';
import type { LedgerPosting } from './posting.ts';

/** Of each row of an export: one for each line of a posting. */
export const exportColumns = [
  'date',
  'entry',
  'type',
  'legalEntity',
  'account',
  'accountCode',
  'accountName',
  'currency',
  'debit',
  'credit',
  'order',
  'settlement',
  'time',
] as const;

/** RFC 4180: quoted where it holds a comma, a quote or a line break. A text that a spreadsheet would read as a formula gets a quote in front. */
export function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const record = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\r\n`;

export const exportHeader = (): string => record(exportColumns);

/** Amounts are decimals of the currency, the other side is empty: what accounting systems import. */
export function exportRows(posting: LedgerPosting, codes: AccountCodes): string {
  const { day, id, type, legalEntityId, currency, lines, orderId = '', settlementId = '', at } = posting;
  const amount = (minor: number) => (minor === 0 ? '' : decimalString(minor, currency));
  return lines
    .map(({ account, debit, credit }) =>
      record([
        day,
        id,
        type,
        legalEntityId,
        account,
        codeOf(codes, account),
        chart[account].name,
        currency,
        amount(debit),
        amount(credit),
        orderId,
        settlementId,
        at,
      ]),
    )
    .join('');
}
