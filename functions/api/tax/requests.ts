import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { Country } from '../../../shared/domain/country.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { Amount, Currency } from '../../../shared/domain/money.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { Quantity } from '../../../shared/domain/order.ts';
import { ChargeKind, TaxClass, TaxMode } from '../../../shared/domain/pricing/priced.ts';
import { faultsOf } from '../../../shared/domain/pricing/tax/check-table.ts';
import { TaxTable } from '../../../shared/domain/pricing/tax/tax-table.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

const { zones, rates, classes, defaultClass, charges, reverseCharge } = TaxTable.shape;

/** Bytes. The table is one item of DynamoDB, which has 400 KB with its keys. */
const largestTable = 380_000;

export const TaxRatesBody = z
  .strictObject({
    zones: zones.meta({
      description:
        'Where the same taxes hold. An address lies in every zone that fits it: taxes of several zones add up.',
    }),
    rates: rates.meta({
      description:
        'Decimal fractions (`"0.21"`) by zone, tax, class and days. In a narrower zone (a subdivision, a longer postal prefix), a tax of the same ' +
        'name takes the place of the wider zone’s.',
    }),
    classes: classes.meta({
      description: 'What goods may be for a tax: your own words, which lines name as `taxClass`.',
    }),
    defaultClass: defaultClass.meta({ description: 'Of goods and charges that say none.' }),
    charges: charges.meta({ description: 'The class of charges of a kind that say none.' }),
    reverseCharge: reverseCharge.meta({
      description: 'Between these countries, a buyer with a VAT number of another one of them owes the tax itself.',
    }),
  })
  .check(({ value, issues }) => {
    // What looks at the whole table computes with its rates: they must be some.
    if (issues.length > 0) return;
    for (const { code, path, message } of faultsOf(value)) {
      issues.push({ code: 'custom', input: value, path, params: { code }, message });
    }
    if (Buffer.byteLength(JSON.stringify(value)) > largestTable) {
      const message = `The table has at most ${largestTable} bytes of JSON: give zones prefixes in fewer, shorter ones.`;
      issues.push({ code: 'custom', input: value, path: ['zones'], params: { code: 'too_large' }, message });
    }
  })
  .meta({ id: 'PutTaxRates' });

const Item = z.strictObject({
  id: text(64).optional().meta({ description: 'Yours: the answer names it. Absent: the number of the item, from 1.' }),
  kind: z.enum(['goods', ...ChargeKind.options]).default('goods'),
  sku: Sku.optional(),
  quantity: Quantity.default(1),
  amount: Amount.meta({ description: 'Minor units: all units together, after discounts.' }),
  taxClass: TaxClass.optional(),
});

export const TaxQuoteBody = z
  .strictObject({
    storefront: StorefrontId,
    currency: Currency,
    taxMode: TaxMode.default('inclusive').meta({ description: 'Do the amounts contain the taxes?' }),
    date: z.iso.date().optional().meta({ description: 'Whose rates count. Absent: today, by the seller’s clock.' }),
    destination: z.strictObject({
      country: Country.meta({ description: 'ISO 3166-1 alpha-2.' }),
      region: text(100).optional().meta({ description: 'ISO 3166-2, with or without the country.' }),
      postalCode: text(20).optional(),
      city: text(100).optional(),
      line1: text(200).optional(),
    }),
    buyerTaxId: text(40).optional(),
    items: z.array(Item).min(1).max(200),
  })
  .meta({ id: 'QuoteTaxes' });
export type TaxQuoteBody = z.output<typeof TaxQuoteBody>;
