import { Explorer, type Stage } from './explorer.ts';
import type { Meter } from './meter.ts';
import { Plans } from './plans.ts';
import { Polish } from './polish.ts';
import { Pool } from './pool.ts';
import { PriceBound } from './price-bound.ts';
import type { Problem } from './problem.ts';
import { type Table, tableOf } from './table.ts';
import type { Found, TwoBest } from './two-best.ts';

/**
 * The plan space: every set of at most `maxParcels` sites, one offer for each of its sites, and every way to lay the items' portions on them
 * within stock, capacity and the least value of a parcel. A plan is better with fewer units short, then with the lower score, then with fewer parcels, then with the lower site ids.
 *
 * The search is branch and bound over the sets, each number of sites for itself, the most promising first. Prices bound all sets that hold a source at once (see `PriceBound`): few sources are
 * left. While something is uncovered, a set must hold a source of the item that has fewest: it branches there, which is where coverage masks cut most.
 * Once all is covered, a further site can only be worth its parcel by what it saves; savings of several sites are at most the sum of each one's (adding sites
 * never makes another more useful), so that the largest of them bound the rest.
 *
 * When nothing serves all of it, the search first finds how few units have to stay short, whatever that costs; then the best plans that leave no more.
 *
 * @param allowShort looks at plans that leave units short when there is no other
 */
export function search(p: Problem, allowShort: boolean, meter: Meter): TwoBest {
  const table = tableOf(p);
  const plans = new Plans(table, meter);
  const searching = new Searching(table, plans, meter);
  searching.cheapest();
  if (allowShort && !plans.found.best) searching.fewestShort();
  return plans.found;
}

/** The stages of a search, one after the other. */
class Searching {
  readonly #table: Table;
  readonly #plans: Plans;
  readonly #polish: Polish;
  readonly #explorer: Explorer;

  constructor(table: Table, plans: Plans, meter: Meter) {
    this.#table = table;
    this.#plans = plans;
    this.#polish = new Polish(table, plans, meter);
    this.#explorer = new Explorer(table, plans, meter);
  }

  /** The best two of the plans that leave the fewest units short: how few that is comes first, whatever it costs. */
  fewestShort(): void {
    const { p, site } = this.#table;
    const plans = this.#plans;
    plans.byCost = false;
    plans.mostShort = p.items.reduce((sum, { count, units }) => sum + count * units, -1);
    // Offers of a site serve the same: one stands for all.
    const firsts = Pool.of([...p.sources.keys()].filter((s) => s === 0 || site[s] !== site[s - 1]));
    for (let sites = p.maxParcels; sites > 0; sites--) this.#explorer.explore(this.#coverage(sites, firsts));
    plans.byCost = true;
    const { best, second } = plans.found;
    if (!best) return;
    plans.mostShort = best.short;
    if (second?.short !== best.short) this.#offersOf(best);
    if (!second) return;
    plans.mostShort = second.short;
    this.cheapest();
  }

  /** No other sites leave as few short: what is still to be found is which of their offers are the best. */
  #offersOf({ sources }: Found): void {
    const { p } = this.#table;
    const sites = new Set(sources.map(({ site }) => site));
    const pool = Pool.of([...p.sources.keys()].filter((s) => sites.has(p.sources[s]!.site)));
    this.#explorer.explore({ sites: sources.length, bounds: [], pool });
  }

  /** The best two of the plans that leave no more units short than they may. */
  cheapest(): void {
    const { p } = this.#table;
    // One site needs no bound: they are looked at one by one.
    this.#explorer.explore({ sites: 1, bounds: [], pool: new Pool(this.#table.sources).fill() });
    const stages: (Stage & { least: number })[] = [];
    let prices: Float64Array | undefined;
    for (let sites = 2; sites <= p.maxParcels; sites++) {
      const stage = this.#priced(sites, prices);
      prices = stage.bounds[0]?.prices;
      stages.push(stage);
    }
    // Of two sites, the pairs are told at once.
    const known = this.#plans.limit.cost < Number.POSITIVE_INFINITY;
    for (const stage of stages.toSorted((a, b) => a.least - b.least)) {
      const cover = known || stage.sites === 2 ? undefined : this.#coverage(stage.sites, stage.pool);
      this.#explorer.explore(
        cover ? { ...stage, bounds: [...cover.bounds, ...stage.bounds], pool: cover.pool } : stage,
      );
    }
  }

  /** The sets of so many sites, as far as prices leave any that may be cheap enough. */
  #priced(sites: number, prices?: Float64Array): Stage & { least: number } {
    const { p, offered, fixed, sources } = this.#table;
    const plans = this.#plans;
    const bound = new PriceBound(
      {
        table: this.#table,
        offered,
        fixed,
        base: -p.extraParcel,
        sites,
        exactly: true,
        short: () => plans.limit.short,
        most: () => plans.limit.cost,
      },
      prices,
    );
    const pool = new Pool(sources).fill();
    const none = new Int32Array(0);
    const chosen: number[] = [];
    let least = bound.tighten(0, none, pool, firstRounds, chosen);
    if (pool.length > 0) this.#polish.from(chosen);
    if (pool.length > 0) least = bound.tighten(0, none, pool, moreRounds, chosen);
    if (pool.length > 0) this.#polish.from(chosen);
    return { sites, bounds: [bound], pool, least };
  }

  /** The sets of so many sites, as far as they may serve enough. */
  #coverage(sites: number, of: Pool): Stage {
    const plans = this.#plans;
    const bound = new PriceBound({
      table: this.#table,
      offered: this.#table.forNothing(),
      fixed: new Float64Array(this.#table.sources),
      base: 0,
      sites,
      exactly: false,
      short: () => 0,
      most: () => plans.limit.short,
    });
    const pool = new Pool(this.#table.sources);
    pool.become(of);
    const chosen: number[] = [];
    bound.tighten(0, new Int32Array(0), pool, firstRounds, chosen);
    if (pool.length > 0) this.#polish.from(chosen);
    if (pool.length > 0) bound.tighten(0, new Int32Array(0), pool, moreRounds, chosen);
    return { sites, bounds: [bound], pool };
  }
}

/**
 * Rounds of prices before and after a first good plan is known. Fewer leave so many sources that questions of the bench end at their budget (12 after it), more
 * take longer than what they leave out: decision 31.
 */
const firstRounds = 10;
const moreRounds = 30;
