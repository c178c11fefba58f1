/**
 * Lets those who want the same items at once go one after the other, in the order they came. DynamoDB refuses the second of two transactions for
 * an item, and who is refused comes again: of many at once nearly all are, again and again. On Lambda a process has one invocation at a time and
 * nobody ever waits; on one machine all of a function's invocations share a process.
 */
export class Turns {
  /** Who came last, by item. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Takes all its places at once: whoever waits for somebody came after him, so nobody waits in a circle. */
  async take<T>(items: readonly string[], work: () => Promise<T>): Promise<T> {
    const mine = Promise.allSettled(items.map((item) => this.#last.get(item))).then(work);
    for (const item of items) this.#last.set(item, mine);
    try {
      return await mine;
    } finally {
      for (const item of items) if (this.#last.get(item) === mine) this.#last.delete(item);
    }
  }
}
