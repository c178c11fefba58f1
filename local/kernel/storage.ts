import { DatabaseSync } from 'node:sqlite';
import { explainFailure } from './data-directory-error.ts';
import { openDataFile } from './data-file.ts';
import { GroupCommit } from './group-commit.ts';
import type { Migration } from './schema.ts';

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
  /**
   * Brings the file up to date and leaves it as it is until the function that it resolves with is called; what is written meanwhile stays in the
   * log. A copy of the file made in between, by another process (closing the file here would release its lock), is the data at one moment.
   */
  holdFile(): Promise<() => void>;
  /** Ends everything as `StorageOptions.onFailure` says, for a failure of the disk or the file that was met outside `read` and `write`. */
  fail(error: unknown): void;
  close(): Promise<void>;
}

export interface Group {
  /** Counts up by one for each group; equal numbers mean "committed together". */
  readonly id: number;
  /** Runs after this change is on disk (never if it was undone): wake a poller, fire a timer. What it throws is reported. */
  afterCommit(effect: () => void): void;
}

export interface StorageOptions {
  /**
   * Hears, once, why nothing can be written any more: the disk is full or broken, the file damaged. From then on every read and write is
   * refused with that error. What was acknowledged is safe; the process should end, and the next one goes on.
   */
  onFailure?: (error: unknown) => void;
  /** Hears of `afterCommit` effects that threw. Prints them unless told otherwise. */
  report?: (where: string, error: unknown) => void;
  /** Those of this version unless told otherwise. */
  migrations?: readonly Migration[];
}

/**
 * @param directory undefined = in memory, gone at the end of the process
 * @throws DataDirectoryError
 */
export function openStorage(directory?: string, options: StorageOptions = {}): Storage {
  const file = directory === undefined ? undefined : openDataFile(directory, options.migrations);
  const explain = (error: unknown) => (directory === undefined ? error : explainFailure(directory, error));
  return new GroupCommit(
    file ?? { db: new DatabaseSync(':memory:') },
    explain,
    options.onFailure ?? (() => {}),
    options.report ?? print,
  );
}

function print(where: string, error: unknown): void {
  console.error(`[${where}]`, error);
}
