import { Currency } from '../../../../shared/domain/money.ts';
import { TaxTable } from '../../../../shared/domain/pricing/tax/tax-table.ts';
import type { TaxableItem, TaxCase } from '../../../../shared/domain/pricing/tax/taxable.ts';

/** A shop of Spain that sells to Europe, Japan, Kuwait, California and Canada. */
export const table: TaxTable = TaxTable.parse({
  zones: [
    { zone: 'spain', regions: ['ES'] },
    { zone: 'canaries', regions: ['ES'], postalPrefixes: ['35', '38'], alone: true },
    { zone: 'germany', regions: ['DE'] },
    { zone: 'japan', regions: ['JP'] },
    { zone: 'kuwait', regions: ['KW'] },
    { zone: 'california', regions: ['US-CA'] },
    { zone: 'los-angeles', regions: ['US-CA'], postalPrefixes: ['900', '901'] },
    { zone: 'canada', regions: ['CA'] },
    { zone: 'british-columbia', regions: ['CA-BC'] },
    { zone: 'old-quebec', regions: ['CA-QC'] },
    { zone: 'ontario', regions: ['CA-ON'] },
  ],
  rates: [
    { zone: 'spain', tax: 'IVA', rate: '0.18', until: '2012-09-01' },
    { zone: 'spain', tax: 'IVA', taxClass: 'standard', rate: '0.21', from: '2012-09-01' },
    { zone: 'spain', tax: 'IVA', taxClass: 'reduced', rate: '0.10', from: '2012-09-01' },
    { zone: 'spain', tax: 'IVA', taxClass: 'exempt', rate: '0', category: 'E', from: '2012-09-01' },
    { zone: 'canaries', tax: 'IGIC', rate: '0.07' },
    { zone: 'germany', tax: 'USt', rate: '0.19' },
    { zone: 'japan', tax: 'Consumption tax', rate: '0.10' },
    { zone: 'japan', tax: 'Consumption tax', taxClass: 'reduced', rate: '0.08' },
    { zone: 'kuwait', tax: 'VAT', rate: '0.05' },
    { zone: 'california', tax: 'California state tax', rate: '0.06' },
    { zone: 'california', tax: 'California state tax', taxClass: 'reduced', rate: '0', category: 'Z' },
    { zone: 'california', tax: 'Local tax', rate: '0.0125' },
    { zone: 'los-angeles', tax: 'Local tax', rate: '0.035', jurisdiction: 'US-CA Los Angeles' },
    { zone: 'canada', tax: 'GST', rate: '0.05' },
    { zone: 'british-columbia', tax: 'PST', rate: '0.07' },
    { zone: 'old-quebec', tax: 'QST', rate: '0.095', compound: true },
    { zone: 'ontario', tax: 'GST', rate: '0.13', jurisdiction: 'CA-ON' },
  ],
  classes: ['standard', 'reduced', 'exempt'],
  defaultClass: 'standard',
  charges: { giftWrap: 'reduced' },
  reverseCharge: { countries: ['DE', 'ES', 'FR', 'GR', 'IT'] },
});

export const goods = (amount: number, more: Partial<TaxableItem> = {}): TaxableItem => ({
  id: 'line_1',
  kind: 'goods',
  quantity: 1,
  amount,
  ...more,
});

export const caseOf = (more: Partial<TaxCase> = {}): TaxCase => ({
  currency: Currency.parse('EUR'),
  taxMode: 'inclusive',
  date: '2026-03-01',
  shipFrom: { country: 'ES' },
  shipTo: { country: 'ES', postalCode: '08001' },
  items: [goods(12100)],
  ...more,
});
