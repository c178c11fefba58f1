/** Sources that may still be in a plan that matters, by their places in the problem: those of a site stand together. Narrowed in place. */
export class Pool {
  readonly at: Int32Array;
  length = 0;

  constructor(most: number) {
    this.at = new Int32Array(most);
  }

  static of(sources: readonly number[]): Pool {
    const pool = new Pool(sources.length);
    pool.at.set(sources);
    pool.length = sources.length;
    return pool;
  }

  /** With every source of the problem. */
  fill(): this {
    this.length = this.at.length;
    for (let source = 0; source < this.length; source++) this.at[source] = source;
    return this;
  }

  add(source: number): void {
    this.at[this.length++] = source;
  }

  clear(): void {
    this.length = 0;
  }

  become(other: Pool): void {
    this.at.set(other.at.subarray(0, other.length));
    this.length = other.length;
  }

  /** All of the other but those of a site. */
  becomeWithoutSite(other: Pool, siteOf: Int32Array, site: number): void {
    let length = 0;
    for (let k = 0; k < other.length; k++) {
      const source = other.at[k]!;
      if (siteOf[source] !== site) this.at[length++] = source;
    }
    this.length = length;
  }

  /** False when it is not there. */
  remove(source: number): boolean {
    const { at, length } = this;
    let place = 0;
    while (place < length && at[place] !== source) place += 1;
    if (place === length) return false;
    at.copyWithin(place, place + 1, length);
    this.length -= 1;
    return true;
  }
}
