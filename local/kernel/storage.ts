import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * The one file that holds everything durable: tables, streams, queues, executions, archives. All services write through here,
 * so a change that touches several of them (an item and its stream record, a message taken and an execution started) is one
 * transaction, and one fsync serves every request that arrived in the same turn of the event loop (group commit).
 */
export interface Storage {
  /** For prepared statements and for reads inside `read` and `write`. Create your tables when the service starts (`CREATE TABLE IF NOT EXISTS`, names prefixed by the service). */
  readonly db: DatabaseSync;
  /**
   * Runs `change` at once and synchronously, in a savepoint of the open group. If it throws, only its own writes are undone and
   * the promise rejects with what it threw. Resolves when the group is on disk. `afterCommit` callbacks run then, in order.
   */
  write<T>(change: (group: Group) => T): Promise<T>;
  /** Runs `query` at once; if it could have seen writes that are not on disk yet, the answer is held back until they are. */
  read<T>(query: () => T): Promise<T>;
  /** Resolves when everything written so far is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface Group {
  /** Counts up by one for each group; equal numbers mean "committed together". */
  readonly id: number;
  /** Runs after this change is on disk (never if it was undone): wake a poller, fire a timer. */
  afterCommit(effect: () => void): void;
}

interface OpenGroup {
  id: number;
  effects: (() => void)[];
  waiting: { resolve: () => void; reject: (reason: unknown) => void }[];
}

const FILE = 'cloud.sqlite';

/** `directory` undefined = in memory, gone at the end of the process. */
export function openStorage(directory?: string): Storage {
  if (!directory) return new GroupCommit(new DatabaseSync(':memory:'), undefined);
  mkdirSync(directory, { recursive: true });
  const db = new DatabaseSync(join(directory, FILE));
  // One process a directory: a second one gets SQLITE_BUSY at its first write instead of corrupting the first one's view.
  // A commit writes the log without syncing it (NORMAL); the sync is ours, off this thread, before anybody is told.
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  // The lock is taken, and the log made, at the first write.
  db.exec('CREATE TABLE IF NOT EXISTS storage_opened (at INTEGER); DELETE FROM storage_opened;');
  syncDirectory(directory);
  return new GroupCommit(db, openSync(join(directory, `${FILE}-wal`), 'r+'));
}

/** A new file is only found again after a power failure when its directory is on disk too. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/**
 * A group is committed at the end of the turn of the event loop that opened it, or, while the log is being synced, when that is done: the
 * busier the machine, the larger the groups. Groups are synced in order, several by one call.
 */
class GroupCommit implements Storage {
  readonly db: DatabaseSync;
  /** The write-ahead log, to sync; undefined in memory. */
  readonly #log: number | undefined;
  readonly #sql: Record<'begin' | 'commit' | 'savepoint' | 'release' | 'undo', StatementSync>;
  #open: OpenGroup | undefined;
  /** Committed, but not on disk yet, oldest first. */
  #unsynced: OpenGroup[] = [];
  #syncing = false;
  #lastId = 0;

  constructor(db: DatabaseSync, log: number | undefined) {
    this.db = db;
    this.#log = log;
    db.exec('PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000;');
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
    this.#sql.savepoint.run();
    let result: T;
    try {
      result = change({ id: group.id, afterCommit: (effect) => effects.push(effect) });
      this.#sql.release.run();
    } catch (error) {
      this.#sql.undo.run();
      this.#sql.release.run();
      throw error;
    }
    group.effects.push(...effects);
    await onDisk(group);
    return result;
  }

  async read<T>(query: () => T): Promise<T> {
    const result = query();
    await this.flush();
    return result;
  }

  async flush(): Promise<void> {
    const last = this.#open ?? this.#unsynced.at(-1);
    if (last) await onDisk(last);
  }

  async close(): Promise<void> {
    await this.flush();
    this.db.close();
    if (this.#log !== undefined) closeSync(this.#log);
  }

  #join(): OpenGroup {
    if (!this.#open) {
      this.#sql.begin.run();
      this.#open = { id: ++this.#lastId, effects: [], waiting: [] };
      if (!this.#syncing) setImmediate(() => this.#commit());
    }
    return this.#open;
  }

  #commit(): void {
    const group = this.#open;
    // A sync that ended meanwhile has taken it.
    if (!group || this.#syncing) return;
    this.#open = undefined;
    try {
      this.#sql.commit.run();
    } catch (error) {
      try {
        this.db.exec('ROLLBACK');
      } catch {
        // The commit may have ended the transaction itself (disk full); what counts is that nobody is told it succeeded.
      }
      for (const { reject } of group.waiting) reject(error);
      return;
    }
    this.#unsynced.push(group);
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
      // What a failed sync has lost cannot be known: nobody is told that it is safe, and nothing more is written.
      if (error)
        throw new Error('The disk did not take what was written: stopping before more is lost.', { cause: error });
      this.#acknowledge(this.#unsynced.splice(0));
      this.#commit();
    });
  }

  #acknowledge(groups: OpenGroup[]): void {
    for (const { waiting, effects } of groups) {
      for (const { resolve } of waiting) resolve();
      for (const effect of effects) effect();
    }
  }
}

const onDisk = (group: OpenGroup): Promise<void> =>
  new Promise((resolve, reject) => group.waiting.push({ resolve, reject }));
