import type { Worth } from './assign.ts';
import type { Problem, Source } from './problem.ts';

/** A set of sources, and what it would cost if items did not compete and stock did not end: never more than it really does. */
export interface Prefix {
  sources: readonly Source[];
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
  /** By source, then item: the least that all portions cost. */
  readonly #costs: Float64Array[];
  /** By source: the items of which it has something, as a mask. */
  readonly #masks: Uint32Array[];
  /** By item: how many sources have some. */
  readonly #sourcesOf: number[];
  /** The least that all items cost, each at its cheapest source. */
  readonly #floor: number;
  /** Savings that items alone may bring when it is open which of them are served. */
  readonly #savings: number;

  constructor(p: Problem) {
    this.#p = p;
    const counts = p.items.map(({ count }) => count);
    const costs = p.sources.map(({ cap, least }) =>
      Float64Array.from(counts, (count, i) =>
        count === 0 ? 0 : cap[i]! > 0 ? count * least[i]! : Number.POSITIVE_INFINITY,
      ),
    );
    this.#costs = costs;
    this.#masks = p.sources.map(({ cap }) => maskOf(counts.length, (i) => cap[i]! > 0));
    this.#sourcesOf = counts.map((_, i) => p.sources.filter(({ cap }) => cap[i]! > 0).length);
    const cheapest = counts.map((_, i) =>
      costs.reduce((least, cost) => Math.min(least, cost[i]!), Number.POSITIVE_INFINITY),
    );
    this.#floor = cheapest.reduce((sum, cost) => sum + cost, 0);
    this.#savings = cheapest.reduce((sum, cost) => sum + Math.min(0, cost), 0);
  }

  root(): Prefix {
    const { length } = this.#p.items;
    const cost = Float64Array.from(this.#p.items, ({ count }) => (count === 0 ? 0 : Number.POSITIVE_INFINITY));
    return { sources: [], fixed: -this.#p.extraParcel, cost, have: new Float64Array(length) };
  }

  extend(prefix: Prefix, { source, index }: Child): Prefix {
    const costs = this.#costs[index]!;
    return {
      sources: [...prefix.sources, source],
      fixed: prefix.fixed + source.fixed,
      cost: prefix.cost.map((cost, i) => Math.min(cost, costs[i]!)),
      have: prefix.have.map((have, i) => Math.min(this.#p.items[i]!.count, have + source.cap[i]!)),
    };
  }

  /** The sources to try next, the most promising first. `left` is how many may still be added, this one counted. */
  children(prefix: Prefix, barred: Uint8Array, left: number, allowShort: boolean): Child[] {
    const { items, sources } = this.#p;
    const missing: number[] = [];
    for (let i = 0; i < items.length; i++) if (prefix.have[i]! < items[i]!.count) missing.push(i);
    const free = (index: number) =>
      barred[index] === 0 && !prefix.sources.some(({ site }) => site === sources[index]!.site);
    if (missing.length === 0) return this.#savers(prefix, free, left);
    if (allowShort) return this.#anyOf(prefix, missing, free, left);
    return this.#coverers(prefix, missing, free, left);
  }

  /** All is covered: which source would save more than its parcel costs? */
  #savers(prefix: Prefix, free: (index: number) => boolean, left: number): Child[] {
    const now = prefix.cost.reduce((sum, cost) => sum + cost, prefix.fixed);
    const children: Child[] = [];
    for (const [index, source] of this.#p.sources.entries()) {
      if (!free(index)) continue;
      const cost = prefix.fixed + source.fixed + this.#costWith(prefix.cost, this.#costs[index]!);
      children.push({ source, index, short: 0, cost, bound: { short: 0, cost } });
    }
    children.sort((a, b) => a.cost - b.cost || a.index - b.index);
    const furtherSavings = children.slice(0, left - 1).reduce((sum, { cost }) => sum + Math.max(0, now - cost), 0);
    for (const child of children) child.bound = { short: 0, cost: child.cost - furtherSavings };
    return children;
  }

  /** Something is missing and must be found: sources of the rarest missing item, and of all of them when it is the last that may be added. */
  #coverers(prefix: Prefix, missing: number[], free: (index: number) => boolean, left: number): Child[] {
    const mask = maskOf(this.#p.items.length, (i) => prefix.have[i]! < this.#p.items[i]!.count);
    const rarest = missing.reduce((a, b) => (this.#sourcesOf[b]! < this.#sourcesOf[a]! ? b : a));
    const shortNow = this.#short(prefix);
    const children: Child[] = [];
    const gains: number[] = [];
    for (const [index, source] of this.#p.sources.entries()) {
      if (!free(index)) continue;
      if (left === 1 && !coversMask(this.#masks[index]!, mask)) continue;
      const gain = this.#gain(prefix, missing, source);
      gains.push(gain);
      if (source.cap[rarest] === 0 || (left === 1 && gain < shortNow)) continue;
      const fixed = prefix.fixed + source.fixed;
      const short = shortNow - gain;
      const cost = short === 0 ? fixed + this.#costWith(prefix.cost, this.#costs[index]!) : fixed + this.#floor;
      const bound = { short: 0, cost: left === 1 ? cost : fixed + this.#floor };
      children.push({ source, index, short, cost, bound });
    }
    gains.sort((a, b) => b - a);
    const further = gains.slice(0, left - 1).reduce((sum, gain) => sum + gain, 0);
    return children.filter(({ short }) => short <= further).sort(byWorth);
  }

  /** Something may stay missing: any source. */
  #anyOf(prefix: Prefix, missing: number[], free: (index: number) => boolean, left: number): Child[] {
    const shortNow = this.#short(prefix);
    const children: Child[] = [];
    const gains: number[] = [];
    for (const [index, source] of this.#p.sources.entries()) {
      if (!free(index)) continue;
      const gain = this.#gain(prefix, missing, source);
      gains.push(gain);
      const fixed = prefix.fixed + source.fixed;
      const cost = fixed + this.#servedWith(prefix, source, this.#costs[index]!);
      const bound = { short: shortNow - gain, cost: left === 1 ? cost : fixed + this.#savings };
      children.push({ source, index, short: shortNow - gain, cost, bound });
    }
    gains.sort((a, b) => b - a);
    const further = gains.slice(0, left - 1).reduce((sum, gain) => sum + gain, 0);
    for (const { bound } of children) bound.short = Math.max(0, bound.short - further);
    return children.sort(byWorth);
  }

  #short({ have }: Prefix): number {
    let short = 0;
    for (const [i, { count, units }] of this.#p.items.entries()) short += (count - have[i]!) * units;
    return short;
  }

  /** Units that the set lacks and the source has. */
  #gain({ have }: Prefix, missing: readonly number[], { cap }: Source): number {
    let gain = 0;
    for (const i of missing) {
      const { count, units } = this.#p.items[i]!;
      gain += Math.min(count - have[i]!, cap[i]!) * units;
    }
    return gain;
  }

  #costWith(costs: Float64Array, more: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < costs.length; i++) {
      const a = costs[i]!;
      const b = more[i]!;
      sum += a < b ? a : b;
    }
    return sum;
  }

  /** Of what the set with the source would have. */
  #servedWith({ cost, have }: Prefix, { cap }: Source, more: Float64Array): number {
    let sum = 0;
    for (const [i, { count }] of this.#p.items.entries()) {
      const served = Math.min(count, have[i]! + cap[i]!);
      if (served > 0) sum += (Math.min(cost[i]!, more[i]!) * served) / count;
    }
    return sum;
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
