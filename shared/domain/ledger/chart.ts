import * as z from 'zod';
import { type Account, accounts } from '../ledger.ts';

/** Accounts of the merchant's books that orders and settlement files move (domain-model 1.5, and BANK for what a provider has paid out). */
export const LedgerAccount = z.enum(accounts);
export type LedgerAccount = Account;

/** Assets and expenses grow by debits, the others by credits. */
export type AccountKind = 'asset' | 'liability' | 'revenue' | 'expense';

interface AccountDescription {
  kind: AccountKind;
  name: string;
  /** What stands in exports as long as a legal entity has not said otherwise. */
  code: string;
}

/** In the order of trial balances. */
export const chart: Readonly<Record<LedgerAccount, AccountDescription>> = {
  BANK: { kind: 'asset', name: 'Bank: what payment providers have paid out', code: '1010' },
  PSP_CLEARING: { kind: 'asset', name: 'Payment providers: captured, not paid out yet', code: '1020' },
  CREDIT_CLEARING: { kind: 'asset', name: 'Gift cards and store credit: booked elsewhere', code: '1030' },
  AR: { kind: 'asset', name: 'Accounts receivable: invoiced, not paid yet', code: '1200' },
  DEPOSITS: { kind: 'liability', name: 'Customers’ deposits: paid, not invoiced yet', code: '2100' },
  REFUND_PAYABLE: { kind: 'liability', name: 'Refunds that are owed', code: '2150' },
  STORE_CREDIT: { kind: 'liability', name: 'Gift cards and store credit', code: '2160' },
  TAX_PAYABLE: { kind: 'liability', name: 'Taxes on sales', code: '2200' },
  REVENUE: { kind: 'revenue', name: 'Sales of goods, at list price', code: '4000' },
  SHIPPING_REVENUE: { kind: 'revenue', name: 'Shipping and other charges', code: '4050' },
  BREAKAGE: { kind: 'revenue', name: 'Gift cards that expired', code: '4080' },
  DISCOUNT: { kind: 'expense', name: 'Discounts', code: '4900' },
  GOODWILL: { kind: 'expense', name: 'Goodwill: credited for nothing in particular', code: '4950' },
  FEES: { kind: 'expense', name: 'Fees of payment providers', code: '6100' },
  CHARGEBACK: { kind: 'expense', name: 'Chargebacks', code: '6150' },
  ROUNDING: { kind: 'expense', name: 'Rounding differences', code: '6190' },
  WRITE_OFF: { kind: 'expense', name: 'Differences written off', code: '6195' },
};

/** A code of the merchant's own chart of accounts: digits mostly, letters, dots and dashes in some systems. */
export const AccountCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,19}$/, 'letters, digits, ".", "_", "/" or "-", 1 to 20');

/** Codes that a legal entity has of its own; the others are the chart's. */
export const AccountCodes = z.partialRecord(LedgerAccount, AccountCode);
export type AccountCodes = z.infer<typeof AccountCodes>;

export const codeOf = (codes: AccountCodes, account: LedgerAccount): string => codes[account] ?? chart[account].code;
