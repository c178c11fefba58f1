import type { Currency } from '../domain/money.ts';
import type { ChargeKind } from '../domain/pricing/priced.ts';
import type { TaxTable } from '../domain/pricing/tax/tax-table.ts';
import type { ItemTaxes, NoTaxRate, TaxCase, TaxPlace } from '../domain/pricing/tax/taxable.ts';

/** Could not find out: not reached, no answer in time, an answer of 5xx or 429, or one that makes no sense. Ask again with the same key. */
export class TaxUnavailable extends Error {
  override readonly name = 'TaxUnavailable';
}

export interface TaxQuoteRequest extends TaxCase {
  /** Asked twice, the answer is the same one. */
  orderId: string;
  customerId: string;
}

export type TaxQuote =
  /** `reference` is the provider's, to give the quote up by. */
  { outcome: 'quoted'; items: ItemTaxes[]; reference?: string } | NoTaxRate;

/** Of an invoice or a credit memo. Minor units; `net` and `tax` are what the document says, whatever the provider would say today. */
export interface TaxDocumentItem {
  id: string;
  kind: 'goods' | ChargeKind;
  sku?: string | undefined;
  taxClass?: string | undefined;
  quantity: number;
  net: number;
  tax: number;
}

export interface TaxDocument {
  kind: 'invoice' | 'creditMemo';
  /** One report a key for ever, under any schedule of retries: at most 50 letters, digits, `_` and `-`. */
  key: string;
  number: string;
  /** The number of the invoice that a credit memo takes from. */
  invoiceNumber?: string | undefined;
  orderId: string;
  customerId: string;
  currency: Currency;
  /** The day on the document. */
  date: string;
  /** The day whose rates were taken, where it is another one. */
  taxDate?: string | undefined;
  shipFrom?: TaxPlace | undefined;
  shipTo: TaxPlace;
  buyerTaxId?: string | undefined;
  items: readonly TaxDocumentItem[];
}

export type TaxReport = { outcome: 'reported'; reference: string } | { outcome: 'refused'; reason: string };

/** Who knows what is to be taxed. Refusals are values, outages are thrown (TaxUnavailable). The contract tests run against each adapter. */
export interface TaxProvider {
  /** Does it file what was sold? Then invoices and credit memos are reported to it. */
  readonly reports: boolean;
  quote(request: TaxQuoteRequest): Promise<TaxQuote>;
  /** An invoice was posted: its taxes are owed. */
  commit(invoice: TaxDocument): Promise<TaxReport>;
  /** A credit memo was posted: its taxes are no longer owed. */
  refund(creditMemo: TaxDocument): Promise<TaxReport>;
  /** The order ended before anything was invoiced: the quote is given up. One that the provider does not know is given up already. */
  cancel(quote: { orderId: string; reference?: string | undefined }): Promise<void>;
}

/** The shop's own table of taxes. */
export interface TaxTables {
  /** That of `noTaxTable` when nobody has set any. */
  table(): Promise<TaxTable>;
  put(table: TaxTable): Promise<void>;
}
