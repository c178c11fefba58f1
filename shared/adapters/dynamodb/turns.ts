/**
 * Lets those who want the same items at once go one after the other, in the order they came. DynamoDB refuses the second of two transactions for
 * an item, and who is refused comes again: of many at once nearly all are, again and again. On Lambda a process has one invocation at a time and
 * nobody ever waits; on one machine all of a function's invocations share a process.
 */
export class Turns {
  /** Who came last, by item. */
  readonly #last = new Map<string, Promise<void>>();

  /** Takes all its places at once: whoever waits for somebody came after him, so nobody waits in a circle. */
  async take<T>(items: readonly string[], work: () => Promise<T>): Promise<T> {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const ahead = items.flatMap((item) => this.#last.get(item) ?? []);
    for (const item of items) this.#last.set(item, over);
    try {
      await Promise.all(ahead);
      return await work();
    } finally {
      for (const item of items) if (this.#last.get(item) === over) this.#last.delete(item);
      end();
    }
  }
}
