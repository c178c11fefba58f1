/** Counts what the search looks at: it stops when the budget is used up, and the decision says so. */
export class Meter {
  used = 0;
  truncated = false;
  readonly budget: number;

  constructor(budget: number) {
    this.budget = budget;
  }

  get isEmpty(): boolean {
    return this.used >= this.budget;
  }

  /** False when nothing is left. */
  spend(looks: number): boolean {
    if (this.used >= this.budget) {
      this.truncated = true;
      return false;
    }
    this.used += looks;
    return true;
  }
}
