import { atCost, forNothing, type PortionsOffered } from './portions-offered.ts';
import type { Problem } from './problem.ts';

/** A problem laid out flat for the loops of the search, which are most of a decision's time: by source, then item. */
export interface Table {
  p: Problem;
  /** How many items, and how many sources. */
  items: number;
  sources: number;
  /** By item: portions, and units in each. */
  counts: Float64Array;
  units: Float64Array;
  /** By source. */
  site: Int32Array;
  fixed: Float64Array;
  /** The least that all portions cost: infinite where there is none. */
  costs: Float64Array;
  /** Portions, no more than are wanted. */
  caps: Int32Array;
  /** The items of which a source has something: `words` of bits for each source. */
  masks: Int32Array;
  words: number;
  /** By item: how many sources have some, and what all portions cost at the cheapest. */
  sourcesOf: Int32Array;
  cheapest: Float64Array;
  offered: PortionsOffered;
  /** The same at no cost. Made when it is asked for. */
  forNothing: () => PortionsOffered;
}

export function tableOf(p: Problem): Table {
  const [items, sources] = [p.items.length, p.sources.length];
  const words = Math.ceil(items / 32);
  const counts = new Float64Array(items);
  const units = new Float64Array(items);
  for (let i = 0; i < items; i++) {
    counts[i] = p.items[i]!.count;
    units[i] = p.items[i]!.units;
  }
  const site = new Int32Array(sources);
  const fixed = new Float64Array(sources);
  const costs = new Float64Array(items * sources);
  const caps = new Int32Array(items * sources);
  const masks = new Int32Array(words * sources);
  const sourcesOf = new Int32Array(items);
  const cheapest = new Float64Array(items).fill(Number.POSITIVE_INFINITY);
  for (let s = 0; s < sources; s++) {
    const { cap, least } = p.sources[s]!;
    site[s] = p.sources[s]!.site;
    fixed[s] = p.sources[s]!.fixed;
    for (let i = 0; i < items; i++) {
      const count = counts[i]!;
      const here = Math.min(cap[i]!, count);
      const cost = count === 0 ? 0 : here > 0 ? count * least[i]! : Number.POSITIVE_INFINITY;
      costs[s * items + i] = cost;
      caps[s * items + i] = here;
      if (cost < cheapest[i]!) cheapest[i] = cost;
      if (here === 0) continue;
      masks[s * words + (i >>> 5)]! |= 1 << (i & 31);
      sourcesOf[i]! += 1;
    }
  }
  let free: PortionsOffered | undefined;
  return {
    p,
    items,
    sources,
    counts,
    units,
    site,
    fixed,
    costs,
    caps,
    masks,
    words,
    sourcesOf,
    cheapest,
    offered: atCost(p),
    forNothing: () => {
      free ??= forNothing(p);
      return free;
    },
  };
}
