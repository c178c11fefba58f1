import type { Pool } from './pool.ts';
import type { PortionsOffered } from './portions-offered.ts';
import type { Table } from './table.ts';

/** What a bound is about. */
export interface Priced {
  table: Table;
  offered: PortionsOffered;
  /** By source: what it costs to use it at all. */
  fixed: Float64Array;
  /** What every plan costs. */
  base: number;
  /** How many sites a plan has. */
  sites: number;
  /** Else fewer sites will do, and what is not served costs its units: no price is higher. */
  exactly: boolean;
  /** Units that a plan may leave short for nothing. */
  short: () => number;
  /** What a plan may cost and still matter. Asked each time: it falls as better plans are found. */
  most: () => number;
}

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
 *
 * The search goes down and comes back: each depth has prices of its own, or those of a depth above.
 */
export class PriceBound {
  readonly #of: Priced;
  /** By depth, then item. */
  readonly #prices: Float64Array[];
  /** By depth, then source, negative when it is worth its parcel; of the pool it was last computed for. */
  readonly #worths: Float64Array[];
  /** By depth: whose prices hold there, and what all portions and the set so far cost at them. */
  readonly #level: Int32Array;
  readonly #soFar: Float64Array;
  /** By depth: no source of the pool is worth less, at the prices that hold there. */
  readonly #leastWorth: Float64Array;
  /** By item: portions that the chosen sources do not offer below its price. */
  readonly #lacking: Float64Array;
  /** By item: portions that are left short at the prices at hand. */
  readonly #spared: Float64Array;
  readonly #kept: Float64Array;
  readonly #best: Int32Array;
  #bests = 0;
  /** By site: its place among the best while these are looked up, counted from 1; else 0. */
  readonly #place: Uint8Array;

  constructor(of: Priced, price = firstPrices(of)) {
    const { sites, table } = of;
    this.#of = of;
    this.#prices = Array.from({ length: sites }, () => new Float64Array(table.items));
    this.#prices[0]!.set(price);
    this.#worths = Array.from({ length: sites }, () => new Float64Array(table.sources));
    this.#level = new Int32Array(sites + 1);
    this.#soFar = new Float64Array(sites + 1);
    this.#leastWorth = new Float64Array(sites + 1).fill(Number.NEGATIVE_INFINITY);
    this.#lacking = new Float64Array(table.items);
    this.#spared = new Float64Array(table.items);
    this.#kept = new Float64Array(table.items);
    this.#best = new Int32Array(sites);
    this.#place = new Uint8Array(1 + table.site.reduce((most, site) => Math.max(most, site), 0));
  }

  get prices(): Float64Array {
    return this.#prices[0]!;
  }

