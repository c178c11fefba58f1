import type { LocationId, Sku } from '../../domain/ids.ts';
import { locationsOf } from '../../domain/network/location-group.ts';
import { safetyStock } from '../../domain/network/safety-stock.ts';
import type { StorefrontId } from '../../domain/network/storefront.ts';
import type { Network, SkuStock } from '../../ports/network.ts';

/** What a channel may sell from: an order's `channel` is the id of its storefront. A channel without a storefront sells from everywhere. */
export interface Segment {
  /** Is the location an active member of the storefront's group, or is there no group? */
  has(locationId: LocationId): boolean;
  /** Units that the storefront has to leave there. */
  keep(sku: Sku, locationId: LocationId, stock: Pick<SkuStock, 'category' | 'safety'> | undefined): number;
}

export function segmentOf(network: Network, channel: string): Segment {
  // Another text than an id of a storefront names none: nothing is found by it.
  const storefrontId = channel as StorefrontId;
  const groupId = network.storefronts.get(storefrontId)?.locationGroupId;
  const members = groupId && locationsOf(groupId, network.groups);
  return {
    has: (locationId) => members?.has(locationId) ?? true,
    keep: (sku, locationId, stock) => {
      const rules = [...(stock?.safety ?? []), ...network.safety];
      return safetyStock(rules, { sku, category: stock?.category, locationId, storefrontId });
    },
  };
}
