import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';
import { StorefrontId } from './storefront.ts';

export const Category = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64');

/** Units that a storefront does not get to see and cannot reserve. What a rule does not name it is about all of. */
export const SafetyStockRule = z
  .strictObject({
    sku: Sku.optional(),
    category: Category.optional(),
    locationId: LocationId.optional(),
    storefrontId: StorefrontId.optional(),
    units: z.int().min(0).max(1_000_000_000),
  })
  .refine(({ sku, category }) => sku === undefined || category === undefined, {
    path: ['category'],
    message: 'A rule is about one SKU or about a category, not both.',
  });
export type SafetyStockRule = z.infer<typeof SafetyStockRule>;

export interface SafetyStockSubject {
  sku: Sku;
  category?: string | undefined;
  locationId: LocationId;
  storefrontId: StorefrontId;
}

/** How much a rule says: the SKU before its category, then the location, then the storefront. Two rules of one weight differ in their subject. */
const weightOf = ({ sku, category, locationId, storefrontId }: SafetyStockRule): number =>
  (sku ? 8 : category ? 4 : 0) + (locationId ? 2 : 0) + (storefrontId ? 1 : 0);

const fits = (rule: SafetyStockRule, subject: SafetyStockSubject): boolean =>
  (rule.sku === undefined || rule.sku === subject.sku) &&
  (rule.category === undefined || rule.category === subject.category) &&
  (rule.locationId === undefined || rule.locationId === subject.locationId) &&
  (rule.storefrontId === undefined || rule.storefrontId === subject.storefrontId);

/** Units to keep back: of the rules that fit, the most specific one decides. 0 if none fits. */
export function safetyStock(rules: readonly SafetyStockRule[], subject: SafetyStockSubject): number {
  let best: SafetyStockRule | undefined;
  for (const rule of rules) {
    if (fits(rule, subject) && (!best || weightOf(rule) > weightOf(best))) best = rule;
  }
  return best?.units ?? 0;
}

/** Names a rule by what it is about: one rule a subject. */
export const safetyStockKey = ({ sku, category, locationId, storefrontId }: SafetyStockRule): string =>
  [sku ? `SKU#${sku}` : category ? `CATEGORY#${category}` : '*', locationId ?? '*', storefrontId ?? '*'].join('#');
