import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite';
import { DataDirectoryError, DataDirectoryInUse, explainFailure } from '../kernel/data-directory-error.ts';
import { dataFile, lock, refuseDamaged, syncDirectory, syncFile, unlock } from '../kernel/data-file.ts';
import { checkedVersion, STOPPED } from '../kernel/schema.ts';
import { throughDoor } from './door.ts';

/**
 * Writes a copy of a data directory to one file: of a running shop as it is at one moment, every acknowledged order in it, or of a stopped one.
 * The copy was checked when this resolves; until then the file has another name.
 * @throws Error in words for the person who asked
 */
export async function makeBackup(directory: string, to: string): Promise<void> {
  if (existsSync(to)) throw new Error(`${resolve(to)} exists already: choose another name.`);
  if (!existsSync(dataFile(directory))) throw new Error(`There is no shop in ${resolve(directory)}.`);
  const unfinished = `${to}.unfinished`;
  discard(unfinished);
  try {
    await copy(directory, unfinished);
    complete(unfinished, to);
    renameSync(unfinished, to);
    syncDirectory(dirname(resolve(to)));
  } catch (error) {
    discard(unfinished);
    throw error;
  }
}

/**
 * Makes a data directory from a backup.
 * @throws Error in words for the person who asked
 */
export function restoreBackup(from: string, directory: string): void {
  if (!existsSync(from)) throw new Error(`There is no file ${resolve(from)}.`);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new Error(`${resolve(directory)} is not empty: restore into a new directory.`);
  }
  try {
    check(from, from, true).close();
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // Under its own name only when it is whole: a start before that finds no shop rather than half of one.
    const unfinished = join(directory, 'restore.unfinished');
    copyFileSync(from, unfinished);
    syncFile(unfinished);
    renameSync(unfinished, dataFile(directory));
    syncDirectory(directory);
    syncDirectory(dirname(resolve(directory)));
  } catch (error) {
    throw explainFailure(directory, error);
  }
}

async function copy(directory: string, to: string): Promise<void> {
  let db: DatabaseSync;
  try {
    refuseDamaged(directory);
    // For this process alone, so that nobody starts the shop meanwhile. Of any older version: it stays what it is.
    db = lock(dataFile(directory));
  } catch (error) {
    const failure = explainFailure(directory, error);
    if (!(failure instanceof DataDirectoryInUse)) throw failure;
    return await throughDoor(directory, () => copyFileSync(dataFile(directory), to));
  }
  try {
    await copyDatabase(db, to);
  } finally {
    unlock(db, dataFile(directory));
  }
}

/** Leaves one sound file, without a log beside it, that says of itself that nobody works with it. */
function complete(file: string, name: string): void {
  const db = check(file, name, false);
  try {
    if (checkedVersion(db, name) > 0) db.exec(`PRAGMA application_id = ${STOPPED}`);
    db.exec('PRAGMA journal_mode = DELETE');
  } finally {
    db.close();
  }
  chmodSync(file, 0o600);
  syncFile(file);
}

/** @throws Error if the file is damaged, or no backup, or of a newer version */
function check(file: string, name: string, readOnly: boolean): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly });
    checkedVersion(db, name);
    const [first] = db.prepare('PRAGMA integrity_check(1)').all();
    if (first?.integrity_check !== 'ok') throw new Error(String(first?.integrity_check));
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof DataDirectoryError) throw error;
    throw new Error(`${resolve(name)} is no sound copy of a shop: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function discard(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
}
