/** The largest few of what was added. */
export class Largest {
  readonly #kept: Float64Array;

  constructor(few: number, floor: number) {
    this.#kept = new Float64Array(few).fill(floor);
  }

  add(value: number): void {
    const kept = this.#kept;
    let rest = value;
    for (let i = 0; i < kept.length; i++) {
      const here = kept[i]!;
      if (rest <= here) continue;
      // The one it takes the place of moves down.
      kept[i] = rest;
      rest = here;
    }
  }

  get sum(): number {
    let sum = 0;
    for (let i = 0; i < this.#kept.length; i++) sum += this.#kept[i]!;
    return sum;
  }
}
