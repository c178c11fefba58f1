import { retryAfter } from './answer.ts';
import type { ApiKeyRecord, ApiKeyStore } from './authentication.ts';
import { ProblemError } from './problem.ts';

/** Milliseconds that a key is remembered: the longest time that a revoked key still works. */
const rememberedFor = 30_000;
/** Milliseconds that an id is remembered which no key has: so long may a key made after it was tried be refused. */
const unknownFor = 5000;
/** Of each kind; a record is about 300 bytes. */
const mostRemembered = 1000;
/**
 * Reads a second that may find nothing, in one process. Anybody can make up keys whose checksum is right; nobody who has a key needs even
 * one such read.
 */
const idleReadsPerSecond = 20;

/**
 * Remembers keys, and apart from them ids that no key has, so that made-up keys push out no real one.
 * A key that this process knows is read again whatever else is asked for; another is refused with 503 while made-up keys use up the reads.
 */
export function rememberingKeys(keys: ApiKeyStore, now: () => number): ApiKeyStore {
  const known = new Recent<ApiKeyRecord>();
  const unknown = new Recent<undefined>();
  const idleReads = new Allowance(idleReadsPerSecond);
  /** Requests that come together ask once. */
  const underWay = new Map<string, Promise<ApiKeyRecord | undefined>>();

  const read = async (id: string, isKnown: boolean, time: number): Promise<ApiKeyRecord | undefined> => {
    if (!isKnown) idleReads.take(time);
    const record = await keys.apiKey(id);
    known.delete(id);
    if (!record) {
      unknown.set(id, undefined, time + unknownFor);
      return undefined;
    }
    if (!isKnown) idleReads.giveBack();
    known.set(id, record, time + rememberedFor);
    return record;
  };

  return {
    async apiKey(id) {
      const time = now();
      const remembered = known.get(id);
      if (remembered && remembered.until > time) return remembered.value;
      if ((unknown.get(id)?.until ?? 0) > time) return undefined;
      const asked = underWay.get(id) ?? read(id, remembered !== undefined, time).finally(() => underWay.delete(id));
      underWay.set(id, asked);
      return asked;
    },
  };
}

/** The last thousand, each with the time until which it holds. */
class Recent<T> {
  readonly #entries = new Map<string, { value: T; until: number }>();

  get(id: string): { value: T; until: number } | undefined {
    return this.#entries.get(id);
  }

  set(id: string, value: T, until: number): void {
    this.#entries.delete(id);
    this.#entries.set(id, { value, until });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > mostRemembered && oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }
}

/** So much for each second of the clock. */
class Allowance {
  readonly #most: number;
  #second = 0;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws ProblemError store_busy when this second's is used up */
  take(time: number): void {
    const second = Math.floor(time / 1000);
    if (second !== this.#second) this.#taken = 0;
    this.#second = second;
    if (this.#taken >= this.#most) {
      throw new ProblemError('store_busy', 'Too many unknown API keys are tried. Nothing was changed; try again.', {
        headers: retryAfter(1),
      });
    }
    this.#taken += 1;
  }

  giveBack(): void {
    this.#taken = Math.max(0, this.#taken - 1);
  }
}
