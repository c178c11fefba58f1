import * as z from 'zod';
import type { ChargeKind } from '../../domain/pricing/priced.ts';
import type { TaxPlace } from '../../domain/pricing/tax/taxable.ts';
import type { AvataxApi } from './client.ts';

/** Of a TransactionModel, what is read here; AvaTax leaves out what is empty, or writes null. */
const Decimal = z.number();
const Text = z.string().nullish();

export const LineDetail = z.object({
  country: Text,
  region: Text,
  jurisName: Text,
  jurisCode: Text,
  taxName: Text,
  rate: Decimal.nullish(),
  tax: Decimal,
  exemptAmount: Decimal.nullish(),
  nonTaxableAmount: Decimal.nullish(),
});
export type LineDetail = z.infer<typeof LineDetail>;

export const Transaction = z.object({
  id: z.number().nullish(),
  code: z.string(),
  type: Text,
  status: Text,
  currencyCode: Text,
  totalAmount: Decimal.nullish(),
  totalTax: Decimal.nullish(),
  lines: z.array(z.object({ lineNumber: z.string(), tax: Decimal, details: z.array(LineDetail).nullish() })).nullish(),
  messages: z.array(z.object({ summary: Text })).nullish(),
  invoiceMessages: z.array(z.object({ content: Text })).nullish(),
});
export type Transaction = z.infer<typeof Transaction>;

/** Avalara's own for charges. What has none is sent without: Avalara takes it for goods that are taxed in full. */
const chargeCodes: Partial<Record<ChargeKind, string>> = { shipping: 'FR020100', handling: 'OH010000' };

export function taxCodeOf(
  { taxCodes }: Pick<AvataxApi, 'taxCodes'>,
  { kind, taxClass }: { kind: 'goods' | ChargeKind; taxClass?: string | undefined },
): { taxCode?: string } {
  const code = taxClass === undefined ? undefined : (taxCodes[taxClass] ?? taxClass.toUpperCase());
  const usual = kind === 'goods' ? undefined : chargeCodes[kind];
  const taxCode = code ?? usual;
  return taxCode === undefined ? {} : { taxCode };
}

/** Without a site, everything happens where the customer is. */
export const addressesOf = ({ shipFrom, shipTo }: { shipFrom?: TaxPlace | undefined; shipTo: TaxPlace }) =>
  shipFrom ? { shipFrom: addressOf(shipFrom), shipTo: addressOf(shipTo) } : { singleLocation: addressOf(shipTo) };

const addressOf = ({ line1, city, region, postalCode, country }: TaxPlace) => ({
  ...(line1 !== undefined && { line1 }),
  ...(city !== undefined && { city }),
  // AvaTax has the subdivision alone.
  ...(region !== undefined && { region: region.replace(new RegExp(`^${country}-`), '') }),
  ...(postalCode !== undefined && { postalCode }),
  country,
});
