import { siteCapability } from '../../domain/customization.ts';
import type { Coordinates } from '../../domain/distance.ts';
import type { LineId, LocationId, Sku } from '../../domain/ids.ts';
import type { Component } from '../../domain/kit.ts';
import { type LocationGroupId, locationsOf } from '../../domain/network/location-group.ts';
import { restrictionsOn } from '../../domain/network/restrictions.ts';
import { ruleFor, rulesOf } from '../../domain/network/routing-rules.ts';
import { ratesFor } from '../../domain/network/shipping-rates.ts';
import type { StorefrontId } from '../../domain/network/storefront.ts';
import type { Order } from '../../domain/order.ts';
import type { Policy as OrderPolicy } from '../../domain/policy.ts';
import type { Need, RoutingInput, Rule, Site } from '../../domain/routing/input.ts';
import { type PolicyName, policyWeights, type Rates } from '../../domain/routing/policies.ts';
import { coverDays, type Demand, rejectRate } from '../../domain/stock/demand.ts';
import type { Network, SkuStock } from '../../ports/network.ts';
import { siteOf } from './routing-site.ts';
import { type Segment, segmentOf } from './segment.ts';
import type { WorkDays } from './work-days.ts';

/** Units of a line that have no stock yet. */
export interface Wanted {
  lineId: LineId;
  sku: Sku;
  quantity: number;
  /** A kit's. */
  components?: Component[] | undefined;
}

/** What is known of a SKU, and what of its stock is left when everybody earlier in the queue for supply has been served. */
export type StockLeft = Pick<SkuStock, 'category' | 'safety'> & {
  left: ReadonlyMap<LocationId, number>;
  /** What orders wanted of it lately. */
  demand?: ReadonlyMap<LocationId, Demand>;
};

/** The customer comes to a site that is fixed. */
export interface Collected {
  method: 'pickup' | 'curbside';
  pickupLocationId: LocationId;
}

/** Without a policy of the storefront: as the locations are ranked. */
const usualPolicy: PolicyName = 'by_priority';
const usualParcels = 10;

/** What weights are weights of, in minor units: about what a parcel costs a shop in Europe. Raise the version with any change. */
const policyVersion = '1';
const moneyRates: Rates = {
  lateHourSquared: 10,
  hour: 5,
  extraParcel: 300,
  kilometer: 1,
  scarcity: 1000,
  fullSite: 500,
  utilizationPower: 2,
  rejection: 400,
  priorityPoint: 1,
};

/**
 * Sets of sites that are looked at, at most: some tens of milliseconds (bench/routing.ts). One look at an order of many lines takes longer, so it
 * gets fewer: a function with 256 MB has a seventh of a processor, and 30 s.
 */
const budgetFor = (lines: number): number => Math.max(1000, Math.min(20_000, Math.round(1_000_000 / lines)));

/** Everything that the decision depends on. Pure: the same arguments give the same input. */
export function routingInput(question: {
  order: Order;
  wanted: readonly Wanted[];
  network: Network;
  stock: ReadonlyMap<Sku, StockLeft>;
  /** Where the address is, if anybody knows. */
  geo: Coordinates | undefined;
  now: number;
  policy: Pick<OrderPolicy, 'backorder' | 'splitKits'>;
  /** Of a quote: the customer would come for it. */
  collected?: Collected;
  /** The days of locations that declare a capacity, with what other orders take of them. */
  work?: WorkDays;
  /** Those of an input that differs in nothing but the delivery's service and promise: making them takes longer than many a decision. */
  sites?: Site[] | undefined;
}): RoutingInput {
  const { order, wanted, network, stock, geo, now, policy: ours, collected } = question;
  const segment = segmentOf(network, order.channel);
  const storefront = network.storefronts.get(order.channel as StorefrontId);
  const policy = storefront?.routingPolicy ?? usualPolicy;
  const delivery = { ...deliveryOf(order, geo, network), ...collected };
  const rejectedGoods = rejectedBy(order, wanted);
  const cascade = rulesOf(network.rules, order.channel);
  const rules = cascade
    ? cascade.rules.map((rule) => ruleFor(rule, policyWeights[policy]))
    : rulesFor(delivery, storefront?.maxParcels ?? usualParcels, ours.backorder);
  const groups = groupsIn(rules, network);
  const rates = ratesFor(network.rates, order.delivery.service);
  const { region } = order.delivery.address ?? {};
  return {
    now,
    currency: order.currency,
    order: {
      storefront: order.channel,
      channel: order.channel,
      ...(region !== undefined && region !== '' && { region: region.slice(0, 64) }),
      priority: order.priority ?? 0,
      value: order.total,
      tags: [],
      placedAt: Date.parse(order.placedAt),
    },
    delivery,
    needs: wanted.map((one) => needOf(order, one, ours)),
    sites:
      question.sites ??
      network.locations.map((location) =>
        siteOf(
          location,
          { now, country: delivery.country, rates, method: delivery.method },
          {
            inSegment: segment.has(location.id),
            stock: stockAt(location.id, stock, segment),
            rejectRate: rejectRate([...stock.values()].flatMap(({ demand }) => demand?.get(location.id) ?? [])),
            work: question.work?.get(location.id),
            groups: [...groups].flatMap(([id, members]) => (members.has(location.id) ? [id] : [])),
          },
        ),
      ),
    restrictions: restrictionsOn(network.restrictions.restrictions, goodsOf(wanted, stock), delivery.country),
    rejectedSites: [],
    ...(rejectedGoods.length > 0 && { rejectedGoods }),
    rules,
    ...(cascade && { cascade: { id: cascade.id, version: cascade.version } }),
    policy: { name: policy, version: policyVersion, weights: policyWeights[policy], rates: moneyRates },
    budget: budgetFor(wanted.length),
  };
}

