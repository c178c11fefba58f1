import { compactTaxId, isVatNumber } from '../../vat-number.ts';
import type { Tax } from '../priced.ts';
import { taxesOn } from './exact-tax.ts';
import { holdsOn, type TaxRate, type TaxTable } from './tax-table.ts';
import type { ItemTaxes, NoTaxRate, TaxableItem, TaxCase } from './taxable.ts';
import { type FittingZone, zonesOf } from './zones.ts';

export type TableQuote = { outcome: 'quoted'; items: ItemTaxes[] } | NoTaxRate;

/**
 * The taxes of what is sold, by the table. For each tax of the zones that the address lies in, the narrowest zone's rate for the item's class on
 * that day counts. A place, a class or a day that the table says nothing about is refused, never taken for untaxed.
 */
export function quoteTaxes(table: TaxTable, of: TaxCase): TableQuote {
  if (isReverseCharged(table, of)) return { outcome: 'quoted', items: reverseCharged(table, of) };
  const zones = zonesOf(table, of.shipTo);
  if ('outcome' in zones) return zones;
  if (zones.length === 0) return none('no_zone', `No zone of the tax table has ${placeOf(of)}.`);

  const items: ItemTaxes[] = [];
  for (const item of of.items) {
    const taxClass = item.taxClass ?? classOf(table, item);
    if (!table.classes.includes(taxClass)) return none('unknown_class', `The tax table has no class ${taxClass}.`);
    const rates = ratesFor(table, zones, taxClass, of.date);
    if ('missing' in rates) {
      const what = rates.missing === undefined ? 'rate' : `rate of ${rates.missing}`;
      return none('no_rate', `The tax table has no ${what} for ${taxClass} in ${placeOf(of)} on ${of.date}.`);
    }
    const amounts = taxesOn(item.amount, rates.rates, of.taxMode);
    items.push({ id: item.id, taxes: rates.rates.map((rate, index) => taxOf(rate, amounts[index] ?? 0)) });
  }
  return { outcome: 'quoted', items };
}

type AppliedRate = TaxRate & { region: string };

/** One rate for each tax of the zones. Taxes that hold on that day for other classes only leave open what this one is. */
function ratesFor(
  { rates }: TaxTable,
  zones: readonly FittingZone[],
  taxClass: string,
  date: string,
): { rates: AppliedRate[] } | { missing: string | undefined } {
  const current = zones.flatMap(({ zone, region }) =>
    rates.filter((rate) => rate.zone === zone.zone && holdsOn(rate, date)).map((rate) => ({ ...rate, region })),
  );
  const names = [...new Set(current.map(({ tax }) => tax))];
  if (names.length === 0) return { missing: undefined };
  const applied: AppliedRate[] = [];
  for (const name of names) {
    const rate = narrowest(
      current.filter(({ tax }) => tax === name),
      taxClass,
    );
    if (!rate) return { missing: name };
    applied.push(rate);
  }
  // As the table has them, not as the address met the zones: the state's before the county's.
  return { rates: applied.toSorted((a, b) => positionOf(rates, a) - positionOf(rates, b)) };
}

/** @param candidates the narrowest zone first */
function narrowest(candidates: readonly AppliedRate[], taxClass: string): AppliedRate | undefined {
  const fitting = candidates.filter((rate) => rate.taxClass === undefined || rate.taxClass === taxClass);
  const zone = fitting[0]?.zone;
  const ofZone = fitting.filter((rate) => rate.zone === zone);
  return ofZone.find((rate) => rate.taxClass === taxClass) ?? ofZone[0];
}

const positionOf = (rates: readonly TaxRate[], one: TaxRate): number =>
  rates.findIndex(
    ({ zone, tax, taxClass, from }) =>
      zone === one.zone && tax === one.tax && taxClass === one.taxClass && from === one.from,
  );

const taxOf = ({ tax, jurisdiction, region, rate, category }: AppliedRate, amount: number): Tax => ({
  title: tax,
  jurisdiction: jurisdiction ?? region,
  rate,
  category,
  amount,
});

const classOf = ({ charges, defaultClass }: TaxTable, { kind }: TaxableItem): string =>
  (kind === 'goods' ? undefined : charges?.[kind]) ?? defaultClass;

/** A business of another country of the union, to which the goods go: what it gave is a number of the form that the union's have. */
function isReverseCharged({ reverseCharge }: TaxTable, { shipFrom, shipTo, buyerTaxId }: TaxCase): boolean {
  if (!reverseCharge || !buyerTaxId || !shipFrom) return false;
  const { countries } = reverseCharge;
  const buyer = countryOfTaxId(buyerTaxId);
  if (buyer === undefined) return false;
  const isAcross = (country: string) => country !== shipFrom.country && countries.some((one) => one === country);
  return countries.some((one) => one === shipFrom.country) && isAcross(buyer) && isAcross(shipTo.country);
}

/** Of a number that is one by its structure. Whether it is somebody's only the tax office of the country knows (VIES). */
function countryOfTaxId(taxId: string): string | undefined {
  if (!isVatNumber(taxId)) return undefined;
  const letters = compactTaxId(taxId).slice(0, 2);
  return letters === 'EL' ? 'GR' : letters;
}

function reverseCharged({ reverseCharge }: TaxTable, { items, shipTo }: TaxCase): ItemTaxes[] {
  if (!reverseCharge) return [];
  const { tax, category } = reverseCharge;
  const nothing: Tax = { title: tax, jurisdiction: shipTo.country, rate: '0', category, amount: 0 };
  return items.map(({ id }) => ({ id, taxes: [nothing] }));
}

const none = (reason: NoTaxRate['reason'], detail: string): NoTaxRate => ({ outcome: 'no_tax_rate', reason, detail });

const placeOf = ({ shipTo }: TaxCase): string =>
  shipTo.region ? `${shipTo.country}, ${shipTo.region}` : shipTo.country;
