import * as z from 'zod';
import { Country } from '../country.ts';
import { Amount, Currency } from '../money.ts';
import { velocityKinds } from './facts.ts';

/**
 * Rules of a shop, as data. Each that fits adds its points; `action` decides by itself, whatever the points come to.
 */
const rule = {
  /** Stands in reasons and events: stable, chosen by the shop. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'lower-case letters, digits or "-", 1 to 48'),
  points: z.int().min(0).max(100).default(0),
  action: z.enum(['review', 'refuse']).optional(),
  /** Orders of these storefronts only. Absent: of all. */
  channels: z.array(z.string().min(1).max(64)).min(1).max(50).optional(),
};

const limits = z
  .array(z.strictObject({ currency: Currency, amount: Amount }))
  .min(1)
  .max(50)
  .check(({ value, issues }) => {
    for (const [index, { currency }] of value.entries()) {
      if (value.findIndex((one) => one.currency === currency) < index) {
        const message = `${currency} stands in the list already.`;
        issues.push({
          code: 'custom',
          input: currency,
          path: [index, 'currency'],
          params: { code: 'repeated' },
          message,
        });
      }
    }
  });

const countries = z.array(Country).min(1).max(249);

export const FraudRule = z.discriminatedUnion('type', [
  /** More than `above` orders of the same customer, card, address … within `window` seconds, this one included. */
  z.strictObject({
    ...rule,
    type: z.literal('velocity'),
    of: z.enum(velocityKinds),
    window: z
      .int()
      .min(60)
      .max(30 * 24 * 3600),
    above: z.int().min(1).max(100),
  }),
  /** Billing and shipping differ: in their country, or at all. */
  z.strictObject({ ...rule, type: z.literal('addressMismatch'), of: z.enum(['country', 'address']) }),
  /** The total is above the limit of its currency. A currency that is not named has none. */
  z.strictObject({ ...rule, type: z.literal('amountAbove'), limits }),
  /** The same, for customers who have no earlier order. */
  z.strictObject({ ...rule, type: z.literal('firstOrderAbove'), limits }),
  z.strictObject({ ...rule, type: z.literal('unitsAbove'), units: z.int().min(1).max(1_000_000_000) }),
  z.strictObject({
    ...rule,
    type: z.literal('highRiskCountry'),
    countries,
    of: z
      .array(z.enum(['shipping', 'billing', 'card', 'ip']))
      .min(1)
      .max(4)
      .default(['shipping', 'billing', 'card', 'ip']),
  }),
  /** The card's or the caller's country is neither where it is sent nor where it is billed. */
  z.strictObject({ ...rule, type: z.literal('foreign'), of: z.enum(['card', 'ip']) }),
  /** The card's issuer says that it does not fit. */
  z.strictObject({ ...rule, type: z.literal('cardCheckFailed'), of: z.enum(['cvc', 'address', 'postalCode']) }),
]);
export type FraudRule = z.infer<typeof FraudRule>;

/** From these scores on. */
export const FraudThresholds = z
  .strictObject({ review: z.int().min(1).max(100).default(50), refuse: z.int().min(1).max(100).optional() })
  .refine(({ review, refuse }) => refuse === undefined || refuse >= review, {
    path: ['refuse'],
    message: 'must not be below review',
    params: { code: 'below_review' },
  });
export type FraudThresholds = z.infer<typeof FraudThresholds>;

export interface FraudRules {
  rules: readonly FraudRule[];
  thresholds: FraudThresholds;
  /** Raised by every change; 0: nobody has set any. */
  version: number;
  updatedAt?: string;
}

export const noRules: FraudRules = { rules: [], thresholds: { review: 50 }, version: 0 };
