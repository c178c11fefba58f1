import { type Assignment, better, type Worth, worthSending } from './assign.ts';
import type { Meter } from './meter.ts';
import { placeAlone } from './place-alone.ts';
import type { Problem, Source } from './problem.ts';

/**
 * The best assignment of items that compete, by depth-first branch and bound: item by item (those that cannot be divided first, the larger
 * before the smaller), every number of portions at every source, the cheapest source first. What the items still to come would cost if each were alone bounds the rest from below.
 *
 * One call may use a twentieth of the budget, so that one knotty set does not starve the others.
 *
 * @param bySite also holds the sites' capacities and the least value of a parcel
 * @returns undefined when nothing reaches `limit`, or when the meter ran out before anything did
 */
export function assignJointly(
  p: Problem,
  group: readonly number[],
  set: readonly Source[],
  limit: Worth,
  bySite: boolean,
  meter: Meter,
): Assignment | undefined {
  const order = group.toSorted(
    (a, b) => p.items[a]!.count - p.items[b]!.count || p.items[b]!.units - p.items[a]!.units || a - b,
  );
  const floors = floorsOf(p, order, set);
  /** By place in the set, then by place of the SKU: units taken. */
  const stock = set.map(({ sellable }) => sellable.map(() => 0));
  const pieces = set.map(() => 0);
  const value = set.map(() => 0);
  const taken = new Map(order.map((index) => [index, set.map(() => 0)]));
  let best: Assignment | undefined;

  const room = (place: number, index: number): number => {
    const item = p.items[index]!;
    const source = set[place]!;
    let portions = source.cap[index]!;
    for (const { place: sku, quantity } of item.demand) {
      const free = source.sellable[sku]! - stock[place]![sku]!;
      portions = Math.min(portions, Math.floor(free / quantity));
    }
    if (bySite) portions = Math.min(portions, Math.floor((source.room - pieces[place]!) / item.pieces));
    return portions;
  };
  /** Takes (or, if negative, gives back) portions; returns what that costs. */
  const take = (place: number, index: number, portions: number): number => {
    const item = p.items[index]!;
    let cost = portions * set[place]!.portion[index]!;
    for (const { place: sku, quantity } of item.demand) {
      const before = stock[place]![sku]!;
      stock[place]![sku] = before + portions * quantity;
      const table = set[place]!.scarcity[sku];
      if (table) cost += table[before + portions * quantity]! - table[before]!;
    }
    pieces[place]! += portions * item.pieces;
    value[place]! += portions * item.value;
    taken.get(index)![place]! += portions;
    return cost;
  };
  const allowance = meter.used + Math.max(1000, meter.budget / 20);
  let stopped = false;
  const hopeless = (depth: number, short: number, cost: number): boolean => {
    const floor = floors[depth]!;
    const least = { short: short + floor.short, cost: cost + floor.cost };
    return best ? !better(least, best) : better(limit, least);
  };

  const visit = (depth: number, short: number, cost: number): void => {
    if (hopeless(depth, short, cost)) return;
    if (meter.used > allowance) meter.truncated = true;
    if (meter.used > allowance || !meter.spend(1)) stopped = true;
    if (stopped) return;
    const index = order[depth];
    if (index === undefined) {
      if (bySite && !worthSending(p.minParcelValue, pieces, value)) return;
      const result: number[][] = [];
      for (const [item, portions] of taken) result[item] = [...portions];
      best = { short, cost, taken: result };
      return;
    }
    const cheapest = Math.min(
      ...set.map((source) => (source.cap[index] === 0 ? Number.POSITIVE_INFINITY : source.least[index]!)),
    );
    const places = [...set.keys()].toSorted((a, b) => set[a]!.least[index]! - set[b]!.least[index]! || a - b);
    const spread = (turn: number, left: number, spent: number): void => {
      const place = places[turn];
      if (place === undefined || left === 0) {
        visit(depth + 1, short + left * p.items[index]!.units, spent);
        return;
      }
      if (stopped || (Number.isFinite(cheapest) && hopeless(depth + 1, short, spent + left * cheapest))) return;
      for (let portions = Math.min(left, room(place, index)); portions >= 0; portions--) {
        const paid = take(place, index, portions);
        spread(turn + 1, left - portions, spent + paid);
        take(place, index, -portions);
      }
    };
    spread(0, p.items[index]!.count, cost);
  };
  visit(0, 0, 0);
  return best;
}

/** Of the items from a place in the order on: the least that they could cost, each alone. */
function floorsOf(p: Problem, order: readonly number[], set: readonly Source[]): Worth[] {
  const floors: Worth[] = [{ short: 0, cost: 0 }];
  for (const index of order.toReversed()) {
    const { short, cost } = placeAlone(p.items[index]!, index, set);
    const next = floors[0]!;
    floors.unshift({ short: short + next.short, cost: cost + next.cost });
  }
  return floors;
}
