import {
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { LocationId } from '../../domain/ids.ts';
import { cycleThrough, LocationGroup } from '../../domain/network/location-group.ts';
import { defaultRules, RoutingRules, strangersIn } from '../../domain/network/routing-rules.ts';
import { SafetyStockRule, type SafetyStockSubject, safetyStockKey } from '../../domain/network/safety-stock.ts';
import { freeEverywhere, ShippingRates } from '../../domain/network/shipping-rates.ts';
import { Storefront } from '../../domain/network/storefront.ts';
import { CartHoldId } from '../../domain/stock/cart-hold.ts';
import type { Bucket } from '../../domain/stock.ts';
import type {
  DeleteGroupOutcome,
  Network,
  NetworkStore,
  PutGroupOutcome,
  PutRatesOutcome,
  PutRulesOutcome,
  PutStorefrontOutcome,
} from '../../ports/network.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { readCapacity } from './inventory/capacity-rows.ts';
import { kitOf } from './inventory/kits.ts';
import { readForSale } from './inventory/shard-rows.ts';
import { networkSk, pk, stockSk } from './keys.ts';
import { readLocations } from './locations.ts';
import type { Item } from './order-items.ts';
import { queryRange } from './order-store.ts';

/** Others kept changing the network. Nothing was written; try again later. */
export class NetworkContention extends Error {
  override readonly name = 'StoreContention';
}

/** Pauses of 20 ms doubling to 640, with full jitter: two seconds on average in all. */
export const attempts = 12;

/**
 * Storefronts, location groups and safety stock, in the table `inventory`. Readers keep the network in memory and ask for its version each time, one
 * small read: what is changed counts from the next request on.
 */
export function dynamoNetwork(client: DynamoDBClient, table: string, system: System): NetworkStore {
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

  /** Writes what `change` makes of the network as it is, unless somebody was faster: then of the network as it is by then. */
  const write = async <T>(change: (now: Network) => { actions: TransactWriteItem[]; answer: T }): Promise<T> => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) await system.sleep(system.random() * 20 * 2 ** Math.min(attempt, 5));
      const now = await network();
      const { actions, answer } = change(now);
      if (actions.length === 0) return answer;
      if (await commit(client, [...actions, versionUpdate(table, now.version)])) return answer;
    }
    throw new NetworkContention(`every one of ${attempts} attempts met another change`);
  };

  const put = (item: Item): TransactWriteItem => ({ Put: { TableName: table, Item: toAttributes(item) } });
  const remove = (key: Item): TransactWriteItem => ({ Delete: { TableName: table, Key: toAttributes(key) } });
  const row = (sk: string, value: unknown): Item => ({ pk: pk.network, sk, data: JSON.stringify(value) });
  const removal = (isThere: boolean, key: Item) => ({ actions: isThere ? [remove(key)] : [], answer: isThere });

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

    putStorefront: (storefront) =>
      write<PutStorefrontOutcome>(({ groups }) => {
        const groupId = storefront.locationGroupId;
        if (groupId && !groups.has(groupId)) return nothing({ outcome: 'unknown_group', groupId });
        return { actions: [put(row(networkSk.storefront(storefront.id), storefront))], answer: { outcome: 'saved' } };
      }),

    deleteStorefront: (id) =>
      write(({ storefronts, rules }) => {
        const { actions, answer } = removal(storefronts.has(id), { pk: pk.network, sk: networkSk.storefront(id) });
        const own = removal(answer && rules.has(id), { pk: pk.network, sk: networkSk.rules(id) });
        return { actions: [...actions, ...own.actions], answer };
      }),

    putGroup: (id, change) =>
      write<PutGroupOutcome>((now) => {
        const group = change(now.groups.get(id));
        if (!group) return nothing({ outcome: 'not_found' });
        const refusal = refusalOf(group, now);
        if (refusal) return nothing(refusal);
        return { actions: [put(row(networkSk.group(id), group))], answer: { outcome: 'saved', group } };
      }),

    deleteGroup: (id) =>
      write<DeleteGroupOutcome>(({ groups, storefronts, rules }) => {
        if (!groups.has(id)) return nothing({ outcome: 'not_found' });
        const sellers = [...storefronts.values()].filter(({ locationGroupId }) => locationGroupId === id);
        const parents = [...groups.values()].filter((group) => group.groups.includes(id));
        const named = [...rules.values()].filter((one) =>
          one.rules.some(({ locationFilter }) => locationFilter.groups?.includes(id)),
        );
        if (sellers.length + parents.length + named.length > 0) {
          const ids = <T>(all: { id: T }[]) => all.map((one) => one.id);
          const names = { storefronts: ids(sellers), groups: ids(parents), rules: ids(named) };
          return nothing({ outcome: 'in_use', ...names });
        }
        return { actions: [remove({ pk: pk.network, sk: networkSk.group(id) })], answer: { outcome: 'deleted' } };
      }),

    putShippingRates: (rates) =>
      write<PutRatesOutcome>(({ locations }) => {
        const stranger = strangerIn(rates, new Set(locations.map(({ id }) => id)));
        if (stranger) return nothing({ outcome: 'unknown_location', locationId: stranger });
        return { actions: [put(row(networkSk.rates, rates))], answer: { outcome: 'saved' } };
      }),

    putRoutingRules: (id, rules, { onlyCheck = false } = {}) =>
      write<PutRulesOutcome>((now) => {
        if (id !== defaultRules && !now.storefronts.has(id)) return nothing({ outcome: 'unknown_storefront' });
        const locations = new Set<string>(now.locations.map((one) => one.id));
        const strangers = strangersIn(rules, { locations, groups: now.groups });
        if (strangers.length > 0) return nothing({ outcome: 'strangers', strangers });
        const before = now.rules.get(id);
        if (before && JSON.stringify(before.rules) === JSON.stringify(rules)) {
          return nothing({ outcome: 'saved', rules: before });
        }
        const next: RoutingRules = {
          id,
          // The network's own: rules that are deleted and set anew never have a version twice.
          version: now.version + 1,
          rules: [...rules],
          updatedAt: isoNow(system),
        };
        const answer: PutRulesOutcome = { outcome: 'saved', rules: next };
        return { actions: onlyCheck ? [] : [put(row(networkSk.rules(id), next))], answer };
      }),

    deleteRoutingRules: (id) =>
      write(({ rules }) => removal(rules.has(id), { pk: pk.network, sk: networkSk.rules(id) })),

    putSafetyStock: (rule) =>
      write(() => ({ actions: [put({ ...ruleKey(rule), data: JSON.stringify(rule) })], answer: undefined })),

    async deleteSafetyStock(subject) {
      const key = ruleKey(subject);
      const found = await client.send(
        new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
      );
      return write(() => removal(found.Item !== undefined, key));
    },
  };
}

