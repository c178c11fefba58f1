import type { Item } from './items.ts';
import type { Source } from './problem.ts';

export interface Placed {
  short: number;
  cost: number;
  taken: number[];
}

/**
 * The best places for an item that competes with no other: portion by portion at the cheapest source, the earlier of equals. Optimal, because
 * a source's next portion never costs less than its last.
 */
export function placeAlone(item: Item, index: number, set: readonly Source[]): Placed {
  const taken: number[] = [];
  for (let place = 0; place < set.length; place++) taken.push(0);
  let left = item.count;
  let cost = 0;
  while (left > 0) {
    let best = -1;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let place = 0; place < set.length; place++) {
      const source = set[place]!;
      if (taken[place]! >= source.cap[index]!) continue;
      const next = nextPortion(index, source, taken[place]!);
      if (next < bestCost) {
        best = place;
        bestCost = next;
      }
    }
    if (best < 0) break;
    const source = set[best]!;
    // Without scarcity every portion of a source costs the same: take all of them at once.
    const portions = source.scarce[index] === undefined ? Math.min(left, source.cap[index]! - taken[best]!) : 1;
    taken[best]! += portions;
    left -= portions;
    cost += portions * bestCost;
  }
  return { short: left * item.units, cost, taken };
}

export function nextPortion(index: number, source: Source, taken: number): number {
  const scarce = source.scarce[index];
  return scarce ? source.portion[index]! + scarce[taken + 1]! - scarce[taken]! : source.portion[index]!;
}
