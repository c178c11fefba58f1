import type { LineId, LocationId } from '../ids.ts';
import { type Kpis, type Plan, type TermName, type Terms, termNames } from './decision.ts';
import type { RoutingInput } from './input.ts';
import type { Item } from './items.ts';
import { lateHours } from './offers.ts';
import type { Rates, Weights } from './policies.ts';
import type { Source } from './problem.ts';
import { dutyOf, extraParcel, freightOf, kilometersOf, markdownOf, parcelTerms, pickOf } from './site-costs.ts';
import type { Found } from './two-best.ts';

/** The found set as a plan, its terms added up anew from the sites' costs: they sum to the score that the search compared. */
export function planOf(input: RoutingInput, items: readonly Item[], found: Found, weights: Weights): Plan {
  const terms = termsOf(input, items, found, weights, input.policy.rates);
  const { allocations, short } = allocate(items, found);
  return {
    locations: found.sources.map(({ judged }) => judged.site.locationId),
    parcels: found.sources.map(({ judged, offer }) => ({
      locationId: judged.site.locationId,
      service: offer.service,
      arrivalAt: offer.arrivalAt ?? 0,
      kilometers: judged.kilometers,
    })),
    allocations,
    short,
    terms,
    score: found.cost / 1000,
    kpis: kpisOf(input, items, found),
  };
}

/** Each term of the score, weighted, in minor units. */
export function termsOf(input: RoutingInput, items: readonly Item[], found: Found, w: Weights, r: Rates): Terms {
  const sum: Record<TermName, number> = {
    freight: 0,
    pick: 0,
    pack: 0,
    duty: 0,
    lateness: 0,
    speed: 0,
    parcels: 0,
    distance: 0,
    cover: 0,
    utilization: 0,
    markdown: 0,
    reject: 0,
    priority: 0,
  };
  for (let place = 0; place < found.sources.length; place++) {
    const { judged, offer, scarcity } = found.sources[place]!;
    const parcel = parcelTerms(judged.site, offer, judged.kilometers, w, r, input);
    sum.freight += parcel.freight;
    sum.pack += parcel.pack;
    sum.lateness += parcel.lateness;
    sum.speed += parcel.speed;
    sum.parcels += parcel.parcels;
    sum.distance += parcel.distance;
    sum.utilization += parcel.utilization;
    sum.reject += parcel.reject;
    sum.priority += parcel.priority;
    let [freight, pick, duty, markdown] = [0, 0, 0, 0];
    for (let index = 0; index < items.length; index++) {
      const portions = found.taken[index]?.[place] ?? 0;
      if (portions === 0) continue;
      const item = items[index]!;
      freight += freightOf(offer, item, w) * portions;
      pick += pickOf(judged.site, item, w) * portions;
      duty += dutyOf(judged.site, item, w, input) * portions;
      markdown += markdownOf(judged.held, item, w) * portions;
    }
    sum.freight += freight;
    sum.pick += pick;
    sum.duty += duty;
    sum.markdown += markdown;
    if (scarcity.length > 0) sum.cover += coverOf(items, found, place);
  }
  if (found.sources.length > 0) sum.parcels -= extraParcel(w, r);
  for (const name of termNames) sum[name] /= 1000;
  return sum;
}

/** What a source's units cost by the scarcity they add to. */
function coverOf(items: readonly Item[], { sources, taken }: Found, place: number): number {
  const { scarcity } = sources[place]!;
  const units = new Array<number>(scarcity.length).fill(0);
  for (let index = 0; index < items.length; index++) {
    const portions = taken[index]?.[place] ?? 0;
    if (portions === 0) continue;
    for (const demand of items[index]!.demand) units[demand.place]! += demand.quantity * portions;
  }
  return scarcity.reduce((cost, table, sku) => cost + (table?.[units[sku]!] ?? 0), 0);
}

/** Portions become units of lines: the lines of an item are served in the order of the needs, from sites in the order of their ids. */
function allocate(items: readonly Item[], { sources, taken }: Found): Pick<Plan, 'allocations' | 'short'> {
  const allocations: Plan['allocations'] = [];
  const short: Plan['short'] = [];
  for (const [index, item] of items.entries()) {
    const free = sources.map((source, place) => ({
      locationId: source.judged.site.locationId,
      units: portionsToUnits(item, taken[index]?.[place] ?? 0),
    }));
    for (const { lineId, quantity } of item.lines) {
      const left = serve(lineId, quantity, free, allocations);
      if (left > 0) short.push({ lineId, quantity: left });
    }
  }
  return { allocations, short };
}

const portionsToUnits = (item: Item, portions: number) => portions * item.units;

function serve(
  lineId: LineId,
  quantity: number,
  free: { locationId: LocationId; units: number }[],
  allocations: Plan['allocations'],
): number {
  let left = quantity;
  for (const site of free) {
    const units = Math.min(left, site.units);
    if (units === 0) continue;
    site.units -= units;
    left -= units;
    allocations.push({ lineId, locationId: site.locationId, quantity: units });
  }
  return left;
}

/** Every cost at its face value. */
const faceValue: Weights = {
  cost: 1,
  lateness: 0,
  speed: 0,
  parcels: 0,
  distance: 0,
  cover: 0,
  utilization: 0,
  markdown: 0,
  reject: 0,
  priority: 0,
};

function kpisOf(input: RoutingInput, items: readonly Item[], found: Found): Kpis {
  const total = items.reduce((sum, { count, units }) => sum + count * units, 0);
  const { freight, pick, pack, duty } = termsOf(input, items, found, faceValue, input.policy.rates);
  const arrivals = found.sources.map(({ offer }: Source) => offer.arrivalAt ?? 0);
  const arrivalAt = arrivals.length === 0 ? null : Math.max(...arrivals);
  const kilometers = found.sources.reduce((sum, { judged }) => sum + kilometersOf(judged.kilometers), 0);
  return {
    parcels: found.sources.length,
    unitsServed: total - found.short,
    unitsShort: found.short,
    cost: Math.round((freight! + pick! + pack! + duty!) * 1000) / 1000,
    kilometers: Math.round(kilometers * 1000) / 1000,
    arrivalAt,
    lateHours: arrivalAt === null ? 0 : lateHours(arrivalAt, input.delivery.neededBy),
  };
}