function withExpired(bucket: Bucket, expired: readonly Item[]): Bucket {
  const here = expired.filter(({ locationId }) => locationId === bucket.locationId);
  const over = here.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  return over === 0 ? bucket : { ...bucket, held: bucket.held - over, available: bucket.available + over };
}

const strangerIn = ({ rates }: ShippingRates, known: ReadonlySet<LocationId>): LocationId | undefined =>
  rates.flatMap(({ locationId }) => (locationId !== undefined && !known.has(locationId) ? [locationId] : []))[0];

const nothing = <T>(answer: T) => ({ actions: [], answer });

function refusalOf(group: LocationGroup, { groups, locations }: Network): PutGroupOutcome | undefined {
  const known = new Set(locations.map(({ id }) => id));
  const stranger = group.locations.find(({ locationId }) => !known.has(locationId));
  if (stranger) return { outcome: 'unknown_location', locationId: stranger.locationId };
  const strangers = group.groups.find((id) => id !== group.id && !groups.has(id));
  if (strangers) return { outcome: 'unknown_group', groupId: strangers };
  const path = cycleThrough(group, groups);
  return path && { outcome: 'cycle', path };
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
  const [rates] = of(networkSk.rates).map((one) => ShippingRates.parse(one));
  return {
    version,
    locations,
    rates: rates ?? freeEverywhere,
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

/** A rule about a SKU stands with its stock, where one query finds both; the others stand together. */
const ruleKey = (rule: SafetyStockSubject): Item =>
  rule.sku
    ? { pk: pk.sku(rule.sku), sk: `${stockSk.safety}${safetyStockKey(rule)}` }
    : { pk: pk.network, sk: networkSk.safety(safetyStockKey(rule)) };

const ruleOf = (item: Item): SafetyStockRule => SafetyStockRule.parse(JSON.parse(String(item.data)));

/** Part of every change of what `Network` holds: readers learn from it that they have to read again. `from`: refuse if it was changed since. */
export const versionUpdate = (table: string, from?: number): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: toAttributes({ pk: pk.network, sk: networkSk.version }),
    UpdateExpression: 'ADD version :one',
    ...(from !== undefined && { ConditionExpression: from === 0 ? 'attribute_not_exists(pk)' : 'version = :from' }),
    ExpressionAttributeValues: { ':one': { N: '1' }, ...(from && { ':from': { N: String(from) } }) },
  },
});

/** False when somebody was faster. */
async function commit(client: DynamoDBClient, actions: TransactWriteItem[]): Promise<boolean> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return true;
  } catch (error) {
    const { name, CancellationReasons: reasons } = error as {
      name?: string;
      CancellationReasons?: { Code?: string }[];
    };
    const lost = ['ConditionalCheckFailed', 'TransactionConflict'];
    if (name === 'TransactionCanceledException' && reasons?.some(({ Code }) => lost.includes(Code ?? ''))) return false;
    throw error;
  }
}
