import { rankOf } from '../../domain/backorders.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Order } from '../../domain/order.ts';
import { queueFor } from '../../domain/queue-for-supply.ts';
import { outstanding } from '../../domain/stock/supply.ts';
import type { BackorderQueue } from '../../ports/backorder-queue.ts';
import type { StockQueries } from '../../ports/stock-store.ts';

export interface ExpectedDeps {
  backorders: BackorderQueue;
  stockQueries: Pick<StockQueries, 'expectedSupplies'>;
}

/**
 * When supply is expected that brings what an order would lack of a SKU, after everybody whom it would stand behind, ISO 8601 UTC. Undefined: what is expected
 * at these sites is not enough. Nobody is asked about the queue where nothing is expected.
 */
export async function expectedAt(
  { backorders, stockQueries }: ExpectedDeps,
  order: Order,
  { sku, missing }: { sku: Sku; missing: number },
  sites: ReadonlySet<LocationId>,
): Promise<string | undefined> {
  const supplies = (await stockQueries.expectedSupplies(sku)).filter(({ locationId }) => sites.has(locationId));
  const coming = supplies.reduce((sum, one) => sum + outstanding(one), 0);
  if (coming < missing) return undefined;
  const rank = rankOf(order);
  const ahead = await backorders.ahead(
    sku,
    rank,
    (found) => found.reduce((sum, { quantity }) => sum + quantity, missing) > coming,
  );
  const mine = {
    orderId: order.id,
    rank,
    quantity: missing,
    excludedSites: [],
    channel: order.channel,
    capabilities: [],
  };
  return queueFor([...ahead, mine], supplies).at(-1)?.expectedAt;
}
