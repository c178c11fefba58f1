import type { LocationId, OrderId, Sku } from './ids.ts';
import type { Order } from './order.ts';
import { unitsIn } from './positions.ts';

/**
 * Orders that wait for a SKU are served strictly in their order: the higher priority first, then who placed first, ties by id. Nobody takes units that
 * somebody earlier waits for and could use, whichever of their workflows happens to run first, and no new order either.
 */
export interface Waiting {
  orderId: OrderId;
  rank: string;
  quantity: number;
  /** Sites that this order may not be served from. */
  excludedSites: readonly LocationId[];
  /** Their storefront: it says from which sites, and what it has to leave there. */
  channel: string;
}

const highestPriority = 9;

/** Sorts as orders are served. */
export const rankOf = ({ priority = 0, placedAt, id }: Pick<Order, 'priority' | 'placedAt' | 'id'>): string =>
  `${highestPriority - priority}#${placedAt}#${id}`;

/** What an order waits for, by SKU. */
export function waitingOf(order: Order): (Omit<Waiting, 'orderId' | 'rank'> & { sku: Sku })[] {
  const bySku = new Map<Sku, Omit<Waiting, 'orderId' | 'rank'> & { sku: Sku }>();
  for (const { sku, positions, excludedSites = [] } of order.lines) {
    const quantity = unitsIn(positions, 'BACKORDERED');
    if (quantity === 0) continue;
    bySku.set(sku, {
      sku,
      quantity: quantity + (bySku.get(sku)?.quantity ?? 0),
      excludedSites,
      channel: order.channel,
    });
  }
  return [...bySku.values()];
}

/**
 * What of a SKU's stock is left when everybody earlier has taken what they wait for. Each takes from the sites in the given order, of those that
 * may serve them.
 * @param mustLeave what orders of a channel have to leave at a site; undefined: they are not served from there
 */
export function leftAfter(
  stock: readonly { locationId: LocationId; available: number }[],
  earlier: readonly Pick<Waiting, 'quantity' | 'excludedSites' | 'channel'>[],
  mustLeave: (channel: string, locationId: LocationId) => number | undefined,
): Map<LocationId, number> {
  const left = new Map(stock.map(({ locationId, available }) => [locationId, available]));
  for (const { quantity, excludedSites, channel } of earlier) {
    let wanted = quantity;
    for (const [locationId, available] of left) {
      if (wanted === 0) break;
      const keep = excludedSites.includes(locationId) ? undefined : mustLeave(channel, locationId);
      if (keep === undefined) continue;
      const taken = Math.min(wanted, Math.max(0, available - keep));
      left.set(locationId, available - taken);
      wanted -= taken;
    }
  }
  return left;
}
