import type { LocationId, Sku } from '../ids.ts';
import { type Component, kitsFrom } from '../kit.ts';
import type { Bucket } from '../stock.ts';
import { type SafetyStockRule, safetyStock } from './safety-stock.ts';
import type { StorefrontId } from './storefront.ts';

/** What is known of a component's stock. */
export interface ComponentStock {
  category?: string | undefined;
  buckets: readonly Pick<Bucket, 'locationId' | 'available'>[];
  safety: readonly SafetyStockRule[];
}

/**
 * Whole kits that each location could sell, as if they were its stock: the scarcest component decides, each less its safety stock. A kit
 * comes from one location, so that pieces at several make none.
 */
export function kitBuckets(
  components: readonly Component[],
  stocks: ReadonlyMap<Sku, ComponentStock>,
  { storefrontId, safety }: { storefrontId: StorefrontId; safety: readonly SafetyStockRule[] },
): { locationId: LocationId; available: number }[] {
  const places = new Set([...stocks.values()].flatMap(({ buckets }) => buckets.map(({ locationId }) => locationId)));
  return [...places].map((locationId) => ({
    locationId,
    available: kitsFrom(components, (sku) => {
      const stock = stocks.get(sku);
      const available = stock?.buckets.find((one) => one.locationId === locationId)?.available ?? 0;
      const rules = [...(stock?.safety ?? []), ...safety];
      return available - safetyStock(rules, { sku, category: stock?.category, locationId, storefrontId });
    }),
  }));
}
