import { documented } from '../../../shared/api/documentation.ts';
import { TaxQuoteResource, TaxRatesResource } from '../../../shared/api/tax-resources.ts';
import { taxContracts } from './contract.ts';

export const taxDocumentation = documented('Taxes', taxContracts, {
  getTaxRates: {
    summary: 'Read the tax rates',
    description:
      'The shop’s own table. Without `updatedAt`, nobody has set any: then orders whose taxes we are to find wait.',
    responses: { 200: { description: 'Zones, rates and classes.', schema: TaxRatesResource } },
  },
  putTaxRates: {
    summary: 'Replace the tax rates',
    description:
      'They count from the next order on; orders that are taxed stay as they are. A table that contradicts itself is refused as a whole, with a ' +
      'pointer to each fault: `unknown_zone`, `unknown_tax_class`, `rate_too_high`, `rate_and_category`, `dates_reversed`, `overlapping_dates`, ' +
      '`ambiguous_tax`, `repeated`, `too_large`.',
    bodyExample: {
      zones: [
        { zone: 'spain', regions: ['ES'] },
        { zone: 'canaries', regions: ['ES'], postalPrefixes: ['35', '38'], alone: true },
        { zone: 'california', regions: ['US-CA'] },
        { zone: 'los-angeles', regions: ['US-CA'], postalPrefixes: ['900', '901'] },
      ],
      rates: [
        { zone: 'spain', tax: 'IVA', taxClass: 'standard', rate: '0.21' },
        { zone: 'spain', tax: 'IVA', taxClass: 'food', rate: '0.10' },
        { zone: 'canaries', tax: 'IGIC', rate: '0.07' },
        { zone: 'california', tax: 'State tax', taxClass: 'standard', rate: '0.06' },
        { zone: 'california', tax: 'State tax', taxClass: 'food', rate: '0', category: 'Z' },
        { zone: 'los-angeles', tax: 'County tax', rate: '0.0125', from: '2026-01-01' },
      ],
      classes: ['standard', 'food'],
      defaultClass: 'standard',
      reverseCharge: { countries: ['DE', 'ES', 'FR', 'IT', 'PT'], category: 'K' },
    },
    responses: { 200: { description: 'Zones, rates and classes.', schema: TaxRatesResource } },
  },
  quoteTaxes: {
    summary: 'What a cart is taxed with',
    description:
      'Asks whom orders ask: the table above, or the provider that this installation was made for. A place, a class or a day that nobody has a rate ' +
      'for is answered with `no_tax_rate`; such an order would be held, never untaxed.',
    bodyExample: {
      storefront: 'web',
      currency: 'EUR',
      destination: { country: 'ES', postalCode: '28013' },
      items: [
        { sku: 'mug-batuta', quantity: 2, amount: 2400 },
        { kind: 'shipping', amount: 490 },
      ],
    },
    responses: { 200: { description: 'The taxes of each item and of all.', schema: TaxQuoteResource } },
  },
});
