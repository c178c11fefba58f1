import { nextPortion } from './place-alone.ts';
import type { Problem, Source } from './problem.ts';

/** What sources offer: so many portions of an item at a cost each, the later ones never cheaper. Flat: the loops over it are most of a bound's time. */
export interface PortionsOffered {
  /** By source times the number of items, plus item: the first place in the lists below; one more for the end. */
  from: Int32Array;
  item: Int32Array;
  portions: Float64Array;
  cost: Float64Array;
}

/** Portions that grow dearer with each one taken are told apart this far; the rest counts as dear as the last of them. */
const apart = 8;

/** At what they cost, alone at a source: what they cost together with others is never less. */
export const atCost = (p: Problem): PortionsOffered =>
  offeredAt(
    p,
    ({ scarce }, index) => (scarce[index] ? apart : 1),
    (source, index, taken) => nextPortion(index, source, taken),
  );

/** For nothing: who only asks what can be served. */
export const forNothing = (p: Problem): PortionsOffered =>
  offeredAt(
    p,
    () => 1,
    () => 0,
  );

function offeredAt(
  p: Problem,
  stepsOf: (source: Source, index: number) => number,
  costOf: (source: Source, index: number, taken: number) => number,
): PortionsOffered {
  const items = p.items.length;
  const from = new Int32Array(p.sources.length * items + 1);
  const here = (source: Source, index: number) => Math.min(p.items[index]!.count, source.cap[index]!);
  let length = 0;
  for (let s = 0, at = 1; s < p.sources.length; s++) {
    for (let index = 0; index < items; index++, at++) {
      const source = p.sources[s]!;
      length += Math.min(stepsOf(source, index), here(source, index));
      from[at] = length;
    }
  }
  const item = new Int32Array(length);
  const portions = new Float64Array(length);
  const cost = new Float64Array(length);
  for (let s = 0, next = 0; s < p.sources.length; s++) {
    const source = p.sources[s]!;
    for (let index = 0; index < items; index++) {
      const most = here(source, index);
      const steps = from[s * items + index + 1]! - next;
      for (let step = 0; step < steps; step++, next++) {
        item[next] = index;
        cost[next] = costOf(source, index, step);
        portions[next] = step === steps - 1 ? most - step : 1;
      }
    }
  }
  return { from, item, portions, cost };
}
