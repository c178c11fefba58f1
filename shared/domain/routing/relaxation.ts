import type { Worth } from './assign.ts';
import type { Problem, Source } from './problem.ts';

/** A set of sources, and what it would cost if items did not compete and stock did not end: never more than it really does. */
export interface Prefix {
  sources: readonly Source[];
  /** Of the sources, their places in the problem. */
  indexes: readonly number[];
  /** Of the parcels, the first one's `extraParcel` taken off. */
  fixed: number;
  /** By item: the least that all its portions cost; infinite while no source has any. */
  cost: Float64Array;
  /** By item: portions that the set has. */
  have: Float64Array;
}

/** One source more. `short` and `cost` are the relaxed worth of the set with it, `bound` that of the best set that holds it too. */
export interface Child extends Worth {
  source: Source;
  index: number;
  bound: Worth;
}

/** Bounds for the search: see there for why they hold. */
export class Relaxation {
  readonly #p: Problem;
  readonly #n: number;
  /** Of each item. */
  readonly #counts: Float64Array;
  readonly #units: Float64Array;
  /** By source, then item: the least that all portions cost. Flat, like `#caps`: these loops are most of a decision's time. */
  readonly #costs: Float64Array;
  readonly #caps: Int32Array;
  /** By source: the items of which it has something, as a mask. */
  readonly #masks: Uint32Array[];
  /** By item: how many sources have some. */
  readonly #sourcesOf: number[];
  /** By item: at its cheapest source. */
  readonly #cheapest: Float64Array;
  /** Savings that items alone may bring when it is open which of them are served. */
  readonly #savings: number;

  constructor(p: Problem) {
    this.#p = p;
    const { items, sources } = p;
    this.#n = items.length;
    this.#counts = Float64Array.from(items, ({ count }) => count);
    this.#units = Float64Array.from(items, ({ units }) => units);
    this.#costs = new Float64Array(this.#n * sources.length);
    this.#caps = new Int32Array(this.#n * sources.length);
    this.#cheapest = new Float64Array(this.#n).fill(Number.POSITIVE_INFINITY);
    for (const [s, { cap, least }] of sources.entries()) {
      for (let i = 0; i < this.#n; i++) {
        const { count } = items[i]!;
        const cost = count === 0 ? 0 : cap[i]! > 0 ? count * least[i]! : Number.POSITIVE_INFINITY;
        this.#costs[s * this.#n + i] = cost;
        this.#caps[s * this.#n + i] = cap[i]!;
        this.#cheapest[i] = Math.min(this.#cheapest[i]!, cost);
      }
    }
    this.#masks = sources.map(({ cap }) => maskOf(this.#n, (i) => cap[i]! > 0));
    this.#sourcesOf = items.map((_, i) => sources.filter(({ cap }) => cap[i]! > 0).length);
    this.#savings = this.#cheapest.reduce((sum, cost) => sum + Math.min(0, cost), 0);
  }