/**
 * The area of a postal code: its first five characters, or as many as the longest prefix of a zone has. Longer codes name a street or a house (GB, NL, US
 * ZIP+4), which routing does not need: what it decides on is kept for 90 days.
 */
const areaOf = (postalCode: string, { rates }: Network): string =>
  postalCode.slice(
    0,
    Math.max(5, ...rates.zones.flatMap(({ postalPrefixes = [] }) => postalPrefixes.map((one) => one.length))),
  );

/** To a hundredth of a degree, about a kilometer: near enough to compare sites by, too rough to find a door. */
const roughly = ({ latitude, longitude }: Coordinates): Coordinates => ({
  latitude: Math.round(latitude * 100) / 100,
  longitude: Math.round(longitude * 100) / 100,
});

function deliveryOf({ delivery }: Order, geo: Coordinates | undefined, network: Network) {
  const { method, service, country, promisedBy, address } = delivery;
  return {
    method,
    service,
    country,
    postalCode: areaOf(address?.postalCode ?? '', network),
    ...(geo && { geo: roughly(geo) }),
    ...(promisedBy !== undefined && { neededBy: Date.parse(promisedBy) }),
  };
}

function needOf(
  order: Order,
  { lineId, sku, quantity, components }: Wanted,
  { splitKits }: { splitKits: boolean },
): Need {
  const line = order.lines.find(({ id }) => id === lineId);
  return {
    lineId,
    sku,
    quantity,
    ...(components && { components }),
    splittable: line?.splittable ?? (!components || splitKits),
    ...(line?.keepTogether !== undefined && { keepTogetherGroup: line.keepTogether }),
    requiredCapabilities: line?.customization ? [siteCapability(line.customization)] : [],
    unitWeight: 0,
    unitValue: line?.unitPrice ?? 0,
  };
}

function stockAt(locationId: LocationId, stocks: ReadonlyMap<Sku, StockLeft>, segment: Segment) {
  return [...stocks].flatMap(([sku, stock]) => {
    const available = stock.left.get(locationId);
    if (available === undefined) return [];
    const demand = stock.demand?.get(locationId);
    const cover = demand && coverDays(available, demand);
    const safetyStock = segment.keep(sku, locationId, stock);
    return [{ sku, available, safetyStock, ...(cover !== undefined && { coverDays: cover }) }];
  });
}

/** What is to be sent: kits by their own SKU, too. */
const goodsOf = (
  wanted: readonly Wanted[],
  stock: ReadonlyMap<Sku, StockLeft>,
): Map<Sku, { category?: string | undefined }> => new Map([...wanted.map(({ sku }) => [sku, {}] as const), ...stock]);

/** By SKU, the sites that have given units of this order back. */
function rejectedBy(order: Order, wanted: readonly Wanted[]): { sku: Sku; locationId: LocationId }[] {
  const skus = new Set(wanted.map(({ sku }) => sku));
  const pairs = order.lines
    .filter(({ sku }) => skus.has(sku))
    .flatMap(({ sku, excludedSites = [] }) => excludedSites.map((locationId) => ({ sku, locationId })));
  return [...new Map(pairs.map((pair) => [`${pair.sku} ${pair.locationId}`, pair])).values()];
}

/** Members of the groups that rules name. */
const groupsIn = (rules: readonly Rule[], { groups }: Network): Map<LocationGroupId, Set<LocationId>> =>
  new Map(
    [...groups.keys()]
      .filter((id) => rules.some(({ locationFilter }) => locationFilter.groups?.includes(id)))
      .map((id) => [id, locationsOf(id, groups)]),
  );

/** What was promised is kept by whoever can keep it together; when nobody can, lateness only costs. */
function rulesFor(
  { neededBy }: { neededBy?: number },
  maxParcels: number,
  backorder: OrderPolicy['backorder'],
): Rule[] {
  const all = theRule(maxParcels, backorder);
  const locationFilter = { ...all.locationFilter, meetPromise: true };
  const inTime: Rule = { ...all, name: 'in time', locationFilter, allowPartial: false, onFail: 'nextRule' };
  return neededBy === undefined ? [all] : [inTime, all];
}

const theRule = (maxParcels: number, backorder: OrderPolicy['backorder']): Rule => ({
  name: 'all orders',
  orderFilter: {},
  locationFilter: { safetyStock: 'keep', respectCapacity: true, meetPromise: false },
  allowPartial: true,
  maxParcels,
  minParcelValue: 0,
  onFail: backorder === 'deny' ? { cancelAfterDays: 0 } : 'backorder',
});
