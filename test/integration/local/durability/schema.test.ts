import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Migration, migrations } from '../../../../local/kernel/schema.ts';
import { openStorage } from '../../../../local/kernel/storage.ts';
import { newDirectory, openNotes } from './data-for-tests.ts';

const versionOf = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.user_version;

/** Three versions after the newest: a shop of the future, for which this one is old. */
const later: Migration[] = [
  ...migrations,
  (db) => db.exec("ALTER TABLE note ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody'"),
  (db) => db.exec("UPDATE note SET author = 'ada' WHERE id = 2"),
];

/** A data directory as it was before versions had numbers, made by this code and taken back to that form. */
async function directoryOfVersion0(): Promise<string> {
  const directory = newDirectory();
  const { storage, add } = openNotes(directory);
  await add(1, 'kept');
  await storage.close();
  const db = new DatabaseSync(join(directory, 'cloud.sqlite'));
  db.exec('CREATE TABLE storage_opened (at INTEGER); PRAGMA user_version = 0; PRAGMA application_id = 0;');
  db.close();
  return directory;
}

test('a fresh directory begins at the newest version', async () => {
  const storage = openStorage(newDirectory());
  expect(versionOf(storage.db)).toBe(migrations.length);
  await storage.close();
});

test('a directory from before version numbers is brought up, with what is in it', async () => {
  const directory = await directoryOfVersion0();
  const { storage } = openNotes(directory);
  expect(versionOf(storage.db)).toBe(migrations.length);
  expect(storage.db.prepare('SELECT * FROM note').all()).toEqual([{ id: 1, text: 'kept' }]);
  expect(storage.db.prepare("SELECT name FROM sqlite_schema WHERE name = 'storage_opened'").all()).toEqual([]);
  await storage.close();
});

test('an older directory is brought up step by step, each step once', async () => {
  const directory = newDirectory();
  const old = openNotes(directory);
  await old.add(1);
  await old.add(2);
  await old.storage.close();
  for (const _ of ['upgrade', 'next start']) {
    const storage = openStorage(directory, { migrations: later });
    expect(versionOf(storage.db)).toBe(later.length);
    expect(storage.db.prepare('SELECT id, author FROM note').all()).toEqual([
      { id: 1, author: 'nobody' },
      { id: 2, author: 'ada' },
    ]);
    await storage.close();
  }
});

test('an upgrade that fails in its middle has changed nothing, and can be tried again', async () => {
  const directory = newDirectory();
  const old = openNotes(directory);
  await old.add(2);
  await old.storage.close();
  const failing: Migration[] = [
    ...later,
    () => {
      throw new Error('does not work');
    },
  ];
  expect(() => openStorage(directory, { migrations: failing })).toThrow('does not work');
  const { storage, ids } = openNotes(directory);
  expect([versionOf(storage.db), ids()]).toEqual([migrations.length, [2]]);
  expect(Object.keys(storage.db.prepare('SELECT * FROM note').get() ?? {})).toEqual(['id', 'text']);
  await storage.close();
  await openStorage(directory, { migrations: later }).close();
});

test('a directory of a newer version is refused by name and left alone', async () => {
  const directory = newDirectory();
  const old = openNotes(directory);
  await old.storage.close();
  await openStorage(directory, { migrations: later }).close();
  expect(() => openStorage(directory)).toThrow(
    `was written by a newer Batuta (data version ${later.length}, this one knows ${migrations.length}): update Batuta`,
  );
  await openStorage(directory, { migrations: later }).close();
});

test('killed during the upgrade at the latest moment: the next start finds it done or does it', () => {
  const directory = newDirectory();
  const script = `
    const { migrations } = await import(${JSON.stringify(join(import.meta.dirname, '../../../../local/kernel/schema.ts'))});
    const { openStorage } = await import(${JSON.stringify(join(import.meta.dirname, '../../../../local/kernel/storage.ts'))});
    await openStorage(${JSON.stringify(directory)}).close();
    openStorage(${JSON.stringify(directory)}, { migrations: [...migrations, (db) => { db.exec('CREATE TABLE half (id INTEGER)'); process.kill(process.pid, 'SIGKILL'); }] });`;
  expect(() =>
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]),
  ).toThrow();
  const { storage } = openNotes(directory);
  expect(storage.db.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
  return storage.close();
});
