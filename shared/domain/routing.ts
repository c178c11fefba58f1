import type { Allocation } from './commands.ts';
import type { LineId, LocationId, Sku } from './ids.ts';

/** What is asked of the network: units of a line that have no stock yet. */
export interface Need {
  lineId: LineId;
  sku: Sku;
  quantity: number;
}

/** A site that may serve, and what it has to sell. */
export interface Site {
  locationId: LocationId;
  /** Higher first, then by id: the same input gives the same plan. */
  priority: number;
  enabled: boolean;
  available: ReadonlyMap<Sku, number>;
}

export interface Plan {
  allocations: Allocation[];
  /** Units that no site has. */
  short: { lineId: LineId; quantity: number }[];
  candidates: { locationId: LocationId; covers: number; excludedBy?: string }[];
  sites: number;
}

/**
 * Chooses the sites for what an order needs: one site that has everything, else as few sites as a greedy choice finds (the one that covers
 * most units next), so that a line may be split. Units are taken off the site's stock as they are planned: two lines of one SKU never
 * count the same unit twice (medusa #16502), and a split takes the remainder, not the whole, from the next site (vendure #4030).
 * `excluded`: sites that are not asked for a SKU, as they have given its units back before.
 */
export function planRoute(
  needs: readonly Need[],
  sites: readonly Site[],
  excluded: ReadonlyMap<Sku, ReadonlySet<LocationId>> = new Map(),
): Plan {
  const candidates = sites
    .toSorted((a, b) => b.priority - a.priority || (a.locationId < b.locationId ? -1 : 1))
    .map((site) => ({
      site,
      stock: new Map([...site.available].filter(([sku]) => !excluded.get(sku)?.has(site.locationId))),
    }));
  const wanted = needs.map((need) => ({ ...need }));
  const total = needs.reduce((sum, { quantity }) => sum + quantity, 0);

  const covered = candidates.map(({ site, stock }) => ({
    locationId: site.locationId,
    covers: takeable(wanted, stock),
    ...(!site.enabled && { excludedBy: 'DISABLED' }),
    ...(site.enabled &&
      takeable(wanted, stock) === 0 && {
        excludedBy: takeable(wanted, site.available) > 0 ? 'REJECTED_BEFORE' : 'NO_STOCK',
      }),
  }));

  const allocations: Allocation[] = [];
  let left = total;
  let usable = candidates.filter(({ site }) => site.enabled);
  let chosen = 0;
  while (left > 0 && usable.length > 0) {
    const best = usable
      .map((candidate) => ({ candidate, covers: takeable(wanted, candidate.stock) }))
      .reduce((a, b) => (b.covers > a.covers ? b : a));
    if (best.covers === 0) break;
    usable = usable.filter((candidate) => candidate !== best.candidate);
    chosen += 1;
    for (const need of wanted) {
      const quantity = Math.min(need.quantity, best.candidate.stock.get(need.sku) ?? 0);
      if (quantity === 0) continue;
      allocations.push({ lineId: need.lineId, locationId: best.candidate.site.locationId, quantity });
      best.candidate.stock.set(need.sku, (best.candidate.stock.get(need.sku) ?? 0) - quantity);
      need.quantity -= quantity;
      left -= quantity;
    }
  }
  return {
    allocations,
    short: wanted.filter(({ quantity }) => quantity > 0).map(({ lineId, quantity }) => ({ lineId, quantity })),
    candidates: covered,
    sites: chosen,
  };
}

/** Units of the needs that this stock could serve, lines sharing a SKU counted together. */
function takeable(needs: readonly Need[], stock: ReadonlyMap<Sku, number>): number {
  const bySku = new Map<Sku, number>();
  for (const { sku, quantity } of needs) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return [...bySku].reduce((sum, [sku, quantity]) => sum + Math.min(quantity, stock.get(sku) ?? 0), 0);
}
