import type { Allocation } from '../commands.ts';
import type { LineId, LocationId, Sku } from '../ids.ts';
import { goodsOf, kitsFrom, type LineUnits } from '../kit.ts';

/** Units of a line of a cart. Those of a kit are held as its components, all at one site, as orders get them. */
export interface CartNeed extends LineUnits {
  lineId: LineId;
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
      .map((site) => ({ site, covers: takeFrom(new Map(site.stock), wanted).reduce((sum, units) => sum + units, 0) }))
      .reduce((a, b) => (b.covers > a.covers ? b : a));
    if (best.covers === 0) break;
    const { locationId, stock } = best.site;
    usable = usable.filter((site) => site !== best.site);
    for (const [index, quantity] of takeFrom(stock, wanted).entries()) {
      if (quantity === 0) continue;
      const need = wanted[index]!;
      allocations.push({ lineId: need.lineId, locationId, quantity });
      need.quantity -= quantity;
    }
  }
  const short = wanted.filter(({ quantity }) => quantity > 0).map(({ lineId, quantity }) => ({ lineId, quantity }));
  return { allocations, short };
}

/** Takes what the needs can have off the stock, one after the other; answers with the units of each. */
function takeFrom(stock: Map<Sku, number>, needs: readonly CartNeed[]): number[] {
  return needs.map((need) => {
    const quantity = servable(need, (sku) => stock.get(sku) ?? 0);
    if (quantity > 0)
      for (const goods of goodsOf({ ...need, quantity })) stock.set(goods.sku, stock.get(goods.sku)! - goods.quantity);
    return quantity;
  });
}

/** Units of a need that a site with this stock could serve. */
function servable({ sku, quantity, components }: CartNeed, stock: (sku: Sku) => number): number {
  if (!components) return Math.min(quantity, stock(sku));
  return kitsFrom(components, stock) >= quantity ? quantity : 0;
}
