import { Lack } from './lack.ts';
import type { Path } from './path.ts';
import type { Pool } from './pool.ts';
import type { PriceBound } from './price-bound.ts';
import { byWorth, type Child, type Limit, type Relaxation } from './relaxation.ts';
import type { Table } from './table.ts';

/** The last source of a set: the cheap bounds first, then what the set costs with every item placed for itself. */
export class LastSource {
  readonly #table: Table;
  readonly #relaxation: Relaxation;
  readonly #lack: Lack;
  /** By place in the set: where its source's next portions of an item are in the list of what is offered, and where they end. */
  readonly #next: Int32Array;
  readonly #end: Int32Array;
  /** May a set serve less than its sources have of each item? */
  readonly #competes: boolean;

  constructor(table: Table, relaxation: Relaxation, most: number) {
    this.#table = table;
    this.#relaxation = relaxation;
    this.#lack = new Lack(table);
    this.#next = new Int32Array(most + 1);
    this.#end = new Int32Array(most + 1);
    const { competing, minParcelValue, sources } = table.p;
    const hasRoom = sources.every(({ room }) => room === Number.POSITIVE_INFINITY);
    this.#competes = competing.length > 0 || minParcelValue > 0 || !hasRoom;
  }

  /** Those that may complete the path to a plan within the limit, the best first. What they compete for and capacities are not counted in. */
  of(path: Path, pool: Pool, bounds: readonly PriceBound[], limit: Limit): Child[] {
    const lack = this.#lack;
    lack.look(path, limit.short);
    const { depth, set } = path;
    const siteOf = this.#table.site;
    const barred = depth === 0 ? -1 : siteOf[set[depth - 1]!]!;
    const [first, second] = bounds.filter((bound) => !bound.isIdle);
    const [worth, most] = first ? [first.worths(depth), first.mostOfLast(depth)] : [];
    const [worthToo, mostToo] = second ? [second.worths(depth), second.mostOfLast(depth)] : [];
    const children: Child[] = [];
    for (let k = 0; k < pool.length; k++) {
      const source = pool.at[k]!;
      if (!lack.coveredBy(source) || siteOf[source] === barred) continue;
      if (worth && worth[source]! > most!) continue;
      if (worthToo && worthToo[source]! > mostToo!) continue;
      const parcels = path.fixed + this.#table.fixed[source]!;
      if (limit.short === 0) {
        if (parcels + this.#relaxation.costWith(path.cost, source) > limit.cost) continue;
      } else {
        if (lack.short - lack.gain(path, source) > limit.short) continue;
        // What competes is not served as far as it is had: then this is no bound.
        if (!this.#competes && parcels + this.#relaxation.servedWith(path, source) > limit.cost) continue;
      }
      const child = this.#placed(path, source, parcels, limit);
      if (child) children.push(child);
    }
    return children.sort(byWorth);
  }

  /** Portion by portion where it is cheapest: as `placeAlone` does, but for the steps that are not told apart. */
  #placed(path: Path, source: number, parcels: number, limit: Limit): Child | undefined {
    const { items, counts, units, offered } = this.#table;
    const { from, cost, portions } = offered;
    const { set, depth } = path;
    const [next, end] = [this.#next, this.#end];
    set[depth] = source;
    let short = 0;
    let sum = parcels;
    let dearestUnit = 0;
    for (let i = 0; i < items; i++) {
      let left = counts[i]!;
      for (let place = 0; place <= depth; place++) {
        const at = set[place]! * items + i;
        next[place] = from[at]!;
        end[place] = from[at + 1]!;
      }
      while (left > 0) {
        let best = -1;
        let least = Number.POSITIVE_INFINITY;
        for (let place = 0; place <= depth; place++) {
          const at = next[place]!;
          if (at === end[place] || cost[at]! >= least) continue;
          best = place;
          least = cost[at]!;
        }
        if (best < 0) break;
        const taken = Math.min(left, portions[next[best]!]!);
        next[best]! += 1;
        left -= taken;
        sum += taken * least;
        dearestUnit = Math.max(dearestUnit, least / units[i]!);
      }
      short += left * units[i]!;
      if (short > limit.short) return undefined;
    }
    // What competes may have to stay short too, and is then not paid for.
    const least = this.#competes ? sum - (limit.short - short) * dearestUnit : sum;
    return least <= limit.cost ? { source, short, cost: least } : undefined;
  }
}
