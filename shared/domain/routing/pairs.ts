import { Lack } from './lack.ts';
import type { Path } from './path.ts';
import type { Pool } from './pool.ts';
import type { Table } from './table.ts';

/** Units short that are told apart; where more may stay short, only what cannot stay short at all rules a pair out. */
const mostSpared = 7;

/**
 * The pairs of sources that may complete a path, when they are few: where stock is scarce hardly any pair has what the path lacks, and to try these few is
 * quicker than any bound.
 *
 * No pair that matters is left out. If an item cannot stay short, one of the pair has some of it; that one is taken as the first. The other is ruled out only if the items of
 * which it has nothing are short by more units together than may be: whatever it has of an item counts as all that is missing. Sources are bits, so that one step along the
 * items tells it of 32 of them.
 */
export class Pairs {
  length = 0;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly #table: Table;
  readonly #lack: Lack;
  readonly #words: number;
  /** By item: the sources that have some. */
  readonly #holders: Int32Array;
  /** By units that they leave short together with the first of the pair: the sources that may be its other. */
  readonly #others: Int32Array;
  readonly #pool: Int32Array;

  constructor(table: Table, most: number) {
    const { sources, items, caps } = table;
    this.#table = table;
    this.#lack = new Lack(table);
    this.first = new Int32Array(most);
    this.second = new Int32Array(most);
    this.#words = Math.ceil(sources / 32);
    this.#pool = new Int32Array(this.#words);
    this.#others = new Int32Array(this.#words * (mostSpared + 1));
    this.#holders = new Int32Array(this.#words * items);
    for (let s = 0, at = 0; s < sources; s++) {
      for (let i = 0; i < items; i++, at++) if (caps[at]! > 0) this.#add(this.#holders, i, s);
    }
  }

  /** @returns false when there are too many, or nothing rules any out */
  find(path: Path, pool: Pool, spared: number): boolean {
    const { caps, items } = this.#table;
    const lack = this.#lack;
    this.length = 0;
    lack.look(path, spared);
    if (lack.short <= spared) return false;
    this.#sortMissing();
    this.#pool.fill(0);
    for (let k = 0; k < pool.length; k++) this.#add(this.#pool, 0, pool.at[k]!);
    for (let k = 0; k < pool.length; k++) {
      const source = pool.at[k]!;
      if (lack.rarest >= 0 && caps[source * items + lack.rarest] === 0) continue;
      // The pair is found once: by the first of both.
      this.#pool[source >>> 5]! &= ~(1 << (source & 31));
      if (!this.#pair(path, source, spared)) return false;
    }
    return true;
  }

  /** Those that fewest have first: they rule out most, and then the rest need not be looked at. */
  #sortMissing(): void {
    const { sourcesOf } = this.#table;
    const { missing, length } = this.#lack;
    for (let n = 1; n < length; n++) {
      const item = missing[n]!;
      let place = n;
      for (; place > 0 && sourcesOf[missing[place - 1]!]! > sourcesOf[item]!; place--)
        missing[place] = missing[place - 1]!;
      missing[place] = item;
    }
  }

  #add(bits: Int32Array, row: number, source: number): void {
    bits[row * this.#words + (source >>> 5)]! |= 1 << (source & 31);
  }

  /** @returns false when there is no room for all that go with the source */
  #pair(path: Path, source: number, spared: number): boolean {
    const levels = this.#othersOf(path, source, spared);
    const { site } = this.#table;
    const others = this.#others;
    const words = this.#words;
    for (let word = 0; word < words; word++) {
      let bits = 0;
      for (let at = word; at < levels * words; at += words) bits |= others[at]!;
      for (; bits !== 0; bits &= bits - 1) {
        const other = 32 * word + 31 - Math.clz32(bits & -bits);
        if (site[other] === site[source]) continue;
        if (this.length === this.first.length) return false;
        this.first[this.length] = source;
        this.second[this.length++] = other;
      }
    }
    return true;
  }

  /** @returns how many rows of `#others` say who goes with the source: none is left when 0 */
  #othersOf({ have }: Path, source: number, spared: number): number {
    const { counts, units, caps, items } = this.#table;
    const lack = this.#lack;
    const holders = this.#holders;
    const others = this.#others;
    const words = this.#words;
    const most = spared > mostSpared ? 0 : spared;
    others.fill(0, words, (most + 1) * words);
    others.set(this.#pool);
    for (let n = 0; n < lack.length; n++) {
      const i = lack.missing[n]!;
      const lacks = (counts[i]! - have[i]! - caps[source * items + i]!) * units[i]!;
      if (lacks <= 0 || (spared > mostSpared && lacks <= spared)) continue;
      let any = 0;
      for (let level = most; level >= 0; level--) {
        const from = level - lacks;
        for (let word = 0, at = level * words; word < words; word++, at++) {
          const holds = holders[i * words + word]!;
          let bits = others[at]! & holds;
          if (from >= 0) bits |= others[from * words + word]! & ~holds;
          others[at] = bits;
          any |= bits;
        }
      }
      if (any === 0) return 0;
    }
    return most + 1;
  }
}
