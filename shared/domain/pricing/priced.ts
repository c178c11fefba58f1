import * as z from 'zod';
import { LineId } from '../ids.ts';
import { Amount } from '../money.ts';

/** Do prices contain the taxes (shops of the EU, for consumers) or do taxes come on top (USA, between businesses)? One for a whole order. */
export const TaxMode = z.enum(['inclusive', 'exclusive']);
export type TaxMode = z.infer<typeof TaxMode>;

/** A rate as a decimal fraction: `"0.21"` is 21 %. A string, as 0.1 + 0.2 is not 0.3 in doubles. */
export const Rate = z.string().regex(/^(0|1)(\.\d{1,6})?$/, 'a decimal fraction from 0 to 1 such as "0.21"');

/** What kind of tax it is, as invoices must say: the codes of UNCL5305 that EN 16931 takes. */
export const TaxCategory = z.enum(['S', 'Z', 'E', 'AE', 'K', 'G', 'O']);

/** A tax on a line, a charge or a part of one. `amount` in minor units. */
export const Tax = z.object({
  /** As the customer reads it: `VAT`, `GST`, `California state tax`. */
  title: z.string().min(1).max(64),
  /** ISO 3166: `ES`, `US-CA`, or a finer code of the tax provider's. */
  jurisdiction: z.string().min(1).max(64),
  rate: Rate,
  category: TaxCategory,
  amount: Amount,
});
export type Tax = z.infer<typeof Tax>;

/** Taken off a line or a charge, all units together. Minor units. */
export const Discount = z.object({
  code: z.string().min(1).max(64),
  title: z.string().min(1).max(200).optional(),
  amount: Amount,
});
export type Discount = z.infer<typeof Discount>;

/** What goods are for a tax: `standard`, `reduced`, `food`, …: the merchant's own words, which his tax table or provider knows. */
export const TaxClass = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/, 'lower-case letters, digits, "_", "." or "-", 1 to 64');

export const ChargeId = z
  .string()
  .regex(/^chg_[1-9][0-9]{0,2}$/)
  .brand<'ChargeId'>();
export type ChargeId = z.infer<typeof ChargeId>;

export const chargeId = (n: number): ChargeId => ChargeId.parse(`chg_${n}`);

export const ChargeKind = z.enum(['shipping', 'giftWrap', 'handling', 'insurance', 'fee']);
export type ChargeKind = z.infer<typeof ChargeKind>;

/** What the customer pays besides the goods. `amount` in minor units, before discounts. */
export const Charge = z.object({
  id: ChargeId,
  kind: ChargeKind,
  title: z.string().min(1).max(200).optional(),
  /** The line it is about: its gift wrap. */
  lineId: LineId.optional(),
  amount: Amount,
  discounts: z.array(Discount).optional(),
  taxClass: TaxClass.optional(),
  taxes: z.array(Tax).optional(),
});
export type Charge = z.infer<typeof Charge>;
