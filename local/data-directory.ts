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

/**
 * Opens the storage of a data directory for this process alone.
 * @param directory undefined = in memory
 * @throws DataDirectoryInUse
 */
export function openDataDirectory(directory: string | undefined): Storage {
  try {
    const storage = openStorage(directory);
    // The lock is taken at the first write; take it before anything starts.
    storage.db.exec('BEGIN IMMEDIATE; COMMIT');
    return storage;
  } catch (error) {
    if (directory && isBusy(error)) throw new DataDirectoryInUse(directory);
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return (error.errcode & 0xff) === SQLITE_BUSY;
}
