import { nextPortion } from './place-alone.ts';
import type { Problem, Source } from './problem.ts';

/** What sources offer: so many portions of an item at a cost each, the later ones never cheaper. Flat: the loops over it are most of a bound's time. */
export interface PortionsOffered {
  /** By source: its first place in the lists below; one more for the end. */
  from: Int32Array;
  item: Int32Array;
  portions: Float64Array;
  cost: Float64Array;
}

/** Portions that grow dearer with each one taken are told apart this far; the rest counts as dear as the last of them. */
const apart = 8;

/** At what they cost, alone at a source: what they cost together with others is never less. */
export const atCost = (p: Problem): PortionsOffered =>
  offeredAt(p, (source, index) => {
    const steps = source.scarcity.size === 0 ? 1 : apart;
    const costs: number[] = [];
    for (let taken = 0; taken < Math.min(steps, source.cap[index]!); taken++) {
      costs.push(nextPortion(p.items[index]!, index, source, taken));
    }
    return costs;
  });

/** For nothing: who only asks what can be served. */
export const forNothing = (p: Problem): PortionsOffered => offeredAt(p, () => [0]);

function offeredAt(p: Problem, costsOf: (source: Source, index: number) => readonly number[]): PortionsOffered {
  const from = new Int32Array(p.sources.length + 1);
  const item: number[] = [];
  const portions: number[] = [];
  const cost: number[] = [];
  for (const [s, source] of p.sources.entries()) {
    for (const [index, { count }] of p.items.entries()) {
      const most = Math.min(count, source.cap[index]!);
      if (most === 0) continue;
      const costs = costsOf(source, index);
      const steps = Math.min(costs.length, most);
      for (let step = 0; step < steps; step++) {
        item.push(index);
        cost.push(costs[step]!);
        portions.push(step === steps - 1 ? most - step : 1);
      }
    }
    from[s + 1] = item.length;
  }
  return { from, item: Int32Array.from(item), portions: Float64Array.from(portions), cost: Float64Array.from(cost) };
}