  root(): Prefix {
    const { length } = this.#p.items;
    const cost = Float64Array.from(this.#p.items, ({ count }) => (count === 0 ? 0 : Number.POSITIVE_INFINITY));
    return { sources: [], indexes: [], fixed: -this.#p.extraParcel, cost, have: new Float64Array(length) };
  }

  with(prefix: Prefix, index: number): Prefix {
    const source = this.#p.sources[index]!;
    const cost = new Float64Array(this.#n);
    const have = new Float64Array(this.#n);
    for (let i = 0; i < this.#n; i++) {
      cost[i] = Math.min(prefix.cost[i]!, this.#costs[index * this.#n + i]!);
      have[i] = Math.min(this.#p.items[i]!.count, prefix.have[i]! + this.#caps[index * this.#n + i]!);
    }
    return {
      sources: [...prefix.sources, source],
      indexes: [...prefix.indexes, index],
      fixed: prefix.fixed + source.fixed,
      cost,
      have,
    };
  }

  /** The sources to try next, the most promising first. `left` is how many may still be added, this one counted. */
  children(prefix: Prefix, free: readonly number[], left: number, allowShort: boolean): Child[] {
    const missing: number[] = [];
    for (let i = 0; i < this.#n; i++) if (prefix.have[i]! < this.#counts[i]!) missing.push(i);
    return allowShort && missing.length > 0
      ? this.#anyOf(prefix, missing, free, left)
      : this.#whole(prefix, missing, free, left);
  }

  /**
   * For plans that leave nothing short. While something is missing: only sources of the rarest missing item, and of all of them when it is the last
   * that may be added. What is missing counts as if bought where it is cheapest, so that the bound on savings holds for it as well.
   */
  #whole(prefix: Prefix, missing: number[], free: readonly number[], left: number): Child[] {
    const mask = maskOf(this.#n, (i) => prefix.have[i]! < this.#p.items[i]!.count);
    const rarest = missing.reduce((a, b) => (this.#sourcesOf[b]! < this.#sourcesOf[a]! ? b : a), missing[0] ?? -1);
    const shortNow = this.#short(prefix);
    const paid = Float64Array.from(prefix.cost);
    for (const i of missing) paid[i] = this.#cheapest[i]!;
    const now = paid.reduce((sum, cost) => sum + cost, 0) + prefix.fixed;
    const savings = new Largest(left - 1);
    const gains = new Largest(left - 1);
    const children: Child[] = [];
    for (const index of free) {
      const source = this.#p.sources[index]!;
      if (left === 1 && !coversMask(this.#masks[index]!, mask)) continue;
      const gain = missing.length === 0 ? 0 : this.#gain(prefix, missing, index);
      const least = prefix.fixed + source.fixed + this.#costWith(paid, index);
      gains.add(gain);
      savings.add(now - least);
      if (rarest >= 0 && this.#caps[index * this.#n + rarest] === 0) continue;
      const short = shortNow - gain;
      if (left === 1 && short > 0) continue;
      let cost = least;
      for (const i of missing) {
        if (short > 0) break;
        cost += Math.min(prefix.cost[i]!, this.#costs[index * this.#n + i]!) - paid[i]!;
      }
      children.push({ source, index, short, cost, bound: { short: 0, cost: left === 1 ? cost : least } });
    }
    if (left > 1) {
      const further = savings.sum;
      for (const { bound } of children) bound.cost -= further;
    }
    const furtherGain = gains.sum;
    return children.filter(({ short }) => short <= furtherGain).sort(byWorth);
  }

  /** Something may stay missing: any source. */
  #anyOf(prefix: Prefix, missing: number[], free: readonly number[], left: number): Child[] {
    const shortNow = this.#short(prefix);
    const children: Child[] = [];
    const gains = new Largest(left - 1);
    for (const index of free) {
      const source = this.#p.sources[index]!;
      const gain = this.#gain(prefix, missing, index);
      gains.add(gain);
      const fixed = prefix.fixed + source.fixed;
      const cost = fixed + this.#servedWith(prefix, index);
      const bound = { short: shortNow - gain, cost: left === 1 ? cost : fixed + this.#savings };
      children.push({ source, index, short: shortNow - gain, cost, bound });
    }
    const further = gains.sum;
    for (const { bound } of children) bound.short = Math.max(0, bound.short - further);
    return children.sort(byWorth);
  }

  #short({ have }: Prefix): number {
    let short = 0;
    for (const [i, { count, units }] of this.#p.items.entries()) short += (count - have[i]!) * units;
    return short;
  }

  /** Units that the set lacks and the source has. */
  #gain({ have }: Prefix, missing: readonly number[], index: number): number {
    const [counts, units, caps, from] = [this.#counts, this.#units, this.#caps, index * this.#n];
    let gain = 0;
    for (let at = 0; at < missing.length; at++) {
      const i = missing[at]!;
      const lacks = counts[i]! - have[i]!;
      const cap = caps[from + i]!;
      gain += (lacks < cap ? lacks : cap) * units[i]!;
    }
    return gain;
  }

  #costWith(costs: Float64Array, index: number): number {
    const all = this.#costs;
    const from = index * this.#n;
    let sum = 0;
    for (let i = 0; i < costs.length; i++) {
      const a = costs[i]!;
      const b = all[from + i]!;
      sum += a < b ? a : b;
    }
    return sum;
  }

  /** Of what the set with the source would have. */
  #servedWith({ cost, have }: Prefix, index: number): number {
    const [counts, caps, costs, from] = [this.#counts, this.#caps, this.#costs, index * this.#n];
    let sum = 0;
    for (let i = 0; i < have.length; i++) {
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

/** The largest few of what was added, none below zero. */
class Largest {
  readonly #kept: number[];

  constructor(few: number) {
    this.#kept = Array.from({ length: few }, () => 0);
  }

  add(value: number): void {
    let rest = value;
    for (let i = 0; i < this.#kept.length; i++) {
      const kept = this.#kept[i]!;
      if (rest <= kept) continue;
      // The one it takes the place of moves down.
      this.#kept[i] = rest;
      rest = kept;
    }
  }

  get sum(): number {
    return this.#kept.reduce((sum, value) => sum + value, 0);
  }
}

const byWorth = (a: Child, b: Child): number => a.short - b.short || a.cost - b.cost || a.index - b.index;

function maskOf(length: number, has: (index: number) => boolean): Uint32Array {
  const mask = new Uint32Array(Math.ceil(length / 32));
  for (let i = 0; i < length; i++) if (has(i)) mask[i >>> 5]! |= 1 << (i & 31);
  return mask;
}

function coversMask(mask: Uint32Array, wanted: Uint32Array): boolean {
  for (let word = 0; word < wanted.length; word++) if ((wanted[word]! & ~mask[word]!) !== 0) return false;
  return true;
}
