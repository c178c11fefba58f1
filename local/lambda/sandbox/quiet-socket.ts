import { EventEmitter } from 'node:events';

/**
 * Stands for the socket of a request that has none: open, and silent until the answer comes. Inactivity is what the SDK's `socketTimeout`
 * watches.
 */
export class QuietSocket extends EventEmitter {
  readonly connecting = false;
  readonly remoteAddress = '127.0.0.1';
  destroyed = false;
  #hangUp: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(hangUp: () => void) {
    super();
    this.#hangUp = hangUp;
  }

  setTimeout(milliseconds: number, onTimeout?: () => void): this {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (onTimeout && milliseconds > 0) this.once('timeout', onTimeout);
    if (milliseconds > 0) this.#timer = setTimeout(() => this.emit('timeout'), milliseconds).unref();
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroy(): this {
    this.setTimeout(0);
    if (!this.destroyed) {
      this.destroyed = true;
      this.#hangUp();
    }
    return this;
  }
}
