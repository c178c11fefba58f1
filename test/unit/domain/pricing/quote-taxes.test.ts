import { describe, expect, it } from 'vitest';
import { quoteTaxes } from '../../../../shared/domain/pricing/tax/quote-taxes.ts';
import { noTaxTable } from '../../../../shared/domain/pricing/tax/tax-table.ts';
import type { TaxCase } from '../../../../shared/domain/pricing/tax/taxable.ts';
import { caseOf, goods, table } from './tax-tables.ts';

/** `IVA 0.21 2100` for each tax of the first item, or why there is none. */
const taxes = (of: Partial<TaxCase>): string[] => {
  const quote = quoteTaxes(table, caseOf(of));
  if (quote.outcome !== 'quoted') return [quote.reason];
  return (quote.items[0]?.taxes ?? []).map(({ title, rate, amount }) => `${title} ${rate} ${amount}`);
};
const us = (postalCode: string) =>
  ({ shipTo: { country: 'US', region: 'CA', postalCode }, taxMode: 'exclusive' }) as const;

describe('the rate of a place, a class and a day', () => {
  it('the class decides; what has none is of the default class', () => {
    expect(taxes({})).toEqual(['IVA 0.21 2100']);
    expect(taxes({ items: [goods(11000, { taxClass: 'reduced' })] })).toEqual(['IVA 0.10 1000']);
  });

  it('a charge of a kind that has a class of its own is taxed by it', () => {
    expect(taxes({ items: [goods(1100, { id: 'chg_1', kind: 'giftWrap' })] })).toEqual(['IVA 0.10 100']);
    expect(taxes({ items: [goods(1210, { id: 'chg_1', kind: 'shipping' })] })).toEqual(['IVA 0.21 210']);
  });

  it('the day decides: until the first of September 2012 the rate was 18 %', () => {
    expect(taxes({ date: '2012-08-31', items: [goods(11800)] })).toEqual(['IVA 0.18 1800']);
    expect(taxes({ date: '2012-09-01' })).toEqual(['IVA 0.21 2100']);
  });

  it('an exempt class is taxed with 0 and says so', () => {
    const quote = quoteTaxes(table, caseOf({ items: [goods(500, { taxClass: 'exempt' })] }));
    expect(quote).toEqual({
      outcome: 'quoted',
      items: [{ id: 'line_1', taxes: [{ title: 'IVA', jurisdiction: 'ES', rate: '0', category: 'E', amount: 0 }] }],
    });
  });

  it('a zone that stands alone: the Canary Islands have IGIC and no VAT', () => {
    expect(taxes({ shipTo: { country: 'ES', postalCode: '35001' }, items: [goods(10700)] })).toEqual(['IGIC 0.07 700']);
  });

  it('a narrower zone takes the place of a tax of the same name and leaves the others', () => {
    expect(taxes({ ...us('94107'), items: [goods(10000)] })).toEqual([
      'California state tax 0.06 600',
      'Local tax 0.0125 125',
    ]);
    expect(taxes({ ...us('90012'), items: [goods(10000)] })).toEqual([
      'California state tax 0.06 600',
      'Local tax 0.035 350',
    ]);
    const quote = quoteTaxes(table, caseOf(us('90012')));
    expect(quote).toMatchObject({
      items: [{ taxes: [{ jurisdiction: 'US-CA' }, { jurisdiction: 'US-CA Los Angeles' }] }],
    });
  });

  it('taxes of a country and its province add up, unless one is on top of the other', () => {
    const canada = (region: string) =>
      ({ shipTo: { country: 'CA', region }, taxMode: 'exclusive', items: [goods(10000)] }) as const;
    expect(taxes(canada('BC'))).toEqual(['GST 0.05 500', 'PST 0.07 700']);
    expect(taxes(canada('CA-ON'))).toEqual(['GST 0.13 1300']);
    // 9.5 % of 105.00 is 9.975, of which the cent goes by largest remainder.
    expect(taxes(canada('qc'))).toEqual(['GST 0.05 500', 'QST 0.095 998']);
    expect(taxes(canada('AB'))).toEqual(['GST 0.05 500']);
  });
});

describe('what the table says nothing about is refused, never untaxed', () => {
  it.each<[string, Partial<TaxCase>, string]>([
    ['a country that no zone has', { shipTo: { country: 'FR' } }, 'no_zone'],
    ['a state that no zone has', { shipTo: { country: 'US', region: 'OR' } }, 'no_zone'],
    ['a class that no table has', { items: [goods(1, { taxClass: 'wine' })] }, 'unknown_class'],
    [
      'a class that has no rate there on that day',
      { date: '2012-08-31', shipTo: { country: 'US', region: 'CA' } },
      'postal_code_missing',
    ],
    [
      'an address without its state where taxes differ by state',
      { shipTo: { country: 'US', postalCode: '90012' } },
      'region_missing',
    ],
    [
      'an address with the name of a state instead of its code',
      { shipTo: { country: 'US', region: 'California' } },
      'region_missing',
    ],
    ['an address without a postal code where taxes differ by it', { shipTo: { country: 'ES' } }, 'postal_code_missing'],
  ])('%s', (_, of, reason) => {
    expect(taxes(of)).toEqual([reason]);
  });

  it('a tax that holds that day for other classes only', () => {
    const without = { ...table, rates: table.rates.filter(({ taxClass }) => taxClass !== 'reduced') };
    const quote = quoteTaxes(without, caseOf({ items: [goods(1, { taxClass: 'reduced' })] }));
    expect(quote).toMatchObject({ outcome: 'no_tax_rate', reason: 'no_rate', detail: expect.stringContaining('IVA') });
  });

  it('a shop that has no table', () => {
    expect(quoteTaxes(noTaxTable, caseOf())).toMatchObject({ outcome: 'no_tax_rate', reason: 'no_zone' });
  });
});

describe('sales to businesses in other countries of the union', () => {
  const to = (country: string, buyerTaxId?: string) => ({ shipTo: { country, postalCode: '10115' }, buyerTaxId });

  it('the buyer owes the tax', () => {
    const quote = quoteTaxes(table, caseOf(to('DE', 'DE 129.273.398')));
    const nothing = { title: 'VAT', jurisdiction: 'DE', rate: '0', category: 'AE', amount: 0 };
    expect(quote).toEqual({ outcome: 'quoted', items: [{ id: 'line_1', taxes: [nothing] }] });
  });

  it('also where the table has no rate of its own, and with the letters that Greece uses', () => {
    expect(taxes(to('FR', 'FR83404833048'))).toEqual(['VAT 0 0']);
    expect(taxes(to('GR', 'EL094259216'))).toEqual(['VAT 0 0']);
  });

  it.each<[string, Partial<TaxCase>, string]>([
    ['not at home', to('ES', 'ESB12345678'), 'IVA 0.21 2100'],
    ['not with a number of the seller’s country', to('DE', 'ESB12345678'), 'USt 0.19 1932'],
    ['not with a number of no country of the union', to('DE', 'US123456789'), 'USt 0.19 1932'],
    ['not with something that is no number', to('DE', 'yes'), 'USt 0.19 1932'],
    ['not with a number that lacks a digit', to('DE', 'DE12927339'), 'USt 0.19 1932'],
    ['not without a number', to('DE'), 'USt 0.19 1932'],
    [
      'not when nobody knows where it is sent from',
      { ...to('DE', 'DE129273398'), shipFrom: undefined },
      'USt 0.19 1932',
    ],
  ])('%s', (_, of, tax) => {
    expect(taxes(of)).toEqual([tax]);
  });
});
