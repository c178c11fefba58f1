import type { PortionsOffered } from './portions-offered.ts';
import type { Problem } from './problem.ts';

/** What a bound is about. */
export interface Priced {
  p: Problem;
  offered: PortionsOffered;
  /** By source: what it costs to use it at all. */
  fixed: Float64Array;
  /** What every plan costs. */
  base: number;
  /** How many sites a plan has. */
  sites: number;
  /** Else fewer sites will do, and what is not served costs its units: no price is higher. */
  exactly: boolean;
  /** What a plan may cost and still matter. Asked each time: it falls as better plans are found. */
  most: () => number;
}

export interface Tightened {
  bound: PriceBound;
  /** No plan of those sets costs less. */
  least: number;
  pool: Pool;
  best: Pool;
}

/** Sources that may still be in a plan that matters, by their places in the problem: those of a site stand together. */
export type Pool = readonly number[];

/** A bound is a sum of doubles, a cost or a number of units is an integer: the bound may be off by less than this. */
const inexact = 0.25;
/** Rounds without a better bound, then half the step. */
const patience = 3;
/** Steps that are shorter than this share of the first move no bound. */
const shortest = 0.02;

/**
 * A bound from prices (Lagrangian relaxation: Held and Karp 1971; for sites: Cornuejols, Fisher and Nemhauser 1977). Give every portion of an item a
 * price. A source is then worth its parcel's cost less all that it offers below the price, and whatever the prices are, no plan of so many sites
 * costs less than all portions at their price plus the worths of the best sites. Good prices make that bound nearly as high as the best plan: then
 * the worth of a source alone, without looking at what it would be combined with, says that it is in no plan that matters.
 */
export class PriceBound {
  readonly #of: Priced;
  /** By item. */
  readonly #price: Float64Array;
  /** By source, negative when it is worth its parcel; of the pool it was last computed for. */
  readonly #worth: Float64Array;
  /** By item: portions that the chosen sources do not offer below its price. */
  readonly #lacking: Float64Array;

  constructor(of: Priced, price = firstPrices(of)) {
    this.#of = of;
    this.#price = price;
    this.#worth = new Float64Array(of.p.sources.length);
    this.#lacking = new Float64Array(price.length);
  }

