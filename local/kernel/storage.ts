import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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

/** `directory` undefined = in memory, gone at the end of the process. */
export function openStorage(directory?: string): Storage {
  if (directory) mkdirSync(directory, { recursive: true });
  const db = new DatabaseSync(directory ? join(directory, 'cloud.sqlite') : ':memory:');
  if (directory) {
    // One process a directory: a second one gets SQLITE_BUSY at its first write instead of corrupting the first one's view.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  }
  db.exec('PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000;');
  return new GroupCommit(db);
}

class GroupCommit implements Storage {
  readonly db: DatabaseSync;
  #open: OpenGroup | undefined;
  #lastId = 0;

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  async write<T>(change: (group: Group) => T): Promise<T> {
    const group = this.#join();
    const effects: (() => void)[] = [];
    this.db.exec('SAVEPOINT change');
    let result: T;
    try {
      result = change({ id: group.id, afterCommit: (effect) => effects.push(effect) });
      this.db.exec('RELEASE change');
    } catch (error) {
      this.db.exec('ROLLBACK TO change; RELEASE change');
      throw error;
    }
    group.effects.push(...effects);
    await this.#committed(group);
    return result;
  }

  async read<T>(query: () => T): Promise<T> {
    const result = query();
    if (this.#open) await this.#committed(this.#open);
    return result;
  }

  async flush(): Promise<void> {
    if (this.#open) await this.#committed(this.#open);
  }

  async close(): Promise<void> {
    await this.flush();
    this.db.close();
  }

  #join(): OpenGroup {
    if (!this.#open) {
      this.db.exec('BEGIN IMMEDIATE');
      this.#open = { id: ++this.#lastId, effects: [], waiting: [] };
      setImmediate(() => this.#commit());
    }
    return this.#open;
  }

  #committed(group: OpenGroup): Promise<void> {
    return new Promise((resolve, reject) => group.waiting.push({ resolve, reject }));
  }

  #commit(): void {
    const group = this.#open;
    if (!group) return;
    this.#open = undefined;
    try {
      this.db.exec('COMMIT');
    } catch (error) {
      try {
        this.db.exec('ROLLBACK');
      } catch {
        // The commit may have ended the transaction itself (disk full); what counts is that nobody is told it succeeded.
      }
      for (const { reject } of group.waiting) reject(error);
      return;
    }
    for (const { resolve } of group.waiting) resolve();
    for (const effect of group.effects) effect();
  }
}
