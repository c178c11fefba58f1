import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';
import { StorefrontId } from './storefront.ts';

export const Category = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, ".", "_" or "-", 1 to 64');

/** What a rule is about: all of what it does not name. */
export const SafetyStockSubject = z.strictObject({
  sku: Sku.optional(),
  category: Category.optional(),
  locationId: LocationId.optional(),
  storefrontId: StorefrontId.optional(),
});
export type SafetyStockSubject = z.infer<typeof SafetyStockSubject>;

/** Units that a storefront does not get to see and cannot reserve. */
export const SafetyStockRule = SafetyStockSubject.extend({ units: z.int().min(0).max(1_000_000_000) }).check(
  ({ value: { sku, category }, issues }) => {
    if (sku === undefined || category === undefined) return;
    const message = 'A rule is about one SKU or about a category, not both.';
    issues.push({ code: 'custom', input: category, path: ['category'], params: { code: 'not_with_sku' }, message });
  },
);
export type SafetyStockRule = z.infer<typeof SafetyStockRule>;

/** The units that are asked about. */
export interface StockOnOffer {
  sku: Sku;
  category?: string | undefined;
  locationId: LocationId;
  storefrontId: StorefrontId;
}

/** How much a rule says: the SKU before its category, then the location, then the storefront. Two rules of one weight differ in their subject. */
const weightOf = ({ sku, category, locationId, storefrontId }: SafetyStockSubject): number =>
  (sku ? 8 : category ? 4 : 0) + (locationId ? 2 : 0) + (storefrontId ? 1 : 0);

const fits = (rule: SafetyStockSubject, subject: StockOnOffer): boolean =>
  (rule.sku === undefined || rule.sku === subject.sku) &&
  (rule.category === undefined || rule.category === subject.category) &&
  (rule.locationId === undefined || rule.locationId === subject.locationId) &&
  (rule.storefrontId === undefined || rule.storefrontId === subject.storefrontId);

/** Units to keep back: of the rules that fit, the most specific one decides. 0 if none fits. */
export function safetyStock(rules: readonly SafetyStockRule[], subject: StockOnOffer): number {
  let best: SafetyStockRule | undefined;
  for (const rule of rules) {
    if (fits(rule, subject) && (!best || weightOf(rule) > weightOf(best))) best = rule;
  }
  return best?.units ?? 0;
}

/** Names a rule by what it is about: one rule a subject. */
export const safetyStockKey = ({ sku, category, locationId, storefrontId }: SafetyStockSubject): string =>
  [sku ? `SKU#${sku}` : category ? `CATEGORY#${category}` : '*', locationId ?? '*', storefrontId ?? '*'].join('#');
