import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LocationId } from '../../domain/ids.ts';
import { LocationGroup } from '../../domain/network/location-group.ts';
import { Restrictions } from '../../domain/network/restrictions.ts';
import { RoutingRules } from '../../domain/network/routing-rules.ts';
import { SafetyStockRule } from '../../domain/network/safety-stock.ts';
import { freeEverywhere, ShippingRates } from '../../domain/network/shipping-rates.ts';
import { Storefront } from '../../domain/network/storefront.ts';
import { CartHoldId } from '../../domain/stock/cart-hold.ts';
import type { Bucket } from '../../domain/stock.ts';
import type { Network, NetworkReader } from '../../ports/network.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { readCapacity } from './inventory/capacity-rows.ts';
import { kitOf } from './inventory/kits.ts';
import { readForSale } from './inventory/shard-rows.ts';
import { networkSk, pk, stockSk } from './keys.ts';
import { readLocations } from './locations.ts';
import type { Item } from './order-items.ts';
import { queryRange } from './order-store.ts';

/**
 * The network as who sells reads it. Kept in memory; its version is asked for each time, one small read: what is changed counts from the next
 * request on.
 */
export function dynamoNetworkReader(client: DynamoDBClient, table: string, system: System): NetworkReader {
  let known: Network | undefined;

  const readVersion = async (): Promise<number> => {
    const key = toAttributes({ pk: pk.network, sk: networkSk.version });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item ? Number(fromAttributes(Item).version) : 0;
  };

  const network = async (): Promise<Network> => {
    const version = await readVersion();
    const now = isoNow(system);
    // An outage that ends by itself changes nothing that is stored.
    const isOver = known?.locations.some(({ outage }) => outage?.until !== undefined && outage.until <= now);
    if (known?.version !== version || isOver) known = await readNetwork(client, table, version, now);
    return known;
  };

  return {
    network,

    capacity: (days) => readCapacity(client, table, days),

    async sku(sku) {
      const rows = await queryRange(client, table, pk.sku(sku), stockSk.held, `${stockSk.safety}~`);
      const of = (prefix: string) => rows.filter((one) => String(one.sk).startsWith(prefix));
      const [item] = of(stockSk.item);
      const [kit] = of(stockSk.kit);
      const now = isoNow(system);
      const expired = of(stockSk.held).filter(({ heldUntil }) => String(heldUntil) <= now);
      const buckets = await readForSale(client, table, of(stockSk.location), system);
      return {
        ...(kit && { components: kitOf(kit).components }),
        category: item?.category === undefined ? undefined : String(item.category),
        buckets: buckets.map((one) => withExpired(one, expired)),
        overdue: expired.map(({ locationId, quantity }) => ({
          locationId: LocationId.parse(locationId),
          quantity: Number(quantity),
        })),
        expired: [...new Set(expired.map(({ holdId }) => CartHoldId.parse(holdId)))],
        safety: of(stockSk.safety).map(ruleOf),
      };
    },
  };
}

function withExpired(bucket: Bucket, expired: readonly Item[]): Bucket {
  const here = expired.filter(({ locationId }) => locationId === bucket.locationId);
  const over = here.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  return over === 0 ? bucket : { ...bucket, held: bucket.held - over, available: bucket.available + over };
}

async function readNetwork(client: DynamoDBClient, table: string, version: number, now: string): Promise<Network> {
  const [locations, rows] = await Promise.all([
    readLocations(client, table, now),
    queryRange(client, table, pk.network, networkSk.group(''), `${networkSk.storefront('')}~`),
  ]);
  const of = (prefix: string) =>
    rows.filter((one) => String(one.sk).startsWith(prefix)).map((one) => JSON.parse(String(one.data)) as unknown);
  const groups = of(networkSk.group('')).map((one) => LocationGroup.parse(one));
  const storefronts = of(networkSk.storefront('')).map((one) => Storefront.parse(one));
  const [restrictions] = of(networkSk.restrictions).map((one) => Restrictions.parse(one));
  const [rates] = of(networkSk.rates).map((one) => ShippingRates.parse(one));
  return {
    version,
    locations,
    rates: rates ?? freeEverywhere,
    restrictions: restrictions ?? { restrictions: [] },
    groups: new Map(groups.map((group) => [group.id, group])),
    storefronts: new Map(storefronts.map((storefront) => [storefront.id, storefront])),
    rules: new Map(
      of(networkSk.rules(''))
        .map((one) => RoutingRules.parse(one))
        .map((one) => [one.id, one]),
    ),
    safety: of(networkSk.safety('')).map((one) => SafetyStockRule.parse(one)),
  };
}

const ruleOf = (item: Item): SafetyStockRule => SafetyStockRule.parse(JSON.parse(String(item.data)));