  /**
   * Better prices for the sets that hold the first `depth` of `set` and more from the pool, which is narrowed: to nothing when none of these sets matters.
   *
   * @param chosen gets the best sources at these prices
   * @returns no plan of those sets costs less
   */
  tighten(depth: number, set: Int32Array, pool: Pool, rounds: number, chosen?: number[]): number {
    const { sites, exactly, most } = this.#of;
    const few = sites - depth;
    const price = this.#prices[depth]!;
    price.set(this.#prices[this.#level[depth]!]!);
    this.#level[depth] = depth;
    const worth = this.#worths[depth]!;
    const kept = this.#kept;
    kept.set(price);
    let highest = Number.NEGATIVE_INFINITY;
    for (let round = 0, since = 0, step = 1; round < rounds && step > shortest; round++) {
      this.#weigh(price, worth, set, depth);
      this.#weigh(price, worth, pool.at, pool.length);
      this.#choose(worth, pool, few);
      if (exactly && this.#bests < few) {
        pool.clear();
        return Number.POSITIVE_INFINITY;
      }
      const least = this.#cost(depth, set) + this.#sumOfBest(worth);
      since += 1;
      if (least > highest) {
        highest = least;
        kept.set(price);
        since = 0;
        if (chosen) chosen.splice(0, chosen.length, ...this.#best.subarray(0, this.#bests));
      }
      if (highest > most() + inexact) {
        pool.clear();
        return highest;
      }
      this.#narrow(depth, worth, pool, few);
      if (since > patience) {
        step /= 2;
        since = 0;
      }
      if (!this.#move(step, least, depth, set)) break;
    }
    price.set(kept);
    this.#weigh(price, worth, set, depth);
    this.#weigh(price, worth, pool.at, pool.length);
    this.#cost(depth, set);
    this.#choose(worth, pool, few);
    this.#narrow(depth, worth, pool, few);
    this.#leastWorth[depth] = this.#bests === 0 ? 0 : worth[this.#best[0]!]!;
    return highest;
  }

  /** Narrows the pool again at the prices that are known: for when it has fewer sources, or plans have become harder to beat. */
  narrow(depth: number, pool: Pool): void {
    const level = this.#level[depth]!;
    const worth = this.#worths[level]!;
    const few = this.#of.sites - depth;
    this.#choose(worth, pool, few);
    if (this.#of.exactly && this.#bests < few) pool.clear();
    else this.#narrow(depth, worth, pool, few);
  }

  /** No plan is known that others would have to beat: nothing can be ruled out. */
  get isIdle(): boolean {
    return this.#of.most() === Number.POSITIVE_INFINITY;
  }

  /** What the source is worth at the prices of that depth, negative when it is worth its parcel. */
  worthOf(source: number, depth: number): number {
    return this.#worths[this.#level[depth]!]![source]!;
  }

  /** The set has one source more, at the same prices. */
  enter(depth: number, source: number): void {
    const level = this.#level[depth]!;
    this.#level[depth + 1] = level;
    this.#soFar[depth + 1] = this.#soFar[depth]! + this.#worths[level]![source]!;
    this.#leastWorth[depth + 1] = this.#leastWorth[depth]!;
  }

  /** Can the source and any other of the pool not make the set a plan that matters? By the best of those the prices were made for. */
  rulesOutPair(depth: number, source: number): boolean {
    const worth = this.#worths[this.#level[depth]!]!;
    return this.#soFar[depth]! + worth[source]! + this.#leastWorth[depth]! > this.#of.most() + inexact;
  }

  /** What the set's last source may be worth, at most, for a plan that matters; and what each is. */
  mostOfLast(depth: number): number {
    return this.#of.most() + inexact - this.#soFar[depth]!;
  }

  worths(depth: number): Float64Array {
    return this.#worths[this.#level[depth]!]!;
  }

  /** All portions and the set at the prices of its depth. */
  #cost(depth: number, set: Int32Array): number {
    const { base, short, table } = this.#of;
    const price = this.#prices[depth]!;
    const worth = this.#worths[depth]!;
    let sum = base;
    for (let i = 0; i < price.length; i++) sum += table.counts[i]! * price[i]!;
    for (let k = 0; k < depth; k++) sum += worth[set[k]!]!;
    const units = short();
    if (units > 0) {
      this.#spare(price, units);
      for (let i = 0; i < price.length; i++) sum -= this.#spared[i]! * price[i]!;
    }
    this.#soFar[depth] = sum;
    return sum;
  }

  /**
   * By item, the portions whose being left short saves most: the dearest units first, a part of a portion in the end (as in a knapsack that may be filled to the brim). An item
   * with more units to a portion than may be short is not left short at all.
   */
  #spare(price: Float64Array, most: number): void {
    const { units, counts } = this.#of.table;
    const spared = this.#spared.fill(0);
    for (let left = most; left > 0; ) {
      let dearest = -1;
      let worth = 0;
      for (let i = 0; i < price.length; i++) {
        const each = price[i]! / units[i]!;
        if (each <= worth || units[i]! > most || spared[i]! > 0 || counts[i] === 0) continue;
        worth = each;
        dearest = i;
      }
      if (dearest < 0) return;
      const taken = Math.min(counts[dearest]!, left / units[dearest]!);
      spared[dearest] = taken;
      left -= taken * units[dearest]!;
    }
  }

  /** Keeps those of the pool that with the set and the best of the others may still make a plan that matters. */
  #narrow(depth: number, worth: Float64Array, pool: Pool, few: number): void {
    const limit = this.#of.most() + inexact;
    if (limit === Number.POSITIVE_INFINITY) return;
    const siteOf = this.#of.table.site;
    const best = this.#best;
    const bests = this.#bests;
    const all = this.#soFar[depth]! + this.#sumOfBest(worth);
    // The last of the best makes room; when fewer are worth their parcel there is room as it is.
    const room = bests < few ? 0 : worth[best[bests - 1]!]!;
    const most = limit - all + room;
    // Another source of a site that is among the best takes that one's place.
    const place = this.#place;
    for (let b = 0; b < bests; b++) place[siteOf[best[b]!]!] = b + 1;
    const { at } = pool;
    let length = 0;
    for (let k = 0; k < pool.length; k++) {
      const s = at[k]!;
      const b = place[siteOf[s]!]!;
      if (worth[s]! <= (b === 0 ? most : limit - all + worth[best[b - 1]!]!)) at[length++] = s;
    }
    pool.length = length;
    for (let b = 0; b < bests; b++) place[siteOf[best[b]!]!] = 0;
  }

  #weigh(price: Float64Array, worth: Float64Array, pool: Int32Array, length: number): void {
    const { from, item, portions, cost } = this.#of.offered;
    const { fixed } = this.#of;
    const items = price.length;
    for (let k = 0; k < length; k++) {
      const s = pool[k]!;
      const sum = fixed[s]!;
      const end = from[(s + 1) * items]!;
      let saved = 0;
      for (let at = from[s * items]!; at < end; at++) {
        // What is below zero, twice, without a branch: the processor could not guess it.
        const less = cost[at]! - price[item[at]!]!;
        saved += (less - Math.abs(less)) * portions[at]!;
      }
      worth[s] = sum + saved / 2;
    }
  }

