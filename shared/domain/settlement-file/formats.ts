import { CsvFault, parseCsv, readTable } from '../stock/csv.ts';

export const settlementFormats = ['neutral', 'stripe'] as const;
export type SettlementFormat = (typeof settlementFormats)[number];

/** A row of any file in our columns. Another number of fields: the row was malformed. */
export const neutralColumns = ['transactionId', 'type', 'reference', 'currency', 'gross', 'fee', 'net', 'at'] as const;

/**
 * Columns of Stripe's reports `payout_reconciliation.itemized` and `balance_change_from_activity.itemized` (docs.stripe.com/reports): lower
 * case, decimals in the currency's main unit, `gross` below zero for what leaves. Reports have more columns than these, by the caller's choice.
 */
const ofStripe = {
  transactionId: ['balance_transaction_id'],
  category: ['reporting_category'],
  source: ['source_id'],
  charge: ['charge_id'],
  currency: ['currency'],
  gross: ['gross'],
  fee: ['fee'],
  net: ['net'],
  at: ['created_utc', 'created'],
} as const;

/** Stripe's reporting categories (docs.stripe.com/reports/reporting-categories) as what they are to us; any other is an adjustment. */
const categories: Readonly<Record<string, string>> = {
  charge: 'capture',
  // The part of an authorization that was not captured: the same charge, below zero.
  partial_capture_reversal: 'capture',
  charge_failure: 'capture',
  refund: 'refund',
  refund_failure: 'refund',
  dispute: 'chargeback',
  dispute_reversal: 'chargeback',
  fee: 'fee',
  network_cost: 'fee',
  platform_fee: 'fee',
  tax: 'fee',
  payout: 'payout',
  payout_reversal: 'payout',
  topup: 'payout',
  topup_reversal: 'payout',
};

/**
 * The rows of a file, each in our columns.
 * @throws CsvFault when the text is no CSV, or lacks a column
 */
export function rowsOf(format: SettlementFormat, csv: string): string[][] {
  if (format === 'neutral') return readTable(csv, neutralColumns, ['transactionId', 'type', 'currency', 'gross']);
  return stripeRows(csv);
}

function stripeRows(csv: string): string[][] {
  const [header, ...records] = parseCsv(csv);
  if (!header) throw new CsvFault('There is no header.');
  const place = (names: readonly string[]) => names.map((name) => header.indexOf(name)).find((at) => at >= 0) ?? -1;
  const places = Object.fromEntries(Object.entries(ofStripe).map(([key, names]) => [key, place(names)]));
  for (const key of ['transactionId', 'category', 'currency', 'gross', 'fee', 'net'] as const) {
    if (places[key] === -1) throw new CsvFault(`The column ${ofStripe[key][0]} is missing.`);
  }
  if (places.source === -1 && places.charge === -1) throw new CsvFault('The column source_id is missing.');
  return records.map((fields) => {
    if (fields.length !== header.length) return [];
    const field = (key: keyof typeof ofStripe) => fields[places[key] ?? -1] ?? '';
    const type = categories[field('category')] ?? 'adjustment';
    // A capture is known by its charge, also where the source is the reversal of a part of it.
    const charge = field('charge') === '' ? field('source') : field('charge');
    const reference = type === 'capture' ? charge : field('source');
    return [
      field('transactionId'),
      type,
      reference,
      field('currency').toUpperCase(),
      field('gross'),
      field('fee'),
      field('net'),
      field('at'),
    ];
  });
}
