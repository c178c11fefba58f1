import { type Currency, splitByWeight } from '../../domain/money.ts';
import type { Tax } from '../../domain/pricing/priced.ts';
import type { NoTaxRate, TaxableItem } from '../../domain/pricing/tax/taxable.ts';
import { type TaxQuote, type TaxQuoteRequest, TaxUnavailable } from '../../ports/tax.ts';
import { type AvataxApi, AvataxRefusal } from './client.ts';
import { partsOf, roundParts, toDecimal } from './decimals.ts';
import { addressesOf, type LineDetail, Transaction, taxCodeOf } from './transaction.ts';

/**
 * Asks for an estimate: a SalesOrder, which Avalara calculates and does not file.
 * @throws TaxUnavailable
 */
export async function quote(api: AvataxApi, request: TaxQuoteRequest): Promise<TaxQuote> {
  let answer: unknown;
  try {
    answer = await api.send('POST', '/api/v2/transactions/create?$include=Lines,Details', orderOf(api, request));
  } catch (error) {
    if (!(error instanceof AvataxRefusal)) throw error;
    const refused = addressRefusal(error);
    if (refused) return refused;
    // Not about this order: a company that is not set up, a tax code that Avalara does not know.
    throw new TaxUnavailable(error.message);
  }
  const transaction = Transaction.safeParse(answer);
  if (!transaction.success) throw senseless('its shape');
  return read(transaction.data, request);
}

const orderOf = (api: AvataxApi, request: TaxQuoteRequest) => ({
  type: 'SalesOrder',
  code: request.orderId,
  companyCode: api.companyCode,
  customerCode: request.customerId.slice(0, 50),
  date: request.date,
  currencyCode: request.currency,
  commit: false,
  addresses: addressesOf(request),
  ...(request.buyerTaxId !== undefined && { businessIdentificationNo: request.buyerTaxId }),
  lines: request.items.map((item, index) => ({
    number: String(index + 1),
    quantity: item.quantity,
    amount: toDecimal(item.amount, request.currency),
    taxIncluded: request.taxMode === 'inclusive',
    ref1: item.id,
    ...(item.sku !== undefined && { itemCode: item.sku.slice(0, 50) }),
    ...taxCodeOf(api, item),
  })),
});

function read(transaction: Transaction, request: TaxQuoteRequest): TaxQuote {
  if ((transaction.currencyCode ?? request.currency) !== request.currency) throw senseless('its currency');
  const lines = new Map((transaction.lines ?? []).map((line) => [line.lineNumber, line]));
  const isReversed = saysReverseCharge(transaction);
  const items = request.items.map((item, index) => {
    const line = lines.get(String(index + 1));
    if (!line) throw senseless('its lines');
    return { id: item.id, taxes: taxesOf(line, { item, request, isReversed }) };
  });
  return { outcome: 'quoted', items, reference: transaction.code };
}

/** The line's tax, rounded to the currency, split over its details by what each says: their own roundings may differ by a digit. */
function taxesOf(
  { tax, details }: { tax: number; details?: LineDetail[] | null | undefined },
  { item, request, isReversed }: { item: TaxableItem; request: TaxQuoteRequest; isReversed: boolean },
): Tax[] {
  const total = roundParts(exact(tax, request.currency));
  if (request.taxMode === 'inclusive' && total > item.amount) throw senseless('a tax above its price');
  const known = details ?? [];
  if (known.length === 0) {
    if (total > 0) throw senseless('a tax without details');
    return [untaxed(request.shipTo.country, isReversed)];
  }
  const parts = known.map((detail) => exact(detail.tax, request.currency));
  if (total > 0 && parts.every((part) => part === 0n)) throw senseless('a tax that no detail has');
  const amounts = splitByWeight(total, parts.map(Number));
  return known.map((detail, index) => ({
    title: (detail.taxName ?? detail.jurisName ?? 'Tax').slice(0, 64) || 'Tax',
    jurisdiction: jurisdictionOf(detail, request.shipTo.country),
    rate: isReversed ? '0' : rateOf(detail),
    category: categoryOf(detail, isReversed),
    amount: amounts[index] ?? 0,
  }));
}

/** Avalara has looked, and nothing is owed there: no registration, or not a sale that is taxed. */
const untaxed = (country: string, isReversed: boolean): Tax => ({
  title: isReversed ? 'VAT' : 'Tax',
  jurisdiction: country,
  rate: '0',
  category: isReversed ? 'AE' : 'O',
  amount: 0,
});

function jurisdictionOf({ country, region, jurisCode, jurisName }: LineDetail, fallback: string): string {
  const place = country ?? fallback;
  const subdivision = region && region !== place ? `${place}-${region}` : place;
  const finer = jurisName ?? jurisCode;
  return (finer && finer !== region && finer !== place ? `${subdivision} ${finer}` : subdivision).slice(0, 64);
}

function rateOf({ rate, tax }: LineDetail): string {
  if (rate === null || rate === undefined || tax === 0) return '0';
  if (rate < 0 || rate > 1) throw senseless('a rate');
  return rate.toFixed(6).replace(/\.?0+$/, '');
}

function categoryOf({ tax, exemptAmount, nonTaxableAmount }: LineDetail, isReversed: boolean): Tax['category'] {
  if (tax > 0) return 'S';
  if (isReversed) return 'AE';
  return exemptAmount || nonTaxableAmount ? 'E' : 'Z';
}

/** As the invoice must say it (developer.avalara.com/vat-erp/test-transactions): "Reverse charge (Article 194 - Directive 2006/112 EC)". */
const saysReverseCharge = ({ messages, invoiceMessages }: Transaction): boolean =>
  [...(messages ?? []).map(({ summary }) => summary), ...(invoiceMessages ?? []).map(({ content }) => content)].some(
    (text) => /reverse charge/i.test(text ?? ''),
  );

function exact(amount: number, currency: Currency): bigint {
  const parts = partsOf(amount, currency);
  if (parts === undefined) throw senseless('an amount');
  return parts;
}

const senseless = (what: string): TaxUnavailable => new TaxUnavailable(`AvaTax: the answer makes no sense: ${what}`);

/** What Avalara says of addresses that it cannot place (developer.avalara.com/avatax/errors). */
const addressFaults = new Set([
  'AddressError',
  'AddressConflict',
  'AddressIncomplete',
  'AddressRangeError',
  'CannotDetermineRegion',
  'InsufficientAddressError',
  'InvalidAddress',
  'InvalidAddressError',
  'InvalidCountry',
  'InvalidPostalCode',
  'InvalidState',
  'InvalidZipForStateError',
  'CityError',
  'CountryError',
  'PostalCodeError',
  'RegionCodeError',
  'TaxRegionError',
  'UnknownAddressError',
  'UnknownCountryError',
  'UnsupportedCountryError',
]);

function addressRefusal({ codes }: AvataxRefusal): NoTaxRate | undefined {
  const code = codes.find((one) => addressFaults.has(one));
  if (code === undefined) return undefined;
  return { outcome: 'no_tax_rate', reason: 'address_refused', detail: `AvaTax cannot place the address: ${code}.` };
}
