import type { StatementSync } from 'node:sqlite';
import type { Kernel } from '../kernel/kernel.ts';
import type { Catalog } from './catalog.ts';
import { RETENTION } from './stream.ts';
import type { Table } from './table.ts';

const MINUTE = 60_000;
const TOKEN_LIFE = 10 * MINUTE;
const TRIM_EVERY = 60 * MINUTE;

/** One timer at a time, set to the earliest time asked for: nothing ticks while there is nothing to do. */
class Alarm {
  readonly #kernel: Kernel;
  readonly #ring: () => Promise<void>;
  #time = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(kernel: Kernel, ring: () => Promise<void>) {
    this.#kernel = kernel;
    this.#ring = ring;
  }

  by(time: number): void {
    if (time >= this.#time) return;
    this.#cancel?.();
    this.#time = time;
    this.#cancel = this.#kernel.clock.at(time, () => {
      this.#time = Number.POSITIVE_INFINITY;
      this.#kernel.track(this.#ring().catch((error) => this.#kernel.report('dynamodb', error)));
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#time = Number.POSITIVE_INFINITY;
  }
}

/**
 * What goes by itself: expired items within a minute, stream records after a day, the tokens of transactions after ten minutes.
 * @param expire deletes the table's items that expired before `time`, in one storage write
 */
export class Housekeeping {
  readonly #kernel: Kernel;
  readonly #catalog: Catalog;
  readonly #expire: (table: Table, time: number) => Promise<void>;
  readonly #expiry: Alarm;
  readonly #trimming: Alarm;
  readonly #pruning: Alarm;
  readonly #selectToken: StatementSync;
  readonly #insertToken: StatementSync;
  #started = false;
  #lastSweep = Number.NEGATIVE_INFINITY;

  constructor(kernel: Kernel, catalog: Catalog, expire: (table: Table, time: number) => Promise<void>) {
    this.#kernel = kernel;
    this.#catalog = catalog;
    this.#expire = expire;
    this.#expiry = new Alarm(kernel, () => this.#sweep());
    this.#trimming = new Alarm(kernel, () => this.#trim());
    this.#pruning = new Alarm(kernel, () => this.#prune());
    const { db } = kernel.storage;
    db.exec(
      'CREATE TABLE IF NOT EXISTS ddb_tokens (token TEXT PRIMARY KEY, fingerprint TEXT, expires INTEGER) WITHOUT ROWID',
    );
    this.#selectToken = db.prepare('SELECT fingerprint FROM ddb_tokens WHERE token = ? AND expires > ?');
    this.#insertToken = db.prepare('INSERT OR REPLACE INTO ddb_tokens VALUES (?, ?, ?)');
  }

  start(): void {
    this.#started = true;
    for (const table of this.#catalog.all()) {
      const expires = earliestExpiry(table);
      if (expires !== undefined) this.expiring(expires);
      const oldest = table.stream?.oldest();
      if (oldest !== undefined) this.streamed(oldest);
    }
    this.#pruning.by(this.#kernel.clock.now() + TOKEN_LIFE);
  }

  stop(): void {
    this.#started = false;
    for (const alarm of [this.#expiry, this.#trimming, this.#pruning]) alarm.cancel();
  }

  /** An item has been written that expires at `time`. */
  expiring(time: number): void {
    if (!this.#started) return;
    // Not more often than once a minute, however the expiries are spread.
    this.#expiry.by(Math.max(time, this.#lastSweep + MINUTE));
  }

  /** A stream record of `time` has been written. */
  streamed(time: number): void {
    if (this.#started) this.#trimming.by(time + RETENTION + TRIM_EVERY);
  }

  /** A table has got, or lost, its time to live. */
  timeToLiveChanged(table: Table): void {
    const expires = earliestExpiry(table);
    if (expires !== undefined) this.expiring(expires);
  }

  /** The fingerprint of the request that used `token` in the last ten minutes. */
  findToken(token: string): string | undefined {
    const row = this.#selectToken.get(token, this.#kernel.clock.now());
    return row && String(row.fingerprint);
  }

  keepToken(token: string, fingerprint: string): void {
    const expires = this.#kernel.clock.now() + TOKEN_LIFE;
    this.#insertToken.run(token, fingerprint, expires);
    if (this.#started) this.#pruning.by(expires);
  }

  async #sweep(): Promise<void> {
    const now = this.#kernel.clock.now();
    this.#lastSweep = now;
    for (const table of this.#catalog.all()) {
      if (table.definition.timeToLive === undefined) continue;
      await this.#expire(table, now);
      const next = earliestExpiry(table);
      if (next !== undefined) this.expiring(next);
    }
  }

  async #trim(): Promise<void> {
    const horizon = this.#kernel.clock.now() - RETENTION;
    await this.#kernel.storage.write(() => {
      for (const { stream } of this.#catalog.all()) {
        stream?.trim(horizon);
        const oldest = stream?.oldest();
        if (oldest !== undefined) this.streamed(oldest);
      }
    });
  }

  async #prune(): Promise<void> {
    const { db } = this.#kernel.storage;
    await this.#kernel.storage.write(() => {
      db.prepare('DELETE FROM ddb_tokens WHERE expires <= ?').run(this.#kernel.clock.now());
      const left = db.prepare('SELECT max(expires) AS last FROM ddb_tokens').get()?.last;
      // Until the newest is over: one look every ten minutes at most.
      if (left !== null && left !== undefined) this.#pruning.by(Number(left));
    });
  }
}

function earliestExpiry(table: Table): number | undefined {
  if (table.definition.timeToLive === undefined) return undefined;
  const row = table.sql(`SELECT min(expires) AS first FROM ${table.sqlName} WHERE expires IS NOT NULL`).get();
  return row?.first === null || row?.first === undefined ? undefined : Number(row.first);
}
