import { millionths } from './exact-tax.ts';
import type { TaxRate, TaxTable, TaxZone } from './tax-table.ts';

/** Something in a table that contradicts the rest of it. */
export interface TableFault {
  code:
    | 'unknown_zone'
    | 'unknown_tax_class'
    | 'rate_too_high'
    | 'rate_and_category'
    | 'dates_reversed'
    | 'overlapping_dates'
    | 'ambiguous_tax'
    | 'repeated';
  /** Where in the table. */
  path: (string | number)[];
  message: string;
}

/** All faults, in the order of the table. A table without faults gives each item of each address one rate of each tax, or none. */
export function faultsOf(table: Omit<TaxTable, 'updatedAt'>): TableFault[] {
  return [...repeatedZones(table), ...unknownClasses(table), ...faultyRates(table), ...ambiguous(table)];
}

function* repeatedZones({ zones, classes }: Pick<TaxTable, 'zones' | 'classes'>): Generator<TableFault> {
  for (const [index, { zone }] of zones.entries()) {
    if (zones.findIndex((one) => one.zone === zone) === index) continue;
    yield { code: 'repeated', path: ['zones', index, 'zone'], message: 'A zone of this name stands before it.' };
  }
  for (const [index, taxClass] of classes.entries()) {
    if (classes.indexOf(taxClass) === index) continue;
    yield { code: 'repeated', path: ['classes', index], message: 'The class stands before it.' };
  }
}

function* unknownClasses({ classes, defaultClass, charges = {} }: Omit<TaxTable, 'updatedAt'>): Generator<TableFault> {
  const named = [
    { path: ['defaultClass'], taxClass: defaultClass },
    ...Object.entries(charges).map(([kind, taxClass]) => ({ path: ['charges', kind], taxClass })),
  ];
  for (const { path, taxClass } of named) if (!classes.includes(taxClass)) yield unknownClass(path);
}

const unknownClass = (path: (string | number)[]): TableFault => ({
  code: 'unknown_tax_class',
  path,
  message: 'There is no such class in `classes`.',
});

function* faultyRates({ zones, rates, classes }: Omit<TaxTable, 'updatedAt'>): Generator<TableFault> {
  const known = new Set(zones.map(({ zone }) => zone));
  const earlier = new Map<string, { rate: TaxRate; index: number }[]>();
  for (const [index, rate] of rates.entries()) {
    const at = (field: string) => ['rates', index, field];
    if (!known.has(rate.zone)) {
      yield { code: 'unknown_zone', path: at('zone'), message: 'There is no such zone in `zones`.' };
    }
    if (rate.taxClass !== undefined && !classes.includes(rate.taxClass)) yield unknownClass(at('taxClass'));
    if (millionths(rate.rate) > 1_000_000n) {
      yield { code: 'rate_too_high', path: at('rate'), message: 'A rate is 1 (100 %) at most.' };
    }
    if ((rate.category === 'S') === (millionths(rate.rate) === 0n)) {
      const message =
        'Category S has a rate above 0, every other category the rate 0 (EN 16931, BR-S-05 and the like).';
      yield { code: 'rate_and_category', path: at('category'), message };
    }
    if (rate.from !== undefined && rate.until !== undefined && rate.until <= rate.from) {
      yield { code: 'dates_reversed', path: at('until'), message: '`until` is not after `from`.' };
    }
    const key = JSON.stringify([rate.zone, rate.tax, rate.taxClass]);
    const others = earlier.get(key) ?? [];
    const other = others.find((one) => overlap(one.rate, rate));
    if (other) {
      const message = `Its days overlap with those of rates/${other.index}, the same tax of the same class in the same zone.`;
      yield { code: 'overlapping_dates', path: at(rate.from === undefined ? 'tax' : 'from'), message };
    }
    earlier.set(key, [...others, { rate, index }]);
  }
}

const overlap = (a: TaxRate, b: TaxRate): boolean =>
  (a.until === undefined || b.from === undefined || b.from < a.until) &&
  (b.until === undefined || a.from === undefined || a.from < b.until);

/** Two zones as narrow as each other in one place with a tax of the same name: neither takes the other's place. */
function* ambiguous({ zones, rates }: Omit<TaxTable, 'updatedAt'>): Generator<TableFault> {
  const taken = new Map<string, { zone: string; at: number }>();
  for (const [index, rate] of rates.entries()) {
    const zone = zones.find((one) => one.zone === rate.zone);
    for (const place of zone ? placesOf(zone) : []) {
      const key = `${place}\n${rate.tax}`;
      const before = taken.get(key);
      if (before && before.zone !== rate.zone) {
        const message = `${rate.tax} of ${place} is also in zone ${before.zone} (rates/${before.at}).`;
        yield { code: 'ambiguous_tax', path: ['rates', index, 'zone'], message };
        break;
      }
      taken.set(key, { zone: rate.zone, at: index });
    }
  }
}

const placesOf = ({ regions, postalPrefixes }: TaxZone): string[] =>
  regions.flatMap((region) => postalPrefixes?.map((prefix) => `${region} ${prefix}`) ?? [region]);
