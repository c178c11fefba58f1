import { leftAfter, rankOf } from '../domain/backorders.ts';
import type { LocationId, Sku } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { type Need, type Plan, planRoute, type Site } from '../domain/routing.ts';
import type { Bucket } from '../domain/stock.ts';
import type { BackorderQueue } from '../ports/backorder-queue.ts';
import type { Inventory } from '../ports/inventory.ts';

export interface PlanDeps {
  inventory: Pick<Inventory, 'buckets' | 'locations'>;
  backorders: BackorderQueue;
}

const skusAtOnce = 8;

/** Plans sites for what an order needs, on fresh buckets, without what earlier orders wait for and without the sites that have failed it. */
export async function planSites(
  deps: PlanDeps,
  order: Order,
  needs: readonly Need[],
): Promise<Plan & { passedOver: ReadonlySet<Sku> }> {
  const locations = await deps.inventory.locations();
  const serving = new Set(locations.filter(({ enabled }) => enabled).map(({ id }) => id));
  const stock = new Map<LocationId, Map<Sku, number>>(locations.map(({ id }) => [id, new Map()]));
  const excluded = excludedSites(order);
  const passedOver = new Set<Sku>();
  const skus = [...new Set(needs.map(({ sku }) => sku))];
  for (let start = 0; start < skus.length; start += skusAtOnce) {
    const chunk = skus.slice(start, start + skusAtOnce);
    for (const { sku, buckets, left } of await Promise.all(chunk.map((sku) => stockFor(deps, order, sku, serving)))) {
      for (const { locationId } of buckets) stock.get(locationId)?.set(sku, left.get(locationId) ?? 0);
      const asked = excluded.get(sku);
      if (buckets.some(({ locationId }) => asked?.has(locationId) && (left.get(locationId) ?? 0) > 0)) {
        passedOver.add(sku);
      }
    }
  }
  const sites: Site[] = locations.map(({ id, priority, enabled }) => ({
    locationId: id,
    priority,
    enabled,
    available: stock.get(id) ?? new Map(),
  }));
  return { ...planRoute(needs, sites, excluded), passedOver };
}

/** The stock first, the queue second: see the port. Locations that are out of service have nothing for anybody. */
async function stockFor(
  { inventory, backorders }: PlanDeps,
  order: Order,
  sku: Sku,
  serving: ReadonlySet<LocationId>,
): Promise<{ sku: Sku; buckets: Bucket[]; left: Map<LocationId, number> }> {
  const buckets = (await inventory.buckets(sku)).filter(({ locationId }) => serving.has(locationId));
  const total = buckets.reduce((sum, { available }) => sum + available, 0);
  const earlier = total > 0 ? await backorders.ahead(sku, rankOf(order), total) : [];
  return { sku, buckets, left: leftAfter(buckets, earlier) };
}

/** REJECTED_BEFORE: by SKU, the sites that have given units of this order back. */
function excludedSites(order: Order): Map<Sku, Set<LocationId>> {
  const excluded = new Map<Sku, Set<LocationId>>();
  for (const { sku, excludedSites: sites = [] } of order.lines) {
    if (sites.length > 0) excluded.set(sku, new Set([...(excluded.get(sku) ?? []), ...sites]));
  }
  return excluded;
}
