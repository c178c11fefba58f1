import { assign, type Worth } from './assign.ts';
import type { Meter } from './meter.ts';
import type { Source } from './problem.ts';
import type { Child, Limit } from './relaxation.ts';
import type { Table } from './table.ts';
import { compareSites, type Found, keep, reaches, type TwoBest, used } from './two-best.ts';

/** The plans found so far, and what another must reach to matter. */
export class Plans {
  readonly found: TwoBest = {};
  /** Units that a plan may leave short, at most; cost does not count while only fewer units short are better. */
  mostShort = 0;
  byCost = true;
  readonly #table: Table;
  readonly #meter: Meter;

  constructor(table: Table, meter: Meter) {
    this.#table = table;
    this.#meter = meter;
  }

  /** What is to be beaten: the second best, too, is to be the best there is. */
  get known(): Found | undefined {
    return this.found.second;
  }

  get limit(): Limit {
    const { known, mostShort, byCost } = this;
    if (!known || (byCost && known.short > mostShort)) return { short: mostShort, cost: Number.POSITIVE_INFINITY };
    return byCost
      ? { short: Math.min(mostShort, known.short), cost: known.cost }
      : { short: Math.min(mostShort, known.short - 1), cost: Number.POSITIVE_INFINITY };
  }

  /** May the set be a plan that matters, by the least that it is worth? */
  reaches(worth: Worth, set: Int32Array, length: number): boolean {
    const { known, limit } = this;
    if (worth.short > limit.short || !reaches(known, worth, length)) return false;
    if (!known || worth.short !== known.short || worth.cost !== known.cost || length < known.sources.length)
      return true;
    return compareSites(this.#sourcesOf(set, length), known.sources) <= 0;
  }

  /** Lays the items on the set and keeps what is good enough. */
  consider({ source }: Child, set: Int32Array, depth: number): void {
    set[depth] = source;
    const { p } = this.#table;
    const { short, cost } = this.limit;
    const sources = this.#sourcesOf(set, depth + 1);
    const fixed = sources.reduce((sum, one) => sum + one.fixed, -p.extraParcel);
    const assignment = assign(p, sources, { short, cost: cost - fixed }, this.#meter);
    if (assignment) keep(this.found, used(p, sources, assignment));
  }

  /** Of equally dear portions the lower site has more, in whichever order the search came by them. */
  #sourcesOf(set: Int32Array, length: number): Source[] {
    const { p } = this.#table;
    return Array.from(set.subarray(0, length), (index) => p.sources[index]!).sort((a, b) => a.site - b.site);
  }
}
