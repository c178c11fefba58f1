import type { Worth } from './assign.ts';
import { Lack } from './lack.ts';
import { Largest } from './largest.ts';
import type { Path } from './path.ts';
import type { Pool } from './pool.ts';
import type { Table } from './table.ts';

/** What a plan must reach to matter. */
export interface Limit {
  /** Units that it may leave short. */
  short: number;
  cost: number;
}

/** One source more; the worth of the set with it, never worse than it really is. */
export interface Child extends Worth {
  source: number;
}

/** Bounds for the search: see there for why they hold. */
export class Relaxation {
  readonly #table: Table;
  readonly #lack: Lack;
  /** By item: what all its portions cost at the path, or at all sources' cheapest while something of it is missing. */
  readonly #paid: Float64Array;

  constructor(table: Table) {
    this.#table = table;
    this.#lack = new Lack(table);
    this.#paid = new Float64Array(table.items);
  }

  /**
   * The sources to go on with when `left` have still to be added, this one counted: the most promising first. While something is missing that cannot
   * stay so: only sources of the rarest. What is missing counts as if bought where it is cheapest: then the savings of several sources are at
   * most the sum of each one's.
   */
  children(path: Path, pool: Pool, left: number, limit: Limit): Child[] {
    const { items, caps, fixed } = this.#table;
    const lack = this.#lack;
    lack.look(path, limit.short);
    const now = this.#pay(path);
    const spared = limit.short === 0 ? 0 : limit.short * this.#dearestUnit(limit.short);
    const savings = new Largest(left - 1, Number.NEGATIVE_INFINITY);
    const gains = new Largest(left - 1, 0);
    const children: Child[] = [];
    for (let k = 0; k < pool.length; k++) {
      const source = pool.at[k]!;
      const gain = lack.length === 0 ? 0 : lack.gain(path, source);
      const cost = path.fixed + fixed[source]! + this.costWith(this.#paid, source);
      gains.add(gain);
      savings.add(now - cost);
      if (lack.rarest >= 0 && caps[source * items + lack.rarest] === 0) continue;
      children.push({ source, short: lack.short - gain, cost });
    }
    if (pool.length < left) return [];
    const short = limit.short + gains.sum;
    const cost = limit.cost + spared + savings.sum;
    return children.filter((child) => child.short <= short && child.cost <= cost).sort(byWorth);
  }

  /** The two that are best as the last of a set, roughly. */
  bestLast(path: Path, pool: Pool): Child[] {
    const { fixed } = this.#table;
    const lack = this.#lack;
    lack.look(path, 0);
    let best: Child | undefined;
    let second: Child | undefined;
    for (let k = 0; k < pool.length; k++) {
      const source = pool.at[k]!;
      const short = lack.short - lack.gain(path, source);
      if (second && short > second.short) continue;
      const child = { source, short, cost: path.fixed + fixed[source]! + this.servedWith(path, source) };
      if (!best || byWorth(child, best) < 0) {
        second = best;
        best = child;
      } else if (!second || byWorth(child, second) < 0) second = child;
    }
    return [best, second].filter((child) => child !== undefined);
  }

  /** What all portions cost at the least of what is paid and the source's costs. */
  costWith(paid: Float64Array, source: number): number {
    const { costs, items } = this.#table;
    const from = source * items;
    let sum = 0;
    for (let i = 0; i < items; i++) {
      const a = paid[i]!;
      const b = costs[from + i]!;
      sum += a < b ? a : b;
    }
    return sum;
  }

  #pay(path: Path): number {
    const { cheapest } = this.#table;
    const lack = this.#lack;
    const paid = this.#paid;
    paid.set(path.cost);
    for (let at = 0; at < lack.length; at++) paid[lack.missing[at]!] = cheapest[lack.missing[at]!]!;
    return paid.reduce((sum, cost) => sum + cost, path.fixed);
  }

  /** Of the items that can be left short by so many units: the one with the dearest. */
  #dearestUnit(most: number): number {
    const { counts, units } = this.#table;
    let dearest = 0;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i]! > 0 && units[i]! <= most) dearest = Math.max(dearest, this.#paid[i]! / (counts[i]! * units[i]!));
    }
    return dearest;
  }

  /** What all that the path with the source has would cost, at least. */
  servedWith({ cost, have }: Path, source: number): number {
    const { items, counts, caps, costs } = this.#table;
    const from = source * items;
    let sum = 0;
    for (let i = 0; i < items; i++) {
      const count = counts[i]!;
      const served = have[i]! + caps[from + i]!;
      if (served === 0) continue;
      const here = cost[i]!;
      const there = costs[from + i]!;
      const least = here < there ? here : there;
      sum += served < count ? (least * served) / count : least;
    }
    return sum;
  }
}

export const byWorth = (a: Child, b: Child): number => a.short - b.short || a.cost - b.cost || a.source - b.source;
