import type { Judged } from './filters.ts';
import type { RoutingInput, Site, SiteStock } from './input.ts';
import type { Item } from './items.ts';
import { hoursUntil, isCollected, lateHours, type Offer } from './offers.ts';
import type { Rates, Weights } from './policies.ts';

/**
 * Costs are integers of a thousandth of a minor unit, each term rounded once: sums are exact, so equal plans are equal on every machine and a replay
 * of a stored input gives the stored score.
 */
export const milli = (minorUnits: number): number => Math.round(minorUnits * 1000);

/** Half the way round the earth: a site whose place is not known never wins by it. */
const unknownKilometers = 20_015;

type Facts = Pick<RoutingInput, 'now' | 'delivery'>;

export const kilometersOf = (kilometers: number | null): number => kilometers ?? unknownKilometers;

/** What a parcel of the site costs, whatever is in it. The first parcel of a plan counts as an extra one too: the plan takes it off again. */
export function parcelTerms(site: Site, offer: Offer, kilometers: number | null, w: Weights, r: Rates, facts: Facts) {
  const arrivalAt = offer.arrivalAt ?? 0;
  return {
    freight: milli(w.cost * offer.perParcel),
    pack: milli(w.cost * site.packCost),
    lateness: milli(w.lateness * r.lateHourSquared * lateHours(arrivalAt, facts.delivery.neededBy) ** 2),
    speed: milli(w.speed * r.hour * hoursUntil(arrivalAt, facts.now)),
    parcels: extraParcel(w, r),
    distance: milli(w.distance * r.kilometer * kilometersOf(kilometers)),
    utilization: milli(w.utilization * r.fullSite * site.utilization ** r.utilizationPower),
    reject: milli(w.reject * r.rejection * site.rejectRate),
    priority: milli(w.priority * r.priorityPoint * (1000 - site.priority)),
  };
}

/** All of these together. */
export function parcelCost(...of: Parameters<typeof parcelTerms>): number {
  const { freight, pack, lateness, speed, parcels, distance, utilization, reject, priority } = parcelTerms(...of);
  return freight + pack + lateness + speed + parcels + distance + utilization + reject + priority;
}

export const extraParcel = (w: Weights, r: Rates): number => milli(w.parcels * r.extraParcel);

/*
 * What a portion of an item costs, on top of its parcel and of how scarce it makes the SKU there. Numbers, not an object of them: they are asked for
 * each item at each site.
 */

export const freightOf = ({ perKilogram }: Offer, item: Item, w: Weights): number =>
  milli((w.cost * perKilogram * item.grams) / 1000);

export const pickOf = (site: Site, item: Item, w: Weights): number => milli(w.cost * site.pickCost * item.pieces);

export function dutyOf(site: Site, item: Item, w: Weights, { delivery }: Pick<RoutingInput, 'delivery'>): number {
  if (site.country === undefined || site.country === delivery.country || isCollected(delivery)) return 0;
  return milli((w.cost * item.value * site.dutyBasisPoints) / 10_000);
}

/** A saving: zero or less. */
export function markdownOf(held: Judged['held'], item: Item, w: Weights): number {
  if (w.markdown === 0) return 0;
  let atRisk = 0;
  for (const { place, quantity } of item.demand) atRisk += (held[place]?.markdownRisk ?? 0) * quantity;
  // `|| 0`: no saving is 0, not -0.
  return -milli(w.markdown * atRisk) || 0;
}

/**
 * What it costs to take the first n units of a SKU from a site, by n: scarcity is `1 / (1 + cover days)`, and a plan pays for what it adds
 * to it. (The model's sum of `1 / (1 + coverDaysAfter)` over all sites differs from that by the same constant for every plan.) Each unit makes the next
 * dearer, and rounding each unit's share keeps it so: taking the cheapest next unit is optimal, to the last digit.
 */
export function scarcityTable(stock: SiteStock | undefined, upTo: number, w: Weights, r: Rates): number[] | undefined {
  const worth = w.cover * r.scarcity;
  if (worth === 0 || stock?.coverDays === undefined || stock.available === 0) return undefined;
  const units = Math.min(upTo, stock.available);
  const daysEach = stock.coverDays / stock.available;
  const scarcity = (taken: number) => 1 / (1 + daysEach * (stock.available - taken));
  // As long as it has to be: there is one for each SKU of each site.
  const table = new Array<number>(units + 1);
  table[0] = 0;
  let share = 0;
  let before = scarcity(0);
  for (let taken = 1; taken <= units; taken++) {
    const after = scarcity(taken);
    // max: two shares that are equal but for the last bit of a double must not go down.
    share = Math.max(share, milli(worth * (after - before)));
    table[taken] = table[taken - 1]! + share;
    before = after;
  }
  return table;
}
