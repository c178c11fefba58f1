import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { DataDirectoryError, damaged } from './data-directory-error.ts';

/** Brings a data directory from the version before to the next one. Runs inside a transaction. */
export type Migration = (db: DatabaseSync) => void;

/**
 * The one at index n brings version n to n + 1; the newest version is their number. Add one whenever a table of any service changes its shape:
 * services create what is missing, and never alter what is there. Never change one that was released.
 */
export const migrations: readonly Migration[] = [
  // Version 0 had no number, and took its lock by writing to this table.
  (db) => db.exec('DROP TABLE IF EXISTS storage_opened'),
  // Whether an event source mapping took the message.
  (db) => {
    if (!hasTable(db, 'sqs_message')) return;
    db.exec('ALTER TABLE sqs_message ADD COLUMN by_mapping INTEGER NOT NULL DEFAULT 0');
  },
  // How many receives ended with the machine.
  (db) => {
    if (hasTable(db, 'sqs_message')) db.exec('ALTER TABLE sqs_message ADD COLUMN released INTEGER NOT NULL DEFAULT 0');
  },
];

/** A directory may have been left before its services made their tables. */
const hasTable = (db: DatabaseSync, name: string): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;

/** SQLite's `application_id`, which tells whose file it is: "Batu", ended by whether a process works with it. */
export const STOPPED = 0x42617473;
export const RUNNING = 0x42617472;

/**
 * Brings the file to the newest version, in one transaction; a fresh one begins there.
 * @throws DataDirectoryError for a file of a newer version or of another program
 */
export function migrate(db: DatabaseSync, directory: string, list: readonly Migration[] = migrations): void {
  const fresh = numberOf(db, 'PRAGMA application_id') === 0 && numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0;
  const version = fresh ? list.length : checkedVersion(db, directory, list.length);
  const application = numberOf(db, 'PRAGMA application_id');
  if (!fresh && version === list.length && (application === STOPPED || application === RUNNING)) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of list.slice(version)) migration(db);
    db.exec(`PRAGMA user_version = ${list.length}; PRAGMA application_id = ${STOPPED}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** @throws DataDirectoryError for a file of a newer version or of another program */
export function checkedVersion(db: DatabaseSync, directory: string, newest: number = migrations.length): number {
  const version = numberOf(db, 'PRAGMA user_version');
  const application = numberOf(db, 'PRAGMA application_id');
  const ours = application === STOPPED || application === RUNNING || (version === 0 && hasTable(db, 'storage_opened'));
  if (!ours) throw damaged(directory, 'what is in its place was written by another program');
  if (version > newest) {
    throw new DataDirectoryError(
      `${resolve(directory)} was written by a newer Batuta (data version ${version}, this one knows ${newest}): update Batuta, or restore a backup made before the update into a new directory.`,
    );
  }
  return version;
}

function numberOf(db: DatabaseSync, sql: string): number {
  const row = db.prepare(sql).get();
  return Number(row && Object.values(row)[0]);
}
