import * as z from 'zod';
import { Country } from '../country.ts';
import { LocationId, Sku } from '../ids.ts';
import { Category } from './safety-stock.ts';

/** Goods that may not go to a country, or not from a location, or, with neither, nowhere at all. What is absent stands for any. */
export const Restriction = z
  .strictObject({
    sku: Sku.optional(),
    category: Category.optional(),
    country: Country.optional(),
    locationId: LocationId.optional(),
  })
  .check(({ value, issues }) => {
    const refuse = (path: string[], code: string, message: string) =>
      issues.push({ code: 'custom', input: value, path, params: { code }, message });
    if (value.sku !== undefined && value.category !== undefined)
      refuse(['category'], 'not_with_sku', 'A restriction is about one SKU or about a category, not both.');
    if (Object.values(value).every((one) => one === undefined))
      refuse([], 'restricts_everything', 'Say of what, to where or from where: this would stop every order.');
  });
export type Restriction = z.infer<typeof Restriction>;

export const Restrictions = z.object({
  restrictions: z.array(Restriction).max(1000),
  /** Absent: nobody has set any. */
  updatedAt: z.iso.datetime().optional(),
});
export type Restrictions = z.infer<typeof Restrictions>;

/**
 * Those that concern a delivery of these goods to this country, by SKU: a decision is kept with what it was made on.
 * @param goods what is to be sent, components of kits among it, with the category of each
 * @param country undefined: not known, so that only what goes nowhere is restricted
 */
export function restrictionsOn(
  all: readonly Restriction[],
  goods: ReadonlyMap<Sku, { category?: string | undefined }>,
  country: string | undefined,
): Omit<Restriction, 'category'>[] {
  return all
    .filter((one) => one.country === undefined || one.country === country)
    .flatMap(({ category, ...one }) => {
      if (category === undefined) return one.sku === undefined || goods.has(one.sku) ? [one] : [];
      return [...goods].flatMap(([sku, of]) => (of.category === category ? [{ ...one, sku }] : []));
    });
}
