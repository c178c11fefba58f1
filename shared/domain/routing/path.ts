import type { Table } from './table.ts';

/** The sources that the search has chosen on its way down, and what they would cost if items did not compete and stock did not end: never more than it really does. */
export class Path {
  depth = 0;
  readonly set: Int32Array;
  readonly #table: Table;
  /** By depth: of the parcels, the first one's `extraParcel` taken off. */
  readonly #fixed: Float64Array;
  /** By depth, then item: the least that all its portions cost; infinite while no source has any. */
  readonly #cost: Float64Array[];
  /** By depth, then item: portions that the set has. */
  readonly #have: Float64Array[];

  constructor(table: Table, most: number) {
    this.#table = table;
    this.set = new Int32Array(most + 1);
    this.#fixed = new Float64Array(most + 1);
    this.#fixed[0] = -table.p.extraParcel;
    this.#cost = Array.from({ length: most + 1 }, () => new Float64Array(table.items));
    this.#cost[0] = table.counts.map((count) => (count === 0 ? 0 : Number.POSITIVE_INFINITY));
    this.#have = Array.from({ length: most + 1 }, () => new Float64Array(table.items));
  }

  get fixed(): number {
    return this.#fixed[this.depth]!;
  }

  get cost(): Float64Array {
    return this.#cost[this.depth]!;
  }

  get have(): Float64Array {
    return this.#have[this.depth]!;
  }

  enter(source: number): void {
    const { items, counts, costs, caps, fixed } = this.#table;
    const { cost, have, depth } = this;
    this.set[depth] = source;
    this.#fixed[depth + 1] = this.fixed + fixed[source]!;
    this.depth = depth + 1;
    const [costNow, haveNow] = [this.cost, this.have];
    for (let i = 0, at = source * items; i < items; i++, at++) {
      costNow[i] = Math.min(cost[i]!, costs[at]!);
      haveNow[i] = Math.min(counts[i]!, have[i]! + caps[at]!);
    }
  }

  clear(): void {
    this.depth = 0;
  }

  leave(): void {
    this.depth -= 1;
  }
}