  #sumOfBest(worth: Float64Array): number {
    let sum = 0;
    for (let b = 0; b < this.#bests; b++) sum += worth[this.#best[b]!]!;
    return sum;
  }

  /** The sources of the lowest worth, one of a site; where fewer will do, only those that are worth their parcel. */
  #choose(worth: Float64Array, pool: Pool, few: number): void {
    const { exactly, table } = this.#of;
    const { at, length } = pool;
    const siteOf = table.site;
    const kept = this.#best;
    let count = 0;
    for (let k = 0; k < length; ) {
      let best = at[k]!;
      const site = siteOf[best]!;
      for (k += 1; k < length && siteOf[at[k]!] === site; k++) if (worth[at[k]!]! < worth[best]!) best = at[k]!;
      const mine = worth[best]!;
      if (!exactly && mine >= 0) continue;
      if (count === few && worth[kept[count - 1]!]! <= mine) continue;
      let place = count < few ? count++ : count - 1;
      for (; place > 0 && worth[kept[place - 1]!]! > mine; place--) kept[place] = kept[place - 1]!;
      kept[place] = best;
    }
    this.#bests = count;
  }

  /** A subgradient step of Polyak's length: the price of what the chosen sources offer too little of goes up, of what they offer too much of down. */
  #move(step: number, least: number, depth: number, set: Int32Array): boolean {
    const { table, exactly, most, short } = this.#of;
    const { counts, units } = table;
    const price = this.#prices[depth]!;
    const lacking = this.#lacking;
    lacking.set(counts);
    for (let k = 0; k < depth; k++) this.#serve(set[k]!, price);
    for (let b = 0; b < this.#bests; b++) this.#serve(this.#best[b]!, price);
    // As `#cost` has left them.
    if (short() > 0) for (let i = 0; i < lacking.length; i++) lacking[i]! -= this.#spared[i]!;
    let square = 0;
    for (let i = 0; i < lacking.length; i++) square += lacking[i]! * lacking[i]!;
    if (square === 0) return false;
    const goal = most();
    const gap =
      goal === Number.POSITIVE_INFINITY ? Math.abs(least) / 10 + 1 : Math.max(goal - least, Math.abs(goal) / 1000);
    const length = (step * gap) / square;
    for (let i = 0; i < lacking.length; i++) {
      const moved = price[i]! + length * lacking[i]!;
      price[i] = exactly ? moved : Math.max(0, Math.min(moved, units[i]!));
    }
    return true;
  }

  #serve(s: number, price: Float64Array): void {
    const { from, item, portions, cost } = this.#of.offered;
    const end = from[(s + 1) * price.length]!;
    for (let at = from[s * price.length]!; at < end; at++) {
      const i = item[at]!;
      if (cost[at]! < price[i]!) this.#lacking[i]! -= portions[at]!;
    }
  }
}

/** By item: its cheapest portion and a share of a parcel; where cost does not count, half of the most that it may be. */
function firstPrices({ table, offered, fixed, exactly }: Priced): Float64Array {
  const { counts, units, items } = table;
  if (!exactly) return units.map((each) => each / 2);
  const price = new Float64Array(items).fill(Number.POSITIVE_INFINITY);
  for (let at = 0; at < offered.item.length; at++) {
    const i = offered.item[at]!;
    if (offered.cost[at]! < price[i]!) price[i] = offered.cost[at]!;
  }
  const parcel = fixed.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  return price.map((least, i) => (Number.isFinite(least) ? least + parcel / (counts[i]! * items) : 0));
}
