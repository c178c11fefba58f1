import { kilometersBetween } from '../../domain/distance.ts';
import type { Sku } from '../../domain/ids.ts';
import { kitsFrom } from '../../domain/kit.ts';
import { type Location, ShippingService } from '../../domain/location.ts';
import { type DeliveryOption, usualOptions } from '../../domain/network/delivery-option.ts';
import type { StorefrontId } from '../../domain/network/storefront.ts';
import { isDigital, type Order } from '../../domain/order.ts';
import type { Policy } from '../../domain/policy.ts';
import { type Refusal, refusals } from '../../domain/promises/refusal.ts';
import type { Rejection } from '../../domain/rejection.ts';
import type { Geocoder } from '../../ports/geocoder.ts';
import type { KitStore } from '../../ports/kits.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { type StockDeps, stockLeft } from '../plan-sites.ts';
import { needsOf } from '../reserve-stock.ts';
import { type Segment, segmentOf } from '../routing/segment.ts';
import type { CapacityReader } from '../routing/work-days.ts';
import { withComponents } from '../with-components.ts';
import { type CounterOption, counterOption, refusalOfStores, type StoreAnswer } from './counter-option.ts';
import { type Draft, draftOrder } from './draft-order.ts';
import { type ExpectedDeps, expectedAt } from './expected.ts';
import { holdsUntil } from './expiry.ts';
import { type QuoteFacts, readingOnce } from './facts.ts';
import { type ShipOffer, shipOption } from './ship-option.ts';

export interface QuoteDeps extends Omit<StockDeps, 'endsHolds' | 'network'>, ExpectedDeps {
  network: StockDeps['network'] & CapacityReader;
  kits: Pick<KitStore, 'kitsAmong'>;
  geocoder: Geocoder;
  system: System;
  policy: Policy;
}

export interface QuoteRequest {
  storefrontId: StorefrontId;
  /** Absent: the storefront's first. */
  currency: Draft['currency'] | undefined;
  lines: Draft['lines'];
  address: Draft['address'];
  /** Of the destination. Absent: of the nearest location, in the same country if there is one. */
  timeZone: string | undefined;
}

export type OptionAnswer =
  | { option: DeliveryOption; offer: ShipOffer }
  | { option: DeliveryOption; stores: StoreAnswer[]; refusal?: Refusal }
  | { option: Pick<DeliveryOption, 'method' | 'service'> & Partial<DeliveryOption>; refusal: Refusal };

export interface LineAnswer {
  sku: Sku;
  quantity: number;
  status: 'available' | 'short' | 'unknown' | 'digital';
  /** From all locations of the storefront together; of a kit, whole ones. */
  availableToShip: number;
  /** Of a line that is short: when supply is expected for what is missing. Absent where what is expected is not enough, and of kits. */
  expectedAt?: string;
}

export interface Quote {
  order: Order;
  timeZone: string;
  quotedAt: number;
  /** Until then an order that is placed with an offered option gets what was quoted, if the stock is still there. */
  expiresAt: number;
  lines: LineAnswer[];
  options: OptionAnswer[];
}

export type QuoteOutcome =
  | ({ outcome: 'quoted' } & Quote)
  | { outcome: 'unknown_storefront' | 'no_currency' }
  | { outcome: 'refused'; rejection: Rejection };

/**
 * 1. The network, and the order as it would be placed.
 * 2. Its stock, as who plans sites reads it; nothing is reserved.
 * 3. For each option of the storefront, the decision that the order would get.
 */
export async function quoteCart(deps: QuoteDeps, request: QuoteRequest): Promise<QuoteOutcome> {
  const network = await deps.network.network();
  const storefront = network.storefronts.get(request.storefrontId);
  // A shop that has set up no storefronts sells everything everywhere; one that has, has a typing error here.
  if (!storefront && network.storefronts.size > 0) return { outcome: 'unknown_storefront' };
  const currency = request.currency ?? storefront?.currencies[0];
  if (!currency) return { outcome: 'no_currency' };
  const { address } = request;
  const lines = await withComponents(deps.kits, request.lines);
  const draft = { channel: request.storefrontId, currency, lines, address };
  const drafted = draftOrder(draft, isoNow(deps.system), deps.policy);
  if (!drafted.ok) return { outcome: 'refused', rejection: drafted.rejection };
  const { order } = drafted;

  const wanted = needsOf(order);
  const stock = await stockLeft({ ...deps, endsHolds: true }, network, order, wanted);
  const geo = address.coordinates ?? (await deps.geocoder.locate(address.country, address.postalCode));
  const now = deps.system.now();
  const facts: QuoteFacts = {
    now,
    network,
    order,
    wanted,
    stock,
    geo: geo && { latitude: geo.latitude, longitude: geo.longitude },
    timeZone: request.timeZone ?? timeZoneAt(network.locations, address.country, geo),
    unknownSkus: [...stock].filter(([, { left }]) => left.size === 0).map(([sku]) => sku),
    policy: deps.policy,
    capacity: readingOnce(deps.network),
    sites: new Map(),
  };
  const configured = storefront?.deliveryOptions ?? [];
  const options = await answersFor(facts, configured.length > 0 ? configured : usualOptions(currency));
  const conditions = options.flatMap((one) =>
    'offer' in one ? [one.offer.holdsAt] : 'stores' in one ? one.stores.flatMap(holdingOf) : [],
  );
  return {
    outcome: 'quoted',
    order,
    timeZone: facts.timeZone,
    quotedAt: now,
    expiresAt: holdsUntil(now, conditions),
    lines: await withExpected(deps, facts, linesOf(facts)),
    options,
  };
}

