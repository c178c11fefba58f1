import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { Amount } from '../../../shared/domain/money.ts';
import { PaymentMethod } from '../../../shared/domain/payment-method.ts';
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

const Token = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 printable ASCII characters')
  .meta({
    description:
      "The payment provider's token, or the code of a gift card. Sandbox: tok_ok, tok_declined, tok_timeout_once, tok_flaky.",
  });

export const OnePayment = z.strictObject({ method: z.literal('card'), token: Token });

export const Payments = z
  .array(
    z.strictObject({
      method: PaymentMethod,
      token: Token.optional(),
      amount: Amount.optional().meta({ description: 'One at most has none: it pays the rest.' }),
    }),
  )
  .max(10)
  .check(({ value, issues }) => {
    for (const [index, { method, token }] of value.entries()) {
      if (token !== undefined || (method !== 'card' && method !== 'giftCard')) continue;
      const message = `A ${method} is paid with a token.`;
      issues.push({ code: 'custom', input: method, path: [index, 'token'], params: { code: 'required' }, message });
    }
  });
