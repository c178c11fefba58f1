import type { Meter } from './meter.ts';
import { Path } from './path.ts';
import type { Plans } from './plans.ts';
import { Pool } from './pool.ts';
import { Relaxation } from './relaxation.ts';
import type { Table } from './table.ts';

const mostTurns = 12;

/**
 * A good plan to begin with: what is worse need not be looked at. One source after the other gives way to the best for its place, until none does.
 */
export class Polish {
  readonly #table: Table;
  readonly #plans: Plans;
  readonly #meter: Meter;
  readonly #relaxation: Relaxation;
  readonly #path: Path;
  readonly #others: Pool;

  constructor(table: Table, plans: Plans, meter: Meter) {
    this.#table = table;
    this.#plans = plans;
    this.#meter = meter;
    this.#relaxation = new Relaxation(table);
    this.#path = new Path(table, table.p.maxParcels);
    this.#others = new Pool(table.sources);
  }

  from(set: readonly number[]): void {
    const { site } = this.#table;
    const path = this.#path;
    const others = this.#others;
    let sources = set;
    for (let turn = 0, unchanged = 0; unchanged < set.length && turn < mostTurns; turn++) {
      const [first, ...rest] = sources;
      path.clear();
      others.fill();
      for (const source of rest) {
        path.enter(source);
        others.becomeWithoutSite(others, site, site[source]!);
      }
      if (!this.#meter.spend(Math.ceil(others.length / 10))) return;
      const ranked = this.#relaxation.bestLast(path, others);
      for (const child of ranked) {
        path.set[path.depth] = child.source;
        if (!this.#plans.reaches(child, path.set, path.depth + 1)) continue;
        if (this.#meter.spend(1)) this.#plans.consider(child, path.set, path.depth);
      }
      const [best] = ranked;
      if (!best) return;
      unchanged = best.source === first ? unchanged + 1 : 0;
      sources = [...rest, best.source];
    }
  }
}
