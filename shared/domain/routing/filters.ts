import type { Sku } from '../ids.ts';
import { type Exclusion, reasonCodes } from './decision.ts';
import type { LocationFilter, RoutingInput, Site, SiteStock } from './input.ts';
import type { Item } from './items.ts';
import { hour, isCollected, kilometersTo, type Offer, offersOf, zoneOf } from './offers.ts';

/** A site as a rule sees it: what it could serve, or every reason why nothing. */
export interface Judged {
  site: Site;
  kilometers: number | null;
  /** Those that pass: open and, if the rule wants it, in time. */
  offers: Offer[];
  /** Portions of each item that the site could serve if it were alone, by the item's place in the list. All 0 when the site is out. */
  portions: number[];
  /** By the place of the SKU (see `Demand`): its stock, safety stock counted in, and the units that the rule lets it sell. */
  held: readonly (SiteStock | undefined)[];
  sellable: readonly number[];
  /** Of the site itself first, then of lines; in the order of the codes. */
  reasons: Exclusion[];
  out: boolean;
}

type Context = Pick<RoutingInput, 'now' | 'delivery' | 'restrictions' | 'rejectedSites' | 'rejectedGoods'>;

/** Applies the hard filters of a rule. All of them, not only the first that fails: whoever asks "why not" gets the whole answer. */
export function judge(
  site: Site,
  items: readonly Item[],
  places: ReadonlyMap<Sku, number>,
  filter: LocationFilter,
  input: Context,
): Judged {
  const kilometers = kilometersTo(site, input);
  const offers = offersOf(site, input);
  const inTime = offers.filter(({ arrivalAt }) => arrivalAt !== null && meets(arrivalAt, filter, input));
  const ofSite = [
    ...ofScope(site, filter),
    ...(input.rejectedSites.includes(site.locationId) ? [{ code: 'REJECTED_BEFORE' } as const] : []),
    ...ofDelivery(site, offers, filter, input),
    ...ofDistance(kilometers, filter),
    ...ofCapacity(site, filter),
  ];
  const held = new Array<SiteStock | undefined>(places.size).fill(undefined);
  const sellable = new Array<number>(places.size).fill(0);
  for (let n = 0; n < site.stock.length; n++) {
    const stock = site.stock[n]!;
    const place = places.get(stock.sku);
    if (place === undefined) continue;
    held[place] = stock;
    sellable[place] = Math.max(0, stock.available - (filter.safetyStock === 'keep' ? stock.safetyStock : 0));
  }

  const portions = new Array<number>(items.length).fill(0);
  const ofLines: Exclusion[] = [];
  let out = true;
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!;
    const before = ofLines.length;
    addOfGoods(ofLines, site, item, input);
    const allowed = ofLines.length === before;
    const stocked = portionsIn(item, sellable);
    const room =
      filter.respectCapacity && site.capacity.unitsLeft !== undefined
        ? Math.floor(site.capacity.unitsLeft / item.pieces)
        : item.count;
    if (ofSite.length === 0 && allowed) {
      const here = Math.min(item.count, stocked, room);
      portions[index] = here;
      if (here !== 0) out = false;
    }
    // When nothing can come from here, what bars it is told; when only some can, what limits it.
    const wanted = Math.min(stocked, room) === 0 ? 1 : item.count;
    if (stocked < wanted) addOfStock(ofLines, item, wanted, held, filter);
    if (room < wanted && site.capacity.unitsLeft !== 0) {
      const { lineId } = item.lines[0]!;
      const limit = site.capacity.unitsLeft ?? 0;
      ofLines.push({ code: 'NO_CAPACITY', lineId, needed: item.pieces * item.count, limit });
    }
  }
  return {
    site,
    kilometers,
    offers: inTime,
    portions,
    held,
    sellable,
    reasons: [...inOrder(ofSite), ...inOrder(ofLines)],
    out,
  };
}

const ranks = new Map(reasonCodes.map((code, index) => [code, index]));

/** In the order of the codes; of one code, as they were found. */
function inOrder(reasons: Exclusion[]): Exclusion[] {
  const rank = ({ code }: Exclusion) => ranks.get(code) ?? 0;
  return reasons.every((one, index) => index === 0 || rank(reasons[index - 1]!) <= rank(one))
    ? reasons
    : reasons.sort((a, b) => rank(a) - rank(b));
}

function ofScope(site: Site, filter: LocationFilter): Exclusion[] {
  const reasons: Exclusion[] = [];
  if (!site.enabled) reasons.push({ code: 'DISABLED' });
  const outside = (what: string) => reasons.push({ code: 'NOT_IN_SEGMENT', what });
  if (!site.inSegment) outside('storefront');
  if (filter.locationIds && !filter.locationIds.includes(site.locationId)) outside('location');
  if (filter.groups && !filter.groups.some((group) => site.groups.includes(group))) outside('group');
  if (filter.kinds && !filter.kinds.includes(site.kind)) outside(`kind ${site.kind}`);
  if (filter.costClasses && !filter.costClasses.includes(site.costClass ?? '')) outside('cost class');
  for (const what of filter.capabilities ?? []) {
    if (!site.capabilities.includes(what)) reasons.push({ code: 'NO_CAPABILITY', what });
  }
  return reasons;
}

