import { siteCapability } from './customization.ts';
import type { LocationId, OrderId, Sku } from './ids.ts';
import { goodsOf } from './kit.ts';
import type { Line, Order } from './order.ts';
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
  /** What a site must be able to do for these units. */
  capabilities: readonly string[];
}

/** One row of a queue: `key` tells an order's rows apart. */
export interface WaitingRow extends Omit<Waiting, 'orderId' | 'rank'> {
  sku: Sku;
  key: string;
}

const highestPriority = 9;

/** Sorts as orders are served. */
export const rankOf = ({ priority = 0, placedAt, id }: Pick<Order, 'priority' | 'placedAt' | 'id'>): string =>
  `${highestPriority - priority}#${placedAt}#${id}`;

/** What a rank says of its order. */
export function placeIn(rank: string): { priority: number; placedAt: string } {
  const [behind = '', placedAt = ''] = rank.split('#');
  return { priority: highestPriority - Number(behind), placedAt };
}

/**
 * What an order waits for, by SKU. A kit stands in the queue of each component: what has come keeps its place while another is still missing, or
 * buyers of single pieces would take it again and again. Its rows are its own, and so are those of a customized line: they have other sites.
 */
export function waitingOf(order: Order): WaitingRow[] {
  const rows = new Map<string, WaitingRow>();
  for (const line of order.lines) {
    for (const row of rowsOf(line, order.channel)) {
      rows.set(row.key, { ...row, quantity: row.quantity + (rows.get(row.key)?.quantity ?? 0) });
    }
  }
  return [...rows.values()];
}

function rowsOf({ id, sku, components, customization, positions, excludedSites = [] }: Line, channel: string) {
  const quantity = unitsIn(positions, 'BACKORDERED');
  if (quantity === 0) return [];
  const capabilities = customization ? [siteCapability(customization)] : [];
  const isOwn = components !== undefined || customization !== undefined;
  return goodsOf({ sku, quantity, components }).map((goods) => ({
    ...goods,
    key: isOwn ? `${goods.sku}#${id}` : goods.sku,
    excludedSites,
    channel,
    capabilities,
  }));
}

/**
 * The sites that lines may be served from change: units that these lines wait for and were ahead of others for are now to come from elsewhere, so that those
 * behind them in the queues may have theirs.
 */
export const unitsMoved = (lines: readonly Line[]): { sku: Sku; quantity: number }[] =>
  lines
    .flatMap((line) => goodsOf({ ...line, quantity: unitsIn(line.positions, 'BACKORDERED') }))
    .filter(({ quantity }) => quantity > 0);

/** What moves when a site is left out for these SKUs: lines of theirs that wait, and for which it was not left out before. */
export const movedFrom = ({ lines }: Order, site: LocationId, units: readonly { sku: Sku }[]) =>
  unitsMoved(lines.filter((line) => units.some(({ sku }) => sku === line.sku) && !line.excludedSites?.includes(site)));

/**
 * What of a SKU's stock is left when everybody earlier has taken what they wait for. Each takes from the sites in the given order, of those that
 * may serve them.
 * @param mustLeave what they have to leave at a site; undefined: they are not served from there
 */
export function leftAfter(
  stock: readonly { locationId: LocationId; available: number }[],
  earlier: readonly Omit<Waiting, 'orderId' | 'rank'>[],
  mustLeave: (who: Omit<Waiting, 'orderId' | 'rank'>, locationId: LocationId) => number | undefined,
): Map<LocationId, number> {
  const left = new Map(stock.map(({ locationId, available }) => [locationId, available]));
  for (const who of earlier) {
    let wanted = who.quantity;
    for (const [locationId, available] of left) {
      if (wanted === 0) break;
      const keep = who.excludedSites.includes(locationId) ? undefined : mustLeave(who, locationId);
      if (keep === undefined) continue;
      const taken = Math.min(wanted, Math.max(0, available - keep));
      left.set(locationId, available - taken);
      wanted -= taken;
    }
  }
  return left;
}
