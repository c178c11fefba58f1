import type { Need, RoutingInput } from '../../../../shared/domain/routing/input.ts';
import type { Rates, Weights } from '../../../../shared/domain/routing/policies.ts';
import {
  bundleCodes,
  bundlesOf,
  isWhole,
  kilometers,
  piecesOf,
  siteCodes,
  stockFor,
  type Way,
  waysOf,
} from './reasons-oracle.ts';

/** Unweighted terms of the score, in the order of `weightOf`. */
type Terms = readonly number[];

export interface BrutePlan {
  short: number;
  /** By id, each with the service of its parcel. */
  parcels: { id: string; service: string }[];
  terms: Terms;
  /** `line site quantity`, sorted. */
  allocations: string;
}

const weightOf = (w: Weights): Terms => [
  w.cost,
  w.lateness,
  w.speed,
  w.parcels,
  w.distance,
  w.cover,
  w.utilization,
  w.markdown,
  w.reject,
  w.priority,
];

export const scoreOf = ({ terms }: Pick<BrutePlan, 'terms'>, weights: Weights): number => {
  const factors = weightOf(weights);
  return terms.reduce((sum, term, index) => sum + term * factors[index]!, 0);
};

interface Laid {
  line: Need;
  site: number;
  quantity: number;
}

/**
 * Every plan of the plan space that `search` documents, one by one: each line's units on each site or nowhere, each service of each site used.
 * Nothing is pruned but what breaks a constraint, and the score is the model's formula in plain doubles.
 */
export function everyPlan(input: RoutingInput): BrutePlan[] {
  const rule = input.rules[0]!;
  const bundles = bundlesOf(input.needs);
  const open = input.sites.map((site) => siteCodes(site, input).size === 0);
  const plans: BrutePlan[] = [];
  const laid: Laid[] = [];

  const lay = (index: number): void => {
    const bundle = bundles[index];
    if (!bundle) {
      plans.push(...finished(input, laid));
      return;
    }
    const allowed = input.sites.flatMap((site, place) =>
      open[place] && bundleCodes(site, bundle, input).size === 0 ? [place] : [],
    );
    if (isWhole(bundle)) {
      for (const place of allowed) {
        for (const line of bundle) laid.push({ line, site: place, quantity: line.quantity });
        if (holds(input, laid)) lay(index + 1);
        laid.length -= bundle.length;
      }
      if (rule.allowPartial) lay(index + 1);
      return;
    }
    const line = bundle[0]!;
    const spread = (turn: number, left: number): void => {
      const place = allowed[turn];
      if (place === undefined || left === 0) {
        if (left === 0 || rule.allowPartial) lay(index + 1);
        return;
      }
      for (let quantity = 0; quantity <= left; quantity++) {
        if (quantity > 0) laid.push({ line, site: place, quantity });
        if (holds(input, laid)) spread(turn + 1, left - quantity);
        if (quantity > 0) laid.pop();
      }
    };
    spread(0, line.quantity);
  };
  lay(0);
  return plans.filter(({ parcels }) => parcels.length > 0);
}

/** Within stock, capacity and the number of parcels so far? */
function holds(input: RoutingInput, laid: readonly Laid[]): boolean {
  const { locationFilter, maxParcels } = input.rules[0]!;
  const used = [...new Set(laid.map(({ site }) => site))];
  if (used.length > maxParcels) return false;
  return used.every((place) => {
    const site = input.sites[place]!;
    const mine = laid.filter((one) => one.site === place);
    for (const [name, units] of unitsTaken(mine)) {
      const stock = site.stock.find(({ sku }) => sku === name);
      const kept = locationFilter.safetyStock === 'keep' ? (stock?.safetyStock ?? 0) : 0;
      if (units > (stock?.available ?? 0) - kept) return false;
    }
    const pieces = mine.reduce((sum, { line, quantity }) => sum + piecesOf(line) * quantity, 0);
    return !locationFilter.respectCapacity || pieces <= (site.capacity.unitsLeft ?? pieces);
  });
}

function unitsTaken(laid: readonly Laid[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const { line, quantity } of laid) {
    for (const [name, units] of stockFor([line], () => quantity)) total.set(name, (total.get(name) ?? 0) + units);
  }
  return total;
}

