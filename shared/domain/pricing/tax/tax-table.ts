import * as z from 'zod';
import { Country } from '../../country.ts';
import { ChargeKind, Rate, TaxCategory, TaxClass } from '../priced.ts';

const ZoneName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, ".", "_" or "-", 1 to 64');

/** ISO 3166-1 alpha-2, or ISO 3166-2: `ES`, `US-CA`. */
export const TaxRegion = z
  .string()
  .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'a country such as "ES" or a subdivision such as "US-CA"')
  .refine((region) => Country.safeParse(region.slice(0, 2)).success, 'is in no country of ISO 3166-1');

/** Where the same taxes hold. An address lies in every zone that fits it: a county's come on top of its state's. */
export const TaxZone = z.strictObject({
  zone: ZoneName,
  regions: z.array(TaxRegion).min(1).max(250),
  /** Absent: the whole region. */
  postalPrefixes: z
    .array(z.string().regex(/^[A-Z0-9]{1,10}$/, 'capital letters and digits, 1 to 10'))
    .min(1)
    .max(500)
    .optional(),
  /** Only its own taxes hold there, none of wider zones: the Canary Islands have IGIC instead of the VAT of Spain. */
  alone: z.boolean().optional(),
});
export type TaxZone = z.infer<typeof TaxZone>;

/** A tax of a zone at a time. Days by the seller's clock. */
export const TaxRate = z.strictObject({
  zone: ZoneName,
  /** As the customer reads it. In a narrower zone, a tax of the same name takes the place of the wider zone's. */
  tax: z.string().min(1).max(64),
  /** As documents name the authority. Absent: the region that fitted. */
  jurisdiction: z.string().min(1).max(64).optional(),
  /** Absent: for all classes that have no rate of their own. */
  taxClass: TaxClass.optional(),
  rate: Rate,
  category: TaxCategory.default('S'),
  /** On the price with the zone's other taxes, not on the price alone. */
  compound: z.boolean().optional(),
  /** The first day. Absent: since ever. */
  from: z.iso.date().optional(),
  /** The first day that it no longer holds. Absent: until further notice. */
  until: z.iso.date().optional(),
});
export type TaxRate = z.infer<typeof TaxRate>;

/** Sales to businesses across the borders of these countries: the buyer owes the tax (EU: directive 2006/112/EC, articles 138 and 196). */
export const ReverseCharge = z.strictObject({
  countries: z.array(Country).min(2).max(250),
  tax: z.string().min(1).max(64).default('VAT'),
  /** As invoices say it: `K` for goods within the EU, `AE` for services. */
  category: z.enum(['AE', 'K']).default('AE'),
});

export const TaxTable = z.object({
  zones: z.array(TaxZone).max(500),
  rates: z.array(TaxRate).max(2000),
  /** What goods and charges may be: a class that is not here is a typing error. */
  classes: z.array(TaxClass).min(1).max(50),
  /** Of goods that say none. */
  defaultClass: TaxClass,
  /** Of charges that say none. Absent: the default class. */
  charges: z.partialRecord(ChargeKind, TaxClass).optional(),
  reverseCharge: ReverseCharge.optional(),
  /** Absent: nobody has set any. */
  updatedAt: z.iso.datetime().optional(),
});
export type TaxTable = z.infer<typeof TaxTable>;

/** Of a shop that has set none: nothing can be taxed, and nothing is taken for untaxed. */
export const noTaxTable: TaxTable = { zones: [], rates: [], classes: ['standard'], defaultClass: 'standard' };

/** Does it hold on that day? ISO dates compare as they stand. */
export const holdsOn = ({ from, until }: Pick<TaxRate, 'from' | 'until'>, date: string): boolean =>
  (from === undefined || from <= date) && (until === undefined || date < until);
