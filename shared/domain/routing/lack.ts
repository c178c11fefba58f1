import type { Path } from './path.ts';
import type { Table } from './table.ts';

/** What a path lacks. */
export class Lack {
  /** Units. */
  short = 0;
  /** Of the items that cannot stay as short as they are, the one that fewest sources have; -1 when there is none. */
  rarest = -1;
  /** Items of which something is missing: so many, the first of the list. */
  length = 0;
  readonly missing: Int32Array;
  readonly #table: Table;
  /** The items that cannot stay as short as they are, as a mask. */
  readonly #musts: Int32Array;

  constructor(table: Table) {
    this.#table = table;
    this.missing = new Int32Array(table.items);
    this.#musts = new Int32Array(table.words);
  }

  /** @param spared units that may be short in the end */
  look({ have }: Path, spared: number): void {
    const { counts, units, items, sourcesOf } = this.#table;
    this.#musts.fill(0);
    this.short = 0;
    this.rarest = -1;
    this.length = 0;
    for (let i = 0; i < items; i++) {
      const lacks = (counts[i]! - have[i]!) * units[i]!;
      if (lacks === 0) continue;
      this.missing[this.length++] = i;
      this.short += lacks;
      if (lacks <= spared) continue;
      this.#musts[i >>> 5]! |= 1 << (i & 31);
      if (this.rarest < 0 || sourcesOf[i]! < sourcesOf[this.rarest]!) this.rarest = i;
    }
  }

  /** Has the source something of each item that cannot stay as short as it is? */
  coveredBy(source: number): boolean {
    const { masks, words } = this.#table;
    for (let w = 0, at = source * words; w < words; w++, at++) {
      if ((this.#musts[w]! & ~masks[at]!) !== 0) return false;
    }
    return true;
  }

  /** Units that the path lacks and the source has. */
  gain({ have }: Path, source: number): number {
    const { counts, units, caps, items } = this.#table;
    const from = source * items;
    let gain = 0;
    for (let at = 0; at < this.length; at++) {
      const i = this.missing[at]!;
      const lacks = counts[i]! - have[i]!;
      const cap = caps[from + i]!;
      gain += (lacks < cap ? lacks : cap) * units[i]!;
    }
    return gain;
  }
}
