import * as z from 'zod';
import { Currency, digitsOf } from '../money.ts';

export const RowType = z.enum(['capture', 'refund', 'chargeback', 'fee', 'adjustment', 'payout']);
export type RowType = z.infer<typeof RowType>;

/** A line of a provider's file. Minor units; below zero: to the provider's favor. `net = gross - fee` reaches the bank. */
export interface SettlementRow {
  row: number;
  transactionId: string;
  type: RowType;
  /** The provider's name of what it is about, as our events have it; empty for what is about no order. */
  reference: string;
  currency: Currency;
  gross: number;
  fee: number;
}

export interface SettlementRowError {
  row: number;
  code: string;
  message: string;
}

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
const identifier = /^[\x21-\x7e]{1,200}$/;

/** Minor units of a decimal with at most as many digits as the currency has; undefined: it is none. Zeros beyond are no digits. */
export function minorUnits(text: string, currency: Currency): number | undefined {
  const parts = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const digits = digitsOf(currency);
  const [, sign, whole = '0', fraction = ''] = parts;
  if (!/^0*$/.test(fraction.slice(digits))) return undefined;
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (!Number.isSafeInteger(amount)) return undefined;
  return sign === '-' && amount !== 0 ? -amount : amount;
}

/** What a row in our columns says, or what is wrong with it. */
export function readSettlementRow(row: number, fields: readonly string[]): SettlementRow | SettlementRowError {
  const wrong = (code: string, message: string): SettlementRowError => ({ row, code, message });
  const [transactionId = '', type = '', reference = '', code = '', grossText = '', feeText = '', netText = ''] = fields;
  if (fields.length < 7) return wrong('malformed_row', 'The row has not one field for each column.');
  if (!identifier.test(transactionId)) return wrong('invalid_transaction_id', `${shown(transactionId)} is no id.`);
  const known = RowType.safeParse(type);
  if (!known.success) return wrong('invalid_type', `${shown(type)} is none of ${RowType.options.join(', ')}.`);
  const isAboutOrder = known.data === 'capture' || known.data === 'refund' || known.data === 'chargeback';
  if (isAboutOrder && !identifier.test(reference)) {
    return wrong('invalid_reference', `A ${type} needs the provider’s reference.`);
  }
  const currency = Currency.safeParse(code);
  if (!currency.success) return wrong('invalid_currency', `${shown(code)} is no currency of ISO 4217.`);
  const gross = minorUnits(grossText, currency.data);
  const fee = feeText === '' ? 0 : minorUnits(feeText, currency.data);
  if (gross === undefined || fee === undefined) {
    return wrong('invalid_amount', `${shown(gross === undefined ? grossText : feeText)} is no amount in ${code}.`);
  }
  const net = netText === '' ? gross - fee : minorUnits(netText, currency.data);
  if (net !== gross - fee) return wrong('net_differs', `${shown(netText)} is not gross less fee.`);
  return { row, transactionId, type: known.data, reference: reference.trim(), currency: currency.data, gross, fee };
}

/**
 * All rows of a file, or all that is wrong with it: a file that is wrong anywhere is not taken at all. A transaction that stands in it twice is
 * wrong the second time.
 */
export function readSettlementRows(rows: Iterable<readonly string[]>): {
  rows: SettlementRow[];
  errors: SettlementRowError[];
} {
  const read: SettlementRow[] = [];
  const errors: SettlementRowError[] = [];
  const seen = new Map<string, number>();
  let number = 0;
  for (const fields of rows) {
    number += 1;
    const one = readSettlementRow(number, fields);
    if ('code' in one) {
      errors.push(one);
      continue;
    }
    const first = seen.get(one.transactionId);
    if (first === undefined) {
      seen.set(one.transactionId, number);
      read.push(one);
      continue;
    }
    const message = `${shown(one.transactionId)} stands in row ${first}, too.`;
    errors.push({ row: number, code: 'duplicate_row', message });
  }
  return { rows: read, errors };
}
