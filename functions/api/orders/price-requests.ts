import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { Amount } from '../../../shared/domain/money.ts';
import { ChargeKind, Rate, TaxCategory, TaxClass } from '../../../shared/domain/pricing/priced.ts';

/** What orders cost, as requests say it. Amounts in minor units of the order's currency. */

const code = text(64);

const Discounts = z
  .array(z.strictObject({ code, title: text(200).optional(), amount: Amount }))
  .min(1)
  .max(20)
  .meta({ description: 'Taken off all units together.' });

const Taxes = z
  .array(
    z.strictObject({
      title: text(64).meta({ description: 'As the customer reads it: `VAT`.' }),
      jurisdiction: text(64).meta({ description: 'ISO 3166 (`ES`, `US-CA`), or a code of your tax provider.' }),
      rate: Rate.meta({ description: 'A decimal fraction: `"0.21"` is 21 %.' }),
      category: TaxCategory.default('S').meta({
        description: 'UNCL5305: `S` standard, `Z` zero, `E` exempt, `AE` reverse charge, …',
      }),
      amount: Amount.meta({ description: 'For all units together.' }),
    }),
  )
  .min(1)
  .max(10)
  .meta({ description: 'In the price or on top of it, as `taxMode` says.' });

export const linePrice = {
  discounts: Discounts.optional(),
  taxClass: TaxClass.optional().meta({ description: 'What the goods are for a tax, where we find the taxes.' }),
  taxes: Taxes.optional(),
};

export const Charges = z
  .array(
    z.strictObject({
      kind: ChargeKind,
      title: text(200).optional(),
      line: z
        .int()
        .min(0)
        .optional()
        .meta({ description: 'Index of the line that it is about (a gift wrap): billed with its units.' }),
      amount: Amount,
      ...linePrice,
    }),
  )
  .max(20);