function ofDelivery(site: Site, offers: Offer[], filter: LocationFilter, input: Context): Exclusion[] {
  const { method, service, country, postalCode, neededBy } = input.delivery;
  if (!site.capabilities.includes(method)) return [{ code: 'NO_CAPABILITY', what: method }];
  const zone = isCollected(input.delivery) ? 'counter' : zoneOf(site, input.delivery);
  if (zone === undefined) return [{ code: 'RESTRICTED', what: `${country} ${postalCode}`.trim() }];
  if (offers.length === 0) return [{ code: 'NO_CAPABILITY', what: `${service ?? 'any service'} to zone ${zone}` }];
  let earliest = Number.POSITIVE_INFINITY;
  for (const { arrivalAt } of offers) if (arrivalAt !== null && arrivalAt < earliest) earliest = arrivalAt;
  if (earliest === Number.POSITIVE_INFINITY)
    return [{ code: 'CLOSED', what: offers.map((offer) => offer.service).join(', ') }];
  if (neededBy !== undefined && !meets(earliest, filter, input)) {
    const late = Math.ceil((earliest - neededBy) / hour);
    return [{ code: 'MISSES_PROMISE', limit: neededBy, actual: earliest, needed: late }];
  }
  return [];
}

const meets = (arrivalAt: number, filter: LocationFilter, { delivery: { neededBy } }: Context) =>
  !filter.meetPromise || neededBy === undefined || arrivalAt <= neededBy;

function ofDistance(kilometers: number | null, { radiusKm }: LocationFilter): Exclusion[] {
  if (radiusKm === undefined || (kilometers !== null && kilometers <= radiusKm)) return [];
  return [
    { code: 'OUT_OF_RADIUS', limit: radiusKm, ...(kilometers === null ? { what: 'unknown' } : { actual: kilometers }) },
  ];
}

function ofCapacity({ capacity }: Site, { respectCapacity }: LocationFilter): Exclusion[] {
  if (!respectCapacity) return [];
  if (capacity.ordersLeft === 0) return [{ code: 'NO_CAPACITY', what: 'orders', limit: 0 }];
  return capacity.unitsLeft === 0 ? [{ code: 'NO_CAPACITY', what: 'units', limit: 0 }] : [];
}

const none: readonly never[] = [];

function addOfGoods(reasons: Exclusion[], site: Site, item: Item, input: Context): void {
  const { restrictions, delivery, rejectedGoods = none } = input;
  // Asked for each item at each site, and mostly there is nothing to look at.
  if (restrictions.length + rejectedGoods.length + item.capabilities.length === 0) return;
  const { lineId } = item.lines[0]!;
  for (const { sku, locationId } of rejectedGoods) {
    if (locationId === site.locationId && item.skus.includes(sku))
      reasons.push({ code: 'REJECTED_BEFORE', lineId, sku });
  }
  for (const { sku, country, locationId } of restrictions) {
    const applies =
      (sku === undefined || item.skus.includes(sku)) &&
      (country === undefined || country === delivery.country) &&
      (locationId === undefined || locationId === site.locationId);
    if (applies) reasons.push({ code: 'RESTRICTED', lineId, ...(sku && { sku }), what: country ?? 'anywhere' });
  }
  for (const what of item.capabilities) {
    if (!site.capabilities.includes(what)) reasons.push({ code: 'NO_CAPABILITY', lineId, what });
  }
}

/** Portions for which every SKU is there. */
function portionsIn(item: Item, sellable: readonly number[]): number {
  let portions = item.count;
  for (let n = 0; n < item.demand.length; n++) {
    const { place, quantity } = item.demand[n]!;
    portions = Math.min(portions, Math.floor(sellable[place]! / quantity));
  }
  return portions;
}

/** Each SKU that falls short: for want of stock, or only because some is kept back. */
function addOfStock(
  reasons: Exclusion[],
  item: Item,
  wanted: number,
  held: Judged['held'],
  filter: LocationFilter,
): void {
  const { lineId } = item.lines[0]!;
  for (const { sku, quantity, place } of item.demand) {
    const stock = held[place];
    const available = stock?.available ?? 0;
    const safetyStock = filter.safetyStock === 'keep' ? (stock?.safetyStock ?? 0) : 0;
    if (available - safetyStock >= quantity * wanted) continue;
    const code = available >= quantity * wanted ? 'SAFETY_STOCK' : 'NO_STOCK';
    reasons.push({ code, lineId, sku, needed: quantity * item.count, available, safetyStock });
  }
}