const holdingOf = (store: StoreAnswer) => ('holdsAt' in store ? [store.holdsAt] : []);

/** Every way there is: those that the storefront has set up in its order, then the others with why not. */
async function answersFor(facts: QuoteFacts, options: readonly DeliveryOption[]): Promise<OptionAnswer[]> {
  const answers: OptionAnswer[] = [];
  for (const option of options) answers.push(await answerFor(facts, option));
  const ways = [
    ...ShippingService.options.map((service) => ({ method: 'ship' as const, service })),
    { method: 'pickup' as const },
    { method: 'curbside' as const },
  ];
  const has = (way: { method: string; service?: string }) =>
    options.some(({ method, service }) => method === way.method && service === way.service);
  return [...answers, ...ways.filter((way) => !has(way)).map((option) => ({ option, refusal: refusals.notSetUp }))];
}

async function answerFor(facts: QuoteFacts, option: DeliveryOption): Promise<OptionAnswer> {
  if (isCounter(option)) {
    const stores = await counterOption(facts, option);
    const offered = stores.some((store) => 'readyAt' in store);
    return { option, stores, ...(!offered && { refusal: refusalOfStores(stores) }) };
  }
  const { service } = option;
  return service
    ? { option, ...(await shipOption(facts, { ...option, service })) }
    : { option, refusal: refusals.notSetUp };
}

const isCounter = (option: DeliveryOption): option is CounterOption => option.method !== 'ship';

/** Locations that orders of the storefront are sent from. */
const servingIn = ({ network }: Pick<QuoteFacts, 'network'>, segment: Segment): Location[] =>
  network.locations.filter(
    ({ id, enabled, capabilities }) => enabled && segment.has(id) && capabilities.includes('ship'),
  );

/** What is not there yet, and when it is expected: read for lines that are short, and for no other. */
function withExpected(deps: ExpectedDeps, facts: QuoteFacts, lines: readonly LineAnswer[]): Promise<LineAnswer[]> {
  const { order, network } = facts;
  const sites = new Set(servingIn(facts, segmentOf(network, order.channel)).map(({ id }) => id));
  return Promise.all(
    lines.map(async (line, index) => {
      if (line.status !== 'short' || order.lines[index]?.components) return line;
      const missing = line.quantity - line.availableToShip;
      const at = await expectedAt(deps, order, { sku: line.sku, missing }, sites);
      return at === undefined ? line : { ...line, expectedAt: at };
    }),
  );
}

function linesOf({ network, order, stock }: QuoteFacts): LineAnswer[] {
  const segment = segmentOf(network, order.channel);
  const serving = servingIn({ network }, segment);
  const unitsOf = (sku: Sku) => {
    const one = stock.get(sku);
    const at = ({ id }: Location) => Math.max(0, (one?.left.get(id) ?? 0) - segment.keep(sku, id, one));
    return serving.reduce((sum, location) => sum + at(location), 0);
  };
  return order.lines.map((line) => {
    const { sku, quantity, components = [{ sku, perUnit: 1 }] } = line;
    if (isDigital(line)) return { sku, quantity, status: 'digital', availableToShip: quantity };
    const isUnknown = components.some((one) => (stock.get(one.sku)?.left.size ?? 0) === 0);
    const availableToShip = kitsFrom(components, unitsOf);
    return {
      sku,
      quantity,
      status: isUnknown ? 'unknown' : availableToShip >= quantity ? 'available' : 'short',
      availableToShip,
    };
  });
}

/** Places that are near each other mostly share a clock; who sells across a border of it names the zone. */
function timeZoneAt(
  locations: readonly Location[],
  country: string,
  geo: { latitude: number; longitude: number } | undefined,
): string {
  const there = locations.filter((location) => location.country === country);
  const kilometers = ({ site: { coordinates } }: Location) =>
    geo && coordinates ? kilometersBetween(geo, coordinates) : Number.POSITIVE_INFINITY;
  let nearest: { location: Location; away: number } | undefined;
  for (const location of there.length > 0 ? there : locations) {
    const away = kilometers(location);
    if (!nearest || away < nearest.away) nearest = { location, away };
  }
  return nearest?.location.timeZone ?? 'UTC';
}
