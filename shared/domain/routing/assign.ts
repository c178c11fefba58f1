import { assignJointly } from './assign-jointly.ts';
import type { Meter } from './meter.ts';
import { placeAlone } from './place-alone.ts';
import type { Problem, Source } from './problem.ts';

/** Fewer units short is better at any cost. */
export interface Worth {
  short: number;
  /** Thousandths of a minor unit. */
  cost: number;
}

export const better = (a: Worth, b: Worth): boolean => a.short < b.short || (a.short === b.short && a.cost < b.cost);

/** How the portions of items lie on the sources of a set. */
export interface Assignment extends Worth {
  /** Portions by item, then by place in the set. */
  taken: number[][];
}

/**
 * The best assignment of all items to these sources (parcels' costs not counted; a source may stay unused). Items are placed each for itself as long as nothing makes
 * them compete: a shared SKU, a site's capacity, or the least value of a parcel. Where they compete, they are placed jointly by branch and bound.
 *
 * @param limit what the result has to reach: what is worse need not be found
 * @returns undefined when there is none within the limit
 */
export function assign(p: Problem, set: readonly Source[], limit: Worth, meter: Meter): Assignment | undefined {
  const taken: number[][] = Array.from({ length: p.items.length }, () => []);
  let short = 0;
  let cost = 0;
  for (const index of p.alone) {
    const placed = placeAlone(p.items[index]!, index, set);
    taken[index] = placed.taken;
    short += placed.short;
    cost += placed.cost;
  }
  for (const group of p.competing) {
    const rest = { short: limit.short - short, cost: Number.POSITIVE_INFINITY };
    const placed = assignJointly(p, group, set, rest, false, meter);
    if (!placed) return undefined;
    for (const index of group) taken[index] = placed.taken[index]!;
    short += placed.short;
    cost += placed.cost;
  }
  if (better(limit, { short, cost })) return undefined;
  if (respectsSites(p, set, taken)) return { short, cost, taken };
  if (!couldReachValue(p, set)) return undefined;
  const all = p.items.map((_, index) => index);
  return assignJointly(p, all, set, limit, true, meter);
}

/** Is each site within its capacity, and each of several parcels worth being sent? */
function respectsSites(p: Problem, set: readonly Source[], taken: readonly number[][]): boolean {
  if (p.minParcelValue === 0 && set.every(({ room }) => room === Number.POSITIVE_INFINITY)) return true;
  const pieces = set.map(() => 0);
  const value = set.map(() => 0);
  for (const [index, item] of p.items.entries()) {
    for (const place of set.keys()) {
      const portions = taken[index]![place] ?? 0;
      pieces[place]! += portions * item.pieces;
      value[place]! += portions * item.value;
    }
  }
  return set.every(({ room }, place) => pieces[place]! <= room) && worthSending(p.minParcelValue, pieces, value);
}

export function worthSending(minimum: number, pieces: readonly number[], value: readonly number[]): boolean {
  if (minimum === 0 || pieces.filter((count) => count > 0).length <= 1) return true;
  return pieces.every((count, place) => count === 0 || value[place]! >= minimum);
}

/** False when a source can never fill a parcel: the set is then no better than the set without it. */
function couldReachValue(p: Problem, set: readonly Source[]): boolean {
  if (p.minParcelValue === 0 || set.length === 1) return true;
  return set.every(({ cap }) => {
    const value = p.items.reduce((sum, item, index) => sum + item.value * cap[index]!, 0);
    return value >= p.minParcelValue;
  });
}
