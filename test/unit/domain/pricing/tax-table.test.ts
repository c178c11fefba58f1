import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../../../shared/domain/pricing/tax/check-table.ts';
import { TaxTable } from '../../../../shared/domain/pricing/tax/tax-table.ts';
import { table } from './tax-tables.ts';

const faults = (more: object) => {
  const parsed = TaxTable.parse({ ...table, ...more });
  return faultsOf(parsed).map(({ code, path }) => `${code} ${path.join('/')}`);
};
const zones = [{ zone: 'es', regions: ['ES'] }];
const rates = (...all: object[]) => ({
  zones,
  rates: all.map((one) => ({ zone: 'es', tax: 'IVA', rate: '0.21', ...one })),
});

describe('a table that contradicts itself', () => {
  it('the one of the other tests does not', () => {
    expect(faults({})).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['a rate in no zone', rates({ zone: 'fr' }), ['unknown_zone rates/0/zone']],
    ['a rate of no class', rates({ taxClass: 'wine' }), ['unknown_tax_class rates/0/taxClass']],
    ['a default class that is none', { ...rates({}), defaultClass: 'wine' }, ['unknown_tax_class defaultClass']],
    ['a charge of no class', { ...rates({}), charges: { fee: 'wine' } }, ['unknown_tax_class charges/fee']],
    ['a rate above 100 %', rates({ rate: '1.000001' }), ['rate_too_high rates/0/rate']],
    ['a standard rate of 0', rates({ rate: '0.00' }), ['rate_and_category rates/0/category']],
    ['an exempt rate above 0', rates({ category: 'E' }), ['rate_and_category rates/0/category']],
    [
      'days that end before they begin',
      rates({ from: '2026-02-01', until: '2026-02-01' }),
      ['dates_reversed rates/0/until'],
    ],
    ['the same rate twice', rates({}, {}), ['overlapping_dates rates/1/tax']],
    [
      'days that overlap by one',
      rates({ until: '2026-02-02' }, { from: '2026-02-01' }),
      ['overlapping_dates rates/1/from'],
    ],
    ['a zone twice', { ...rates({}), zones: [...zones, ...zones] }, ['repeated zones/1/zone']],
    ['a class twice', { ...rates({}), classes: ['standard', 'reduced', 'standard'] }, ['repeated classes/2']],
  ])('%s', (_, more, expected) => {
    const { charges: _charges, ...plain } = table;
    expect(faults({ ...plain, charges: undefined, ...more })).toEqual(expected);
  });

  it('days that follow each other, other classes and other taxes do not overlap', () => {
    const fine = rates({ until: '2026-02-01' }, { from: '2026-02-01' }, { taxClass: 'reduced' }, { tax: 'Surcharge' });
    expect(faults({ ...fine, charges: undefined })).toEqual([]);
  });

  it('a tax of one name in two zones of the same width: neither takes the other’s place', () => {
    const two = (second: object) => ({
      charges: undefined,
      zones: [
        { zone: 'a', regions: ['ES', 'PT'] },
        { zone: 'b', regions: ['PT'], ...second },
      ],
      rates: [
        { zone: 'a', tax: 'IVA', rate: '0.21' },
        { zone: 'b', tax: 'IVA', rate: '0.23' },
      ],
    });
    expect(faults(two({}))).toEqual(['ambiguous_tax rates/1/zone']);
    expect(faults(two({ postalPrefixes: ['95'] }))).toEqual([]);
  });
});
