import { leftAfter, rankOf, type Waiting } from '../domain/backorders.ts';
import type { Allocation } from '../domain/commands.ts';
import type { LineId, LocationId, Sku } from '../domain/ids.ts';
import { inGroups } from '../domain/keep-together.ts';
import { goodsOf, kitsFrom } from '../domain/kit.ts';
import type { Location } from '../domain/location.ts';
import type { Order } from '../domain/order.ts';
import type { Policy } from '../domain/policy.ts';
import { decideRoute } from '../domain/routing/decide-route.ts';
import type { RoutingDecision } from '../domain/routing/decision.ts';
import type { RoutingInput } from '../domain/routing/input.ts';
import type { CartHoldId } from '../domain/stock/cart-hold.ts';
import type { BackorderQueue } from '../ports/backorder-queue.ts';
import type { CartHoldStore } from '../ports/cart-holds.ts';
import type { Geocoder } from '../ports/geocoder.ts';
import type { Network, NetworkReader, SkuStock } from '../ports/network.ts';
import type { RouteRecord } from '../ports/route-log.ts';
import { isoNow, type System } from '../ports/system.ts';
import { recordOf, summaryOf } from './routing/route-record.ts';
import { routingInput, type StockLeft, type Wanted } from './routing/routing-input.ts';
import { type Segment, segmentOf } from './routing/segment.ts';
import { decideOnDays } from './routing/work-days.ts';

export interface PlanDeps {
  network: NetworkReader;
  geocoder: Geocoder;
  backorders: BackorderQueue;
  /** Who can end holds of carts plans with what those hold whose time is over; for others it is not there yet. */
  cartHolds?: CartHoldStore;
  system: System;
  policy: Policy;
}

export interface SitePlan {
  allocations: Allocation[];
  /** Units that no site has. */
  short: { lineId: LineId; quantity: number }[];
  /** What becomes of them, as the rule says that decided, or the shop's policy. */
  onShort: OnShort;
  /** Until when they wait for supply, if a rule says so. */
  cancelAt?: string;
  /** For the public: who was asked. */
  routing: ReturnType<typeof summaryOf>;
  /** For the order's own log. Undefined when there was nothing to plan. */
  route: RouteRecord | undefined;
  /** Safety stock of the order's storefront, unless the rule ignores it: the commit holds on to it. */
  keep: (sku: Sku, locationId: LocationId) => number;
  /** What a location takes a day, unless the rule does not respect it: the commit holds on to it as well. */
  capacityOf: (locationId: LocationId) => Location['capacity'];
  /** SKUs of lines of which only sites have stock that have given some back before. */
  passedOver: ReadonlySet<Sku>;
  /** Holds of carts that stand in the plan's way. */
  expired: CartHoldId[];
}

/** `reject`: nothing is delivered later. `queue`: a person decides. */
export type OnShort = 'backorder' | 'queue' | 'reject';

const skusAtOnce = 8;

/** Plans sites for what an order needs: on fresh stock, without what earlier orders wait for, within the storefront's group and above its safety stock. */
export async function planSites(deps: PlanDeps, order: Order, wanted: readonly Wanted[]): Promise<SitePlan> {
  const network = await deps.network.network();
  const stock = await stockLeft({ ...deps, endsHolds: deps.cartHolds !== undefined }, network, order, wanted);
  const segment = segmentOf(network, order.channel);
  const keep = (sku: Sku, locationId: LocationId) => segment.keep(sku, locationId, stock.get(sku));
  const expired = [...new Set([...stock.values()].flatMap((one) => one.expired))];
  const passedOver = passedOverIn(order, network, stock, segment);
  const capacities = new Map(network.locations.map(({ id, capacity }) => [id, capacity]));
  const capacityOf = (locationId: LocationId) => capacities.get(locationId) ?? {};
  if (wanted.length === 0) {
    return {
      allocations: [],
      short: [],
      onShort: 'backorder',
      routing: { candidates: [], sites: 0 },
      route: undefined,
      keep,
      capacityOf,
      passedOver,
      expired,
    };
  }

  const { country, address } = order.delivery;
  const geo = address?.coordinates ?? (await deps.geocoder.locate(country, address?.postalCode));
  const place = geo && { latitude: geo.latitude, longitude: geo.longitude };
  const now = deps.system.now();
  const question = { order, wanted, network, stock, geo: place, now, policy: deps.policy };
  const shadow = [...network.storefronts.values()].find(({ id }) => id === order.channel)?.shadowPolicies ?? [];
  const { decision, input, work } = await decideOnDays(deps.network, question, (days) => {
    const asked = routingInput({ ...question, work: days });
    return { input: asked, decision: decideRoute(asked, { shadow }) };
  });
  // What the rule that decided does not heed, the commit must not hold on to: it would refuse every plan.
  const { safetyStock, respectCapacity } = input.rules.find(({ name }) => name === decision.rule)?.locationFilter ?? {};
  return {
    allocations: inGroups(order, decision.chosen?.allocations ?? []).map((one) => {
      const day = work.get(one.locationId)?.day;
      return { ...one, ...(day !== undefined && { capacityDay: day }) };
    }),
    short: decision.short,
    onShort: onShortOf(decision, input, deps.policy),
    ...waitsUntil(decision, now),
    routing: summaryOf(decision),
    route: recordOf(decision, input, isoNow(deps.system)),
    keep: safetyStock === 'ignore' ? () => 0 : keep,
    capacityOf: respectCapacity === false ? () => ({}) : capacityOf,
    passedOver,
    expired,
  };
}