/** The laid lines with every choice of services; none when a parcel of several is worth too little. */
function finished(input: RoutingInput, laid: readonly Laid[]): BrutePlan[] {
  const used = [...new Set(laid.map(({ site }) => site))].sort((a, b) => a - b);
  const value = (place: number) =>
    laid.reduce((sum, { line, site, quantity }) => sum + (site === place ? line.unitValue * quantity : 0), 0);
  if (used.length > 1 && used.some((place) => value(place) < input.rules[0]!.minParcelValue)) return [];
  const units = laid.reduce((sum, { quantity }) => sum + quantity, 0);
  const short = input.needs.reduce((sum, { quantity }) => sum + quantity, 0) - units;
  const allocations = laid
    .map(({ line, site, quantity }) => `${line.lineId} ${input.sites[site]!.locationId} ${quantity}`)
    .sort()
    .join(', ');
  let choices: Way[][] = [[]];
  for (const place of used) {
    const ways = waysOf(input.sites[place]!, input);
    choices = choices.flatMap((chosen) => ways.map((way) => [...chosen, way]));
  }
  return choices.map((ways) => ({
    short,
    allocations,
    parcels: used.map((place, index) => ({
      id: input.sites[place]!.locationId,
      service: ways[index]!.service,
    })),
    terms: termsOf(input, used, ways, laid),
  }));
}

const hours = (milliseconds: number) => Math.max(0, Math.ceil(milliseconds / 3_600_000));

function termsOf(input: RoutingInput, used: readonly number[], ways: readonly Way[], laid: readonly Laid[]): Terms {
  const r: Rates = input.policy.rates;
  const { neededBy, country } = input.delivery;
  let [cost, late, speed, distance, cover, full, markdown, reject, priority] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const [index, place] of used.entries()) {
    const site = input.sites[place]!;
    const way = ways[index]!;
    const mine = laid.filter((one) => one.site === place);
    cost += site.packCost + way.perParcel;
    for (const { line, quantity } of mine) {
      cost += site.pickCost * piecesOf(line) * quantity;
      cost += (way.perKilogram * line.unitWeight * quantity) / 1000;
      if (site.country !== country) cost += (line.unitValue * quantity * site.dutyBasisPoints) / 10_000;
    }
    for (const [name, units] of unitsTaken(mine)) {
      const { available = 0, coverDays, markdownRisk = 0 } = site.stock.find(({ sku }) => sku === name) ?? {};
      markdown -= markdownRisk * units;
      if (coverDays === undefined) continue;
      const after = (coverDays * (available - units)) / available;
      cover += r.scarcity * (1 / (1 + after) - 1 / (1 + coverDays));
    }
    if (neededBy !== undefined) late += r.lateHourSquared * hours(way.arrivalAt - neededBy) ** 2;
    speed += r.hour * hours(way.arrivalAt - input.now);
    distance += r.kilometer * (kilometers(site, input) ?? 20_015);
    full += r.fullSite * site.utilization ** r.utilizationPower;
    reject += r.rejection * site.rejectRate;
    priority += r.priorityPoint * (1000 - site.priority);
  }
  return [cost, late, speed, r.extraParcel * (used.length - 1), distance, cover, full, markdown, reject, priority];
}

/** Fewer units short, then the lower score; the best of `plans`, or undefined when there is none. */
export function bestOf(plans: readonly BrutePlan[], weights: Weights): BrutePlan | undefined {
  let best: BrutePlan | undefined;
  let bestScore = 0;
  for (const plan of plans) {
    if (best && plan.short > best.short) continue;
    const score = scoreOf(plan, weights);
    if (best && plan.short === best.short && !precedes(plan, score, best, bestScore)) continue;
    best = plan;
    bestScore = score;
  }
  return best;
}

function precedes(a: BrutePlan, scoreA: number, b: BrutePlan, scoreB: number): boolean {
  if (Math.abs(scoreA - scoreB) > 1e-6) return scoreA < scoreB;
  if (a.parcels.length !== b.parcels.length) return a.parcels.length < b.parcels.length;
  return idsOf(a) < idsOf(b);
}

export const idsOf = ({ parcels }: BrutePlan): string => parcels.map(({ id }) => id).join(' ');
