import type { Allocation } from '../commands.ts';
import type { LineId, LocationId, Sku } from '../ids.ts';

/** Units of a line of a cart. */
export interface CartNeed {
  lineId: LineId;
  sku: Sku;
  quantity: number;
}

/** A site that may serve, and what it has to sell. */
export interface CartSite {
  locationId: LocationId;
  /** Higher first, then by id: the same input gives the same plan. */
  priority: number;
  enabled: boolean;
  available: ReadonlyMap<Sku, number>;
}

export interface CartPlan {
  allocations: Allocation[];
  /** Units that no site has. */
  short: { lineId: LineId; quantity: number }[];
}

/**
 * Where the units of a cart are held: one site that has everything, else as few sites as a greedy choice finds (the one that covers most units next), so
 * that a line may be split. Where the cart will be sent is not known yet, nor how: orders are routed by domain/routing. Units are taken off the site's
 * stock as they are planned: two lines of one SKU never count the same unit twice (medusa #16502), and a split takes the remainder, not the
 * whole, from the next site (vendure #4030).
 */
export function planCart(needs: readonly CartNeed[], sites: readonly CartSite[]): CartPlan {
  let usable = sites
    .filter(({ enabled }) => enabled)
    .toSorted((a, b) => b.priority - a.priority || (a.locationId < b.locationId ? -1 : 1))
    .map(({ locationId, available }) => ({ locationId, stock: new Map(available) }));
  const wanted = needs.map((need) => ({ ...need }));
  const allocations: Allocation[] = [];
  while (usable.length > 0) {
    const best = usable
      .map((site) => ({ site, covers: takeable(wanted, site.stock) }))
      .reduce((a, b) => (b.covers > a.covers ? b : a));
    if (best.covers === 0) break;
    const { locationId, stock } = best.site;
    usable = usable.filter((site) => site !== best.site);
    for (const need of wanted) {
      const quantity = Math.min(need.quantity, stock.get(need.sku) ?? 0);
      if (quantity === 0) continue;
      allocations.push({ lineId: need.lineId, locationId, quantity });
      stock.set(need.sku, (stock.get(need.sku) ?? 0) - quantity);
      need.quantity -= quantity;
    }
  }
  const short = wanted.filter(({ quantity }) => quantity > 0).map(({ lineId, quantity }) => ({ lineId, quantity }));
  return { allocations, short };
}

/** Units of the needs that this stock could serve, lines sharing a SKU counted together. */
function takeable(needs: readonly CartNeed[], stock: ReadonlyMap<Sku, number>): number {
  const bySku = new Map<Sku, number>();
  for (const { sku, quantity } of needs) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return [...bySku].reduce((sum, [sku, quantity]) => sum + Math.min(quantity, stock.get(sku) ?? 0), 0);
}
