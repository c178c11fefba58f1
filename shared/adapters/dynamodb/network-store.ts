import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { cycleThrough, type LocationGroup } from '../../domain/network/location-group.ts';
import { defaultRules, type RoutingRules, strangersIn } from '../../domain/network/routing-rules.ts';
import { type SafetyStockSubject, safetyStockKey } from '../../domain/network/safety-stock.ts';
import type {
  DeleteGroupOutcome,
  Network,
  NetworkStore,
  PutGroupOutcome,
  PutRulesOutcome,
  PutSafetyOutcome,
  PutStorefrontOutcome,
  PutTableOutcome,
  SkuCategory,
} from '../../ports/network.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { toAttributes } from './client.ts';
import { getRow, getRows } from './inventory/rows.ts';
import { networkSk, pk, stockSk } from './keys.ts';
import { readEntity } from './legal-entities.ts';
import { networkWrites } from './network-writes.ts';
import type { Item } from './order-items.ts';

/** Storefronts, location groups and safety stock, in the table `inventory`. */
export function dynamoNetwork(client: DynamoDBClient, table: string, system: System): NetworkStore {
  const { reader, write } = networkWrites(client, table, system);

  const put = (item: Item): TransactWriteItem => ({ Put: { TableName: table, Item: toAttributes(item) } });
  const remove = (key: Item): TransactWriteItem => ({ Delete: { TableName: table, Key: toAttributes(key) } });
  const row = (sk: string, value: unknown): Item => ({ pk: pk.network, sk, data: JSON.stringify(value) });
  const removal = (isThere: boolean, key: Item) => ({ actions: isThere ? [remove(key)] : [], answer: isThere });

  return {
    ...reader,

    putStorefront: (storefront) =>
      write<PutStorefrontOutcome>(async ({ groups }) => {
        const { locationGroupId: groupId, legalEntityId } = storefront;
        if (groupId && !groups.has(groupId)) return nothing({ outcome: 'unknown_group', groupId });
        // Read after the network: who takes it away from now on raises the network's version, and this is done over.
        if (legalEntityId && !(await readEntity(client, table, legalEntityId))) {
          return nothing({ outcome: 'unknown_legal_entity', legalEntityId });
        }
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
      write<PutTableOutcome>(({ locations }) => {
        const stranger = strangerIn(rates.rates, new Set(locations.map(({ id }) => id)));
        if (stranger) return nothing({ outcome: 'unknown_location', locationId: stranger });
        return { actions: [put(row(networkSk.rates, rates))], answer: { outcome: 'saved' } };
      }),

    putRestrictions: (restrictions) =>
      write<PutTableOutcome>(({ locations }) => {
        const stranger = strangerIn(restrictions.restrictions, new Set(locations.map(({ id }) => id)));
        if (stranger) return nothing({ outcome: 'unknown_location', locationId: stranger });
        return { actions: [put(row(networkSk.restrictions, restrictions))], answer: { outcome: 'saved' } };
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
      write<PutSafetyOutcome>(({ locations, storefronts }) => {
        const { locationId, storefrontId } = rule;
        if (locationId && !locations.some(({ id }) => id === locationId)) {
          return nothing({ outcome: 'unknown_location', locationId });
        }
        // Without any storefront, every channel sells: any name may be one.
        if (storefrontId && storefronts.size > 0 && !storefronts.has(storefrontId)) {
          return nothing({ outcome: 'unknown_storefront', storefrontId });
        }
        return { actions: [put({ ...ruleKey(rule), data: JSON.stringify(rule) })], answer: { outcome: 'saved' } };
      }),

    async deleteSafetyStock(subject) {
      const key = ruleKey(subject);
      const found = await getRow(client, table, key);
      return write(() => removal(found !== undefined, key));
    },

    putCategories: (categories) =>
      write(async () => {
        const rows = await getRows(
          client,
          table,
          categories.map(({ sku }) => itemKey(sku)),
          system,
        );
        const before = new Map(rows.map((one) => [one.pk, one.category]));
        const unknown = [...categories.entries()].flatMap(([n, { sku }]) => (before.has(pk.sku(sku)) ? [] : [n]));
        if (unknown.length > 0) return nothing(unknown);
        // Set again, they change nothing: nobody has to read the network anew.
        const changed = categories.filter(({ sku, category }) => before.get(pk.sku(sku)) !== category);
        return { actions: changed.map((one) => ({ Update: categoryUpdate(table, one) })), answer: [] };
      }),
  };
}

const itemKey = (sku: Sku): Item => ({ pk: pk.sku(sku), sk: stockSk.item });

const categoryUpdate = (TableName: string, { sku, category }: SkuCategory) => ({
  TableName,
  Key: toAttributes(itemKey(sku)),
  ConditionExpression: 'attribute_exists(pk)',
  ...(category === undefined
    ? { UpdateExpression: 'REMOVE category' }
    : {
        UpdateExpression: 'SET category = :category',
        ExpressionAttributeValues: toAttributes({ ':category': category }),
      }),
});

/** The first location that a table names and that is not there. */
const strangerIn = (
  rows: readonly { locationId?: LocationId | undefined }[],
  known: ReadonlySet<LocationId>,
): LocationId | undefined =>
  rows.flatMap(({ locationId }) => (locationId !== undefined && !known.has(locationId) ? [locationId] : []))[0];

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

/** A rule about a SKU stands with its stock, where one query finds both; the others stand together. */
const ruleKey = (rule: SafetyStockSubject): Item =>
  rule.sku
    ? { pk: pk.sku(rule.sku), sk: `${stockSk.safety}${safetyStockKey(rule)}` }
    : { pk: pk.network, sk: networkSk.safety(safetyStockKey(rule)) };
