import * as z from 'zod';
import { refuseRepeated, text } from '../../../shared/api/fields.ts';
import { Country } from '../../../shared/domain/country.ts';
import { listKinds } from '../../../shared/domain/fraud/facts.ts';
import { FraudRule, FraudThresholds } from '../../../shared/domain/fraud/rules.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const FraudRulesBody = z
  .strictObject({
    rules: z
      .array(FraudRule)
      .max(100)
      .check(refuseRepeated(({ id }) => id, 'id')),
    thresholds: FraudThresholds.default({ review: 50 }),
  })
  .meta({ id: 'PutFraudRules' });
export type FraudRulesBody = z.output<typeof FraudRulesBody>;

const House = z.strictObject({
  line1: text(200),
  line2: text(200).optional(),
  postalCode: z.string().max(20).default(''),
  country: Country,
});

const single = z.string().min(1).max(254);

/** What a value of each kind must look like. */
const values = {
  customer: z.union([z.string().regex(/^cus_[0-9A-HJKMNP-TV-Z]{26}$/), z.email().max(254)]),
  email: z.email().max(254),
  phone: z.string().regex(/^[+\d][\d\s()./-]{5,31}$/),
  card: z.string().regex(/^[\x21-\x7e]{4,255}$/),
  address: House,
  ip: z.union([z.ipv4(), z.ipv6()]),
  emailDomain: z.string().regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i),
} as const;

export const ListEntryBody = z
  .strictObject({
    kind: z.enum(listKinds),
    value: z.union([single, House]).meta({ description: 'Text; of `address`, its lines, postal code and country.' }),
    effect: z.enum(['refuse', 'review', 'allow']).default('refuse'),
    note: text(300).optional().meta({ description: 'Why. Do not repeat the value: it is kept as a hash only.' }),
  })
  .check(({ value: { kind, value }, issues }) => {
    if (values[kind].safeParse(value).success) return;
    const message = `is no ${kind === 'emailDomain' ? 'e-mail domain' : kind}`;
    issues.push({ code: 'custom', input: value, path: ['value'], message });
  })
  .meta({ id: 'ListForFraud' });
export type ListEntryBody = z.output<typeof ListEntryBody>;
