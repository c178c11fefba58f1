import { resolve } from 'node:path';
import { openStorage, type Storage } from './kernel/storage.ts';

/** SQLite's result code for a lock that another process holds; the low byte of its extended codes. */
const SQLITE_BUSY = 5;

/** A data directory that another process works in. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string) {
    super(
      `The data directory ${resolve(directory)} is in use by another process: stop that one, or choose another directory with --data.`,
    );
    this.name = 'DataDirectoryInUse';
  }
}

/** SQLite's result codes for a file that is damaged, and for one that is something else. */
const [SQLITE_CORRUPT, SQLITE_NOTADB] = [11, 26];

/** A data directory that cannot be made, or holds what this machine did not write. */
export class DataDirectoryUnusable extends Error {
  constructor(directory: string, cause: Error) {
    super(
      `The data directory ${resolve(directory)} cannot be used (${cause.message}): choose another with --data, or put a backup in its place.`,
      { cause },
    );
    this.name = 'DataDirectoryUnusable';
  }
}

/**
 * Opens the storage of a data directory for this process alone.
 * @param directory undefined = in memory
 * @throws DataDirectoryInUse, DataDirectoryUnusable
 */
export function openDataDirectory(directory: string | undefined): Storage {
  try {
    const storage = openStorage(directory);
    // The lock is taken at the first write; take it before anything starts.
    storage.db.exec('BEGIN IMMEDIATE; COMMIT');
    return storage;
  } catch (error) {
    if (directory && isBusy(error)) throw new DataDirectoryInUse(directory);
    if (directory && error instanceof Error && isUnusable(error)) throw new DataDirectoryUnusable(directory, error);
    throw error;
  }
}

const isBusy = (error: unknown): boolean => sqliteCodeOf(error) === SQLITE_BUSY;

/** A file system's refusal (a file in the way, no permission, no space) has a `syscall`. */
function isUnusable(error: Error): boolean {
  const code = sqliteCodeOf(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB || 'syscall' in error;
}

function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
