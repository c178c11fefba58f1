import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataDirectoryInUse, damaged, explainFailure } from './data-directory-error.ts';
import { type Migration, migrate, RUNNING, STOPPED } from './schema.ts';
import { inspectLog } from './write-ahead-log.ts';

/** The one file of a data directory; SQLite keeps its write-ahead log beside it. */
export const dataFile = (directory: string) => join(directory, 'cloud.sqlite');
const logFile = (directory: string) => `${dataFile(directory)}-wal`;

/** Closing any descriptor of a file takes this process's locks off it (POSIX): here nobody looks into a file that is open already. */
const openHere = new Set<string>();

export interface DataFile {
  /** Without symbolic links. */
  directory: string;
  db: DatabaseSync;
  /** Descriptor of the write-ahead log, to sync it. */
  log: number;
}

/**
 * Opens the file of a data directory for this process alone; makes both if there are none. Everything in the file is on disk then: what a killed
 * process wrote and did not sync could otherwise be read, acted on, and be gone after a power failure.
 * @throws DataDirectoryError
 */
export function openDataFile(directory: string, migrations?: readonly Migration[]): DataFile {
  try {
    makeDirectory(directory);
    const real = realpathSync(directory);
    if (openHere.has(real)) throw new DataDirectoryInUse(directory);
    const file = openAlone(real, migrations);
    openHere.add(real);
    return file;
  } catch (error) {
    throw explainFailure(directory, error);
  }
}

function openAlone(directory: string, migrations: readonly Migration[] | undefined): DataFile {
  const file = dataFile(directory);
  refuseReadOnly(directory);
  refuseDamaged(directory);
  if (!existsSync(file)) create(directory, migrations);
  const db = lock(file);
  try {
    migrate(db, directory, migrations);
    begin(db);
    syncDirectory(directory);
    return { directory, db, log: openSync(logFile(directory), 'r+') };
  } catch (error) {
    unlock(db, file);
    throw error;
  }
}

/** Whole or not at all, so that an empty file is never anything but damage. */
function create(directory: string, migrations: readonly Migration[] | undefined): void {
  const unfinished = `${dataFile(directory)}.new`;
  // SQLite takes the file as it is, and gives its log the same permissions.
  closeSync(openSync(unfinished, 'a', 0o600));
  const db = lock(unfinished);
  try {
    migrate(db, directory, migrations);
  } finally {
    db.close();
  }
  renameSync(unfinished, dataFile(directory));
}

/** Leaves one complete file, without a log; where that fails (the disk is full), both stay and the next start goes on from them. */
export function closeDataFile({ directory, db, log }: DataFile): void {
  openHere.delete(directory);
  closeSync(log);
  unlock(db, dataFile(directory));
}

/** Keeps other processes out until `unlock`, or the end of the process. */
export function lock(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    // FULL: what services create before the first group is synced by SQLite itself.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return db;
  } catch (error) {
    closeKeepingLog(db, file);
    throw error;
  }
}

/** Takes the mark off the file, then closes it. */
export function unlock(db: DatabaseSync, file: string): void {
  try {
    if (isMarked(db)) db.exec(`PRAGMA application_id = ${STOPPED}`);
  } catch {
    closeKeepingLog(db, file);
    return;
  }
  db.close();
}

/** SQLite deletes the log when it closes the file; one that still has the mark would be taken for damaged without it. */
function closeKeepingLog(db: DatabaseSync, file: string): void {
  const [log, kept] = [`${file}-wal`, `${file}-wal.kept`];
  rmSync(kept, { force: true });
  if (existsSync(log)) linkSync(log, kept);
  db.close();
  if (!existsSync(kept)) return;
  renameSync(kept, log);
  // Renaming does nothing where both are still the same file.
  rmSync(kept, { force: true });
}

/**
 * Everything goes from the log into the file; then the file is marked as being worked with, and only then. So a file with the mark has a log that
 * is not empty, in every moment of a crash, and one without its log (deleted, or left behind when the file was copied) can be told.
 */
function begin(db: DatabaseSync): void {
  if (isMarked(db)) db.exec(`PRAGMA application_id = ${STOPPED}`);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.exec(`PRAGMA application_id = ${RUNNING}; PRAGMA wal_checkpoint(PASSIVE);`);
}

const isMarked = (db: DatabaseSync): boolean => db.prepare('PRAGMA application_id').get()?.application_id === RUNNING;

/** SQLite would open the file to read it only, and say later, of something else, that it failed. */
function refuseReadOnly(directory: string): void {
  accessSync(directory, constants.W_OK);
  for (const file of [dataFile(directory), logFile(directory)]) {
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  }
}

/** Looks at the bytes before SQLite does, which would take a part for the whole. @throws DataDirectoryError */
export function refuseDamaged(directory: string): void {
  const log = inspectLog(logFile(directory));
  const mark = markOf(dataFile(directory));
  if (mark === undefined && log !== 'missing') throw damaged(directory, 'cloud.sqlite is missing beside its log');
  if (mark === TOO_SHORT) throw damaged(directory, 'cloud.sqlite is cut off');
  if (mark === RUNNING && log === 'missing')
    throw damaged(
      directory,
      'the log cloud.sqlite-wal is missing (deleted, or left behind when the file was copied while Batuta ran) and with it the newest orders',
    );
  if (mark === RUNNING && log === 'unreadable') throw damaged(directory, 'the log cloud.sqlite-wal cannot be read');
  if (log === 'broken') throw damaged(directory, 'the log cloud.sqlite-wal is broken in its middle');
}

const TOO_SHORT = -1;

/** @returns the file's `application_id`, TOO_SHORT if there is none in it, undefined if there is no file */
function markOf(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header, 0, header.length, 0);
  closeSync(descriptor);
  if (length < header.length) return TOO_SHORT;
  // https://www.sqlite.org/fileformat2.html#application_id
  return header.readUInt32BE(68);
}

/** Readable by its owner only: customers' addresses and the keys of this machine are in it. */
function makeDirectory(directory: string): void {
  const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
  // A new directory is only found again after a power failure when the one that it stands in is on disk.
  for (let each = resolve(directory); made && each.length >= resolve(made).length; each = dirname(each)) {
    syncDirectory(dirname(each));
  }
}

/** The same holds for a new file. */
export function syncDirectory(directory: string): void {
  syncFile(directory);
}

export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