  /**
   * Better prices for the sets that hold `set` and more from `pool`.
   *
   * @returns the bound for those sets, the best sources at its prices, and what is left of the pool: nothing when none of the sets matters
   */
  tighten(set: Pool, pool: Pool, rounds: number): Tightened {
    const { exactly, sites, most } = this.#of;
    const tight = new PriceBound(this.#of, Float64Array.from(this.#price));
    const price = tight.#price;
    const kept = Float64Array.from(price);
    let highest = Number.NEGATIVE_INFINITY;
    let left = pool;
    let chosen: Pool = [];
    let step = 1;
    let since = 0;
    for (let round = 0; round < rounds && step > shortest; round++) {
      tight.#weigh(set);
      tight.#weigh(left);
      const best = tight.#bestOf(left, sites - set.length);
      if (exactly && best.length < sites - set.length)
        return { bound: tight, least: Number.POSITIVE_INFINITY, pool: [], best: [] };
      const least = best.reduce((sum, s) => sum + tight.#worth[s]!, tight.#soFar(set));
      since += 1;
      if (least > highest) {
        highest = least;
        kept.set(price);
        since = 0;
        chosen = best;
      }
      if (highest > most() + inexact) return { bound: tight, least: highest, pool: [], best };
      left = tight.#among(left, set, best);
      if (since > patience) {
        step /= 2;
        since = 0;
      }
      if (!tight.#move(step, least, [...set, ...best])) break;
    }
    price.set(kept);
    tight.#weigh(set);
    return { bound: tight, least: highest, pool: tight.within(set, left), best: chosen };
  }

  /** What is left of a pool for sets that hold `set`. */
  within(set: Pool, pool: Pool): Pool {
    if (this.#of.most() === Number.POSITIVE_INFINITY) return pool;
    this.#weigh(pool);
    return this.#among(pool, set, this.#bestOf(pool, this.#of.sites - set.length));
  }

  #soFar(set: Pool): number {
    const { p, base } = this.#of;
    let sum = base;
    for (let i = 0; i < this.#price.length; i++) sum += p.items[i]!.count * this.#price[i]!;
    for (const s of set) sum += this.#worth[s]!;
    return sum;
  }

  /** Those of the pool that with the set and the best of the others may still make a plan that matters. */
  #among(pool: Pool, set: Pool, best: readonly number[]): Pool {
    const { p, sites, exactly, most } = this.#of;
    const limit = most() + inexact;
    if (limit === Number.POSITIVE_INFINITY) return pool;
    const soFar = this.#soFar(set);
    const more = sites - set.length - 1;
    return pool.filter((s) => {
      const { site } = p.sources[s]!;
      let cost = soFar + this.#worth[s]!;
      let others = 0;
      for (const other of best) {
        if (others === more) break;
        if (p.sources[other]!.site === site) continue;
        cost += this.#worth[other]!;
        others += 1;
      }
      // As many as there are others but for the last, which only stands in for one of the same site.
      return cost <= limit && (others === more || !exactly || best.length === sites - set.length);
    });
  }

  #weigh(pool: Pool): void {
    const { from, item, portions, cost } = this.#of.offered;
    const price = this.#price;
    for (const s of pool) {
      let sum = this.#of.fixed[s]!;
      const end = from[s + 1]!;
      for (let at = from[s]!; at < end; at++) {
        const saved = cost[at]! - price[item[at]!]!;
        if (saved < 0) sum += saved * portions[at]!;
      }
      this.#worth[s] = sum;
    }
  }

  /** The sources of the lowest worth, one of a site; where fewer will do, only those that are worth their parcel. */
  #bestOf(pool: Pool, few: number): number[] {
    const { p, exactly } = this.#of;
    const worth = this.#worth;
    const kept: number[] = [];
    for (let at = 0; at < pool.length; ) {
      let best = pool[at]!;
      const { site } = p.sources[best]!;
      for (at += 1; at < pool.length && p.sources[pool[at]!]!.site === site; at++) {
        if (worth[pool[at]!]! < worth[best]!) best = pool[at]!;
      }
      if (!exactly && worth[best]! >= 0) continue;
      let place = kept.length;
      while (place > 0 && worth[kept[place - 1]!]! > worth[best]!) place -= 1;
      if (place >= few) continue;
      kept.splice(place, 0, best);
      if (kept.length > few) kept.pop();
    }
    return kept;
  }

  /** A subgradient step of Polyak's length: the price of what the chosen sources offer too little of goes up, of what they offer too much of down. */
  #move(step: number, least: number, chosen: Pool): boolean {
    const { p, offered, exactly, most } = this.#of;
    const { items } = p;
    const lacking = this.#lacking;
    for (let i = 0; i < items.length; i++) lacking[i] = items[i]!.count;
    for (const s of chosen) {
      for (let at = offered.from[s]!; at < offered.from[s + 1]!; at++) {
        const i = offered.item[at]!;
        if (offered.cost[at]! < this.#price[i]!) lacking[i]! -= offered.portions[at]!;
      }
    }
    let square = 0;
    for (let i = 0; i < items.length; i++) square += lacking[i]! * lacking[i]!;
    if (square === 0) return false;
    const goal = most();
    const gap =
      goal === Number.POSITIVE_INFINITY ? Math.abs(least) / 10 + 1 : Math.max(goal - least, Math.abs(goal) / 1000);
    for (let i = 0; i < items.length; i++) {
      const moved = this.#price[i]! + (step * gap * lacking[i]!) / square;
      this.#price[i] = exactly ? moved : Math.max(0, Math.min(moved, items[i]!.units));
    }
    return true;
  }
}

/** By item: its cheapest portion and a share of a parcel; where cost does not count, half of the most that it may be. */
function firstPrices({ p: { items }, offered, fixed, exactly }: Priced): Float64Array {
  if (!exactly) return Float64Array.from(items, ({ units }) => units / 2);
  const price = new Float64Array(items.length).fill(Number.POSITIVE_INFINITY);
  for (const [at, i] of offered.item.entries()) price[i] = Math.min(price[i]!, offered.cost[at]!);
  const parcel = fixed.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  for (const [i, { count }] of items.entries()) {
    price[i] = Number.isFinite(price[i]!) ? price[i]! + parcel / (count * items.length) : 0;
  }
  return price;
}