/** Where no rule says what becomes of what is short (none is for this order, or the last one asks for a next), the policy does. */
function onShortOf(
  { onShort, cancelAfterDays, trail }: RoutingDecision,
  { rules }: RoutingInput,
  { backorder }: Policy,
): OnShort {
  if (onShort === 'cancel_after') return cancelAfterDays === 0 ? 'reject' : 'backorder';
  if (onShort === 'queue') return 'queue';
  const asked = trail.findLast(({ result }) => result !== 'not_for_this_order');
  const says = rules.find(({ name }) => name === asked?.rule)?.onFail;
  return says !== 'backorder' && backorder === 'deny' ? 'reject' : 'backorder';
}

/** Days of 24 hours from now on: what waits longer is canceled. */
const waitsUntil = ({ onShort, cancelAfterDays = 0 }: RoutingDecision, now: number): Pick<SitePlan, 'cancelAt'> =>
  onShort === 'cancel_after' && cancelAfterDays > 0
    ? { cancelAt: new Date(now + cancelAfterDays * 24 * 3_600_000).toISOString() }
    : {};

export type StockDeps = Pick<PlanDeps, 'backorders'> & {
  network: Pick<NetworkReader, 'network' | 'sku'>;
  /** What carts hold too long counts as stock: whoever carries the plan out ends them. */
  endsHolds: boolean;
};

/** By SKU of what is wanted, the stock that nobody who ranks before the order waits for. */
export async function stockLeft(
  deps: StockDeps,
  network: Network,
  order: Order,
  wanted: readonly Wanted[],
): Promise<Map<Sku, StockLeft & Pick<SkuStock, 'expired'>>> {
  const stock = new Map<Sku, StockLeft & Pick<SkuStock, 'expired'>>();
  const skus = [...new Set(wanted.flatMap(goodsOf).map(({ sku }) => sku))];
  const segments = segmentsOf(network);
  for (let start = 0; start < skus.length; start += skusAtOnce) {
    const chunk = skus.slice(start, start + skusAtOnce);
    const found = await Promise.all(chunk.map((sku) => stockFor(deps, network, segments, order, sku)));
    for (const [index, sku] of chunk.entries()) if (found[index]) stock.set(sku, found[index]);
  }
  return stock;
}

type Segments = (channel: string) => Segment;

function segmentsOf(network: Network): Segments {
  const known = new Map<string, Segment>();
  return (channel) => {
    const segment = known.get(channel) ?? segmentOf(network, channel);
    known.set(channel, segment);
    return segment;
  };
}

/** May orders be sent from there at all? */
const servingIn = ({ locations }: Network): Set<LocationId> =>
  new Set(
    locations.filter(({ enabled, capabilities }) => enabled && capabilities.includes('ship')).map(({ id }) => id),
  );

/** The stock first, the queue second: see the port. Locations that are out of service have nothing for those who wait. */
async function stockFor(
  deps: StockDeps,
  network: Network,
  segments: Segments,
  order: Order,
  sku: Sku,
): Promise<StockLeft & Pick<SkuStock, 'expired'>> {
  const stock = await deps.network.sku(sku);
  const { category, safety, overdue } = stock;
  const buckets = stock.buckets.map(({ locationId, available }) => {
    const blocked = deps.endsHolds ? [] : overdue.filter((one) => one.locationId === locationId);
    return { locationId, available: blocked.reduce((rest, { quantity }) => rest - quantity, available) };
  });
  const serving = servingIn(network);
  const forSale = buckets.filter(({ locationId, available }) => serving.has(locationId) && available > 0);
  const skills = new Map(network.locations.map(({ id, capabilities }) => [id, capabilities]));
  const mustLeave = (who: Pick<Waiting, 'channel' | 'capabilities'>, locationId: LocationId) => {
    const segment = segments(who.channel);
    const isAble = who.capabilities.every((one) => skills.get(locationId)?.includes(one));
    return isAble && segment.has(locationId) ? segment.keep(sku, locationId, stock) : undefined;
  };
  const anyLine = { channel: order.channel, capabilities: [] };
  const mine = (left: ReadonlyMap<LocationId, number>) =>
    [...left].some(([locationId, units]) => units > (mustLeave(anyLine, locationId) ?? units));
  const leftBy = (earlier: Parameters<typeof leftAfter>[1]) => leftAfter(forSale, earlier, mustLeave);
  const earlier = mine(leftBy([]))
    ? await deps.backorders.ahead(sku, rankOf(order), (found) => !mine(leftBy(found)))
    : [];
  const all = new Map(buckets.map(({ locationId, available }) => [locationId, available]));
  return {
    category,
    safety,
    left: new Map([...all, ...leftBy(earlier)]),
    demand: new Map(stock.buckets.flatMap(({ locationId, demand }) => (demand ? [[locationId, demand] as const] : []))),
    expired: deps.endsHolds ? stock.expired : [],
  };
}

function passedOverIn(order: Order, network: Network, stock: ReadonlyMap<Sku, StockLeft>, segment: Segment): Set<Sku> {
  const serving = servingIn(network);
  const unitsAt = (locationId: LocationId, sku: Sku) => {
    const one = stock.get(sku);
    return (one?.left.get(locationId) ?? 0) - segment.keep(sku, locationId, one);
  };
  const could = order.lines.filter(({ sku, components, excludedSites = [] }) =>
    excludedSites.some(
      (locationId) =>
        serving.has(locationId) &&
        segment.has(locationId) &&
        kitsFrom(components ?? [{ sku, perUnit: 1 }], (part) => unitsAt(locationId, part)) > 0,
    ),
  );
  return new Set(could.map(({ sku }) => sku));
}
