/**
 * Gathers the messages of one turn of the event loop into one: between threads each costs about as much as a system call, whatever its size.
 * They keep their order.
 */
export class Outbox<T> {
  #messages: T[] = [];
  #post: (messages: T[]) => void;

  constructor(post: (messages: T[]) => void) {
    this.#post = post;
  }

  add(message: T): void {
    if (this.#messages.length === 0) setImmediate(() => this.flush());
    this.#messages.push(message);
  }

  flush(): void {
    if (this.#messages.length > 0) this.#post(this.#messages.splice(0));
  }
}
