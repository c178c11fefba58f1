import { fdatasync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isFailureOfStorage } from './data-directory-error.ts';
import { closeDataFile, type DataFile } from './data-file.ts';
import type { Group, Storage } from './storage.ts';

/**
 * Pages of 4 KB that the log holds before they go into the file: four times SQLite's own default. Most of them are changed again meanwhile, and are
 * written and synced once instead (a fifth of the processor's time of all commits); a start after a crash reads 16 MB.
 */
const CHECKPOINTS = 'PRAGMA wal_autocheckpoint = 4000';

/** KiB. What falls out of it the operating system still has: with 32 MB as much processor time goes into an order. */
const CACHE = 'PRAGMA cache_size = -8000';

interface OpenGroup {
  id: number;
  effects: (() => void)[];
  waiting: { resolve: () => void; reject: (reason: unknown) => void }[];
}

/**
 * A group is committed at the end of the turn of the event loop that opened it, or, while the log is being synced, of the one
 * in which that is done: the
 * busier the machine, the larger the groups. Groups are synced in order, several by one call.
 */
export class GroupCommit implements Storage {
  readonly db: DatabaseSync;
  readonly #file: DataFile | undefined;
  /** The write-ahead log, to sync; undefined in memory. */
  readonly #log: number | undefined;
  readonly #sql: Record<'begin' | 'commit' | 'savepoint' | 'release' | 'undo', StatementSync>;
  readonly #explain: (error: unknown) => unknown;
  readonly #onFailure: (error: unknown) => void;
  readonly #report: (where: string, error: unknown) => void;
  #open: OpenGroup | undefined;
  /** Committed, but not on disk yet, oldest first. */
  #unsynced: OpenGroup[] = [];
  #syncing = false;
  #lastId = 0;
  #held = false;
  #betweenGroups: (() => void) | undefined;
  #failure: { error: unknown } | undefined;

  constructor(
    file: DataFile | { db: DatabaseSync; log?: never },
    explain: (error: unknown) => unknown,
    onFailure: (error: unknown) => void,
    report: (where: string, error: unknown) => void,
  ) {
    this.db = file.db;
    this.#log = file.log;
    this.#file = file.log === undefined ? undefined : file;
    this.#explain = explain;
    this.#onFailure = onFailure;
    this.#report = report;
    const { db } = file;
    db.exec(`PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; ${CACHE}`);
    db.exec(CHECKPOINTS);
    this.#sql = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      savepoint: db.prepare('SAVEPOINT change'),
      release: db.prepare('RELEASE change'),
      undo: db.prepare('ROLLBACK TO change'),
    };
  }

  async write<T>(change: (group: Group) => T): Promise<T> {
    const group = this.#join();
    const effects: (() => void)[] = [];
    let result: T;
    try {
      this.#sql.savepoint.run();
      result = change({ id: group.id, afterCommit: (effect) => effects.push(effect) });
      this.#sql.release.run();
    } catch (error) {
      this.#undo(error);
      throw error;
    }
    group.effects.push(...effects);
    await onDisk(group);
    return result;
  }

  async read<T>(query: () => T): Promise<T> {
    this.#refuseAfterFailure();
    let result: T;
    try {
      result = query();
    } catch (error) {
      throw isFailureOfStorage(error) ? this.#fail(error) : error;
    }
    await this.flush();
    return result;
  }

  async flush(): Promise<void> {
    const last = this.#open ?? this.#unsynced.at(-1);
    if (last) await onDisk(last);
  }

  async holdFile(): Promise<() => void> {
    if (this.#held) throw new Error('Somebody else is copying the file');
    this.#held = true;
    this.db.exec('PRAGMA wal_autocheckpoint = 0');
    const release = () => {
      this.#held = false;
      if (this.db.isOpen) this.db.exec(CHECKPOINTS);
    };
    try {
      await new Promise<void>((resolve, reject) => {
        this.#join().waiting.push({ resolve: () => {}, reject });
        // Between two groups, where a checkpoint is complete: nobody else reads this file.
        this.#betweenGroups = () => {
          this.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
          resolve();
        };
      });
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  fail(error: unknown): void {
    this.#fail(error);
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      if (this.#file) closeDataFile(this.#file);
      else this.db.close();
    }
  }

  #join(): OpenGroup {
    this.#refuseAfterFailure();
    if (!this.#open) {
      try {
        // From the first group on a commit only writes the log; the sync is ours, off this thread, before anybody is told.
        if (this.#lastId === 0) this.db.exec('PRAGMA synchronous = NORMAL');
        this.#sql.begin.run();
      } catch (error) {
        throw this.#fail(error);
      }
      this.#open = { id: ++this.#lastId, effects: [], waiting: [] };
      if (!this.#syncing) setImmediate(() => this.#commit());
    }
    return this.#open;
  }

  /** Takes back one change of the open group. When SQLite has taken back all of it (the disk is full), nothing of it may be acknowledged. */
  #undo(error: unknown): void {
    if (isFailureOfStorage(error) || !this.db.isTransaction) throw this.#fail(error);
    try {
      this.#sql.undo.run();
      this.#sql.release.run();
    } catch (failure) {
      throw this.#fail(failure);
    }
  }

  #commit(): void {
    const group = this.#open;
    // A sync that ended meanwhile has taken it.
    if (!group || this.#syncing) return;
    try {
      this.#sql.commit.run();
      this.#open = undefined;
      this.#unsynced.push(group);
      this.#betweenGroups?.();
      this.#betweenGroups = undefined;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#sync();
  }

  #sync(): void {
    if (this.#log === undefined) {
      this.#acknowledge(this.#unsynced.splice(0));
      return;
    }
    this.#syncing = true;
    fdatasync(this.#log, (error) => {
      this.#syncing = false;
      // What a failed sync has lost cannot be known, and a second one would succeed without having written it.
      if (error) this.#fail(error);
      if (this.#failure) return;
      this.#acknowledge(this.#unsynced.splice(0));
      // At the end of this turn: what those who were just told write next is in the group.
      if (this.#open) setImmediate(() => this.#commit());
    });
  }

  #acknowledge(groups: OpenGroup[]): void {
    for (const { waiting, effects } of groups) {
      for (const { resolve } of waiting) resolve();
      for (const effect of effects) this.#run(effect);
    }
  }

  /**
   * What an effect is about is on disk: memory can be behind it then, never ahead. So a broken one is said, and costs nobody else's effects
   * or answers; the next start makes up for it.
   */
  #run(effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.#report('storage afterCommit', error);
    }
  }

  #refuseAfterFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /**
   * The end of this storage: whoever waits is refused, and so is everything that follows, because what services hold in memory may be ahead of
   * the disk. A new start reads what is there.
   */
  #fail(error: unknown): unknown {
    if (this.#failure) return this.#failure.error;
    const explained = this.#explain(error);
    this.#failure = { error: explained };
    const groups = [...this.#unsynced.splice(0), ...(this.#open ? [this.#open] : [])];
    this.#open = undefined;
    try {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
    } catch {
      // Whether it is taken back now or by the next start, nobody was told that it was done.
    }
    for (const { waiting } of groups) for (const { reject } of waiting) reject(explained);
    this.#onFailure(explained);
    return explained;
  }
}

const onDisk = (group: OpenGroup): Promise<void> =>
  new Promise((resolve, reject) => group.waiting.push({ resolve, reject }));
