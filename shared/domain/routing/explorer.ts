import { LastSource } from './last-source.ts';
import type { Meter } from './meter.ts';
import { Pairs } from './pairs.ts';
import { Path } from './path.ts';
import type { Plans } from './plans.ts';
import { Pool } from './pool.ts';
import type { PriceBound } from './price-bound.ts';
import { Relaxation } from './relaxation.ts';
import type { Table } from './table.ts';

/** The sets of so many sites that may be plans that matter. */
export interface Stage {
  sites: number;
  bounds: readonly PriceBound[];
  pool: Pool;
}

/** Branch and bound over the sets of a stage: see `search`. */
export class Explorer {
  readonly #table: Table;
  readonly #plans: Plans;
  readonly #meter: Meter;
  readonly #relaxation: Relaxation;
  readonly #last: LastSource;
  readonly #pairs: Pairs;
  readonly #path: Path;
  /** By depth. */
  readonly #pools: Pool[];

  constructor(table: Table, plans: Plans, meter: Meter) {
    const most = table.p.maxParcels;
    this.#table = table;
    this.#plans = plans;
    this.#meter = meter;
    this.#relaxation = new Relaxation(table);
    this.#last = new LastSource(table, this.#relaxation, most);
    this.#pairs = new Pairs(table, mostPairs);
    this.#path = new Path(table, most);
    this.#pools = Array.from({ length: most + 1 }, () => new Pool(table.sources));
  }

  explore({ sites, bounds, pool }: Stage): void {
    this.#pools[0]!.become(pool);
    if (sites === 1) this.#finish(this.#pools[0]!, bounds);
    else this.#branch(sites, bounds);
  }

  #branch(sites: number, bounds: readonly PriceBound[]): void {
    const path = this.#path;
    const { depth } = path;
    const pool = this.#pools[depth]!;
    const left = sites - depth;
    // A source that is only passed over costs about a tenth of one that is looked at.
    if (!this.#meter.spend(Math.ceil(pool.length / 10))) return;
    if (left === 2 && this.#pairs.find(path, pool, this.#plans.limit.short)) {
      this.#finishPairs(bounds);
      return;
    }
    if (depth > 0) {
      for (const bound of bounds) if (!bound.isIdle) bound.tighten(depth, path.set, pool, furtherRounds);
    }
    const children = this.#relaxation.children(path, pool, left, this.#plans.limit);
    if (children.length === 0 || !this.#meter.spend(children.length)) return;
    const priced = bounds.at(-1);
    if (priced && !priced.isIdle)
      children.sort((a, b) => priced.worthOf(a.source, depth) - priced.worthOf(b.source, depth) || a.source - b.source);
    for (const { source } of children) {
      if (this.#meter.isEmpty) return;
      // A plan that was found meanwhile, or a source less, may have ruled out others.
      if (left > 2) for (const bound of bounds) if (!bound.isIdle) bound.narrow(depth, pool);
      // A source that was branched on is barred for its later siblings: no set is seen twice.
      if (!pool.remove(source)) continue;
      if (left === 2 && bounds.some((bound) => bound.rulesOutPair(depth, source))) continue;
      path.enter(source);
      for (const bound of bounds) bound.enter(depth, source);
      if (left === 2) this.#finish(pool, bounds);
      else {
        this.#pools[depth + 1]!.becomeWithoutSite(pool, this.#table.site, this.#table.site[source]!);
        this.#branch(sites, bounds);
      }
      path.leave();
    }
  }

  /** The pairs that there are, those with the same first source at once. */
  #finishPairs(bounds: readonly PriceBound[]): void {
    const path = this.#path;
    const { depth } = path;
    const { first, second, length } = this.#pairs;
    const pool = this.#pools[depth + 1]!;
    for (let next = 0; next < length; ) {
      const source = first[next]!;
      pool.clear();
      for (; next < length && first[next] === source; next++) pool.add(second[next]!);
      path.enter(source);
      for (const bound of bounds) bound.enter(depth, source);
      this.#finish(pool, bounds);
      path.leave();
    }
  }

  /** One source more. */
  #finish(pool: Pool, bounds: readonly PriceBound[]): void {
    const path = this.#path;
    const { depth } = path;
    const plans = this.#plans;
    if (!this.#meter.spend(Math.ceil(pool.length / 10))) return;
    for (const child of this.#last.of(path, pool, bounds, plans.limit)) {
      path.set[depth] = child.source;
      if (!plans.reaches(child, path.set, depth + 1)) continue;
      if (!this.#meter.spend(1)) return;
      plans.consider(child, path.set, depth);
    }
  }
}

const furtherRounds = 8;
/** Of so many, to try each takes as long as the rounds of prices that would rule most of them out. */
const mostPairs = 256;
