import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { DataDirectoryError } from '../../../../local/kernel/data-directory-error.ts';
import { openStorage } from '../../../../local/kernel/storage.ts';
import { newDirectory, openNotes, range, writeAndDie } from './data-for-tests.ts';

const fileOf = (directory: string) => join(directory, 'cloud.sqlite');
const logOf = (directory: string) => join(directory, 'cloud.sqlite-wal');

/** A page of SQLite and the header of its frame in the log. */
const FRAME = 24 + 4096;

function overwrite(file: string, offset: number, bytes: string): void {
  const content = readFileSync(file);
  content.write(bytes, offset);
  writeFileSync(file, content);
}

/** Refused with these words, twice: the first refusal has changed nothing. */
function expectRefusal(directory: string, words: string): void {
  const before = existsSync(logOf(directory)) ? readFileSync(logOf(directory)) : undefined;
  for (const _ of [1, 2]) {
    expect(() => openStorage(directory)).toThrow(DataDirectoryError);
    expect(() => openStorage(directory)).toThrow(words);
  }
  if (before) expect(readFileSync(logOf(directory)).equals(before)).toBe(true);
}

test('killed: what was acknowledged is there, and on disk before anybody can read it', async () => {
  const directory = newDirectory();
  writeAndDie(directory, 1, 300);
  const { storage, ids } = openNotes(directory);
  // The file alone, without the log, has it all: nothing hangs on pages that were never synced.
  const copy = join(newDirectory(), 'copy.sqlite');
  execFileSync('cp', [fileOf(directory), copy]);
  const alone = new DatabaseSync(copy);
  expect(alone.prepare('SELECT count(*) AS n FROM note').get()).toEqual({ n: 300 });
  alone.close();
  expect(ids()).toEqual(range(1, 300));
  await storage.close();
});

test('killed again and again, with the log begun anew in between: nothing is missing', async () => {
  const directory = newDirectory();
  // Each round is some 1500 pages of log, half as many again as a checkpoint waits for.
  const text = 'x'.repeat(8000);
  for (const round of [0, 1, 2]) writeAndDie(directory, round * 500 + 1, round * 500 + 500, text);
  const { storage, ids } = openNotes(directory);
  expect(ids()).toEqual(range(1, 1500));
  await storage.close();
});

test('a stop leaves one complete file and no log', async () => {
  const directory = newDirectory();
  const { storage, add } = openNotes(directory);
  await add(1);
  await storage.close();
  expect(existsSync(logOf(directory))).toBe(false);
  const again = openNotes(directory);
  expect(again.ids()).toEqual([1]);
  await again.storage.close();
});

test('the log was deleted after a crash, or the file copied without it: refused', () => {
  const directory = newDirectory();
  writeAndDie(directory, 1, 20);
  const copied = newDirectory();
  copyFileSync(fileOf(directory), fileOf(copied));
  expectRefusal(copied, 'the log cloud.sqlite-wal is missing');
  truncateSync(logOf(directory), 0);
  expectRefusal(directory, 'the log cloud.sqlite-wal is missing');
  rmSync(logOf(directory));
  expectRefusal(directory, 'the log cloud.sqlite-wal is missing');
});

test('the file was deleted beside its log: refused, not taken for a fresh shop', () => {
  const directory = newDirectory();
  writeAndDie(directory, 1, 20);
  rmSync(fileOf(directory));
  expectRefusal(directory, 'cloud.sqlite is missing beside its log');
});

test.each([
  ['header', 3, 'cannot be read'],
  ['first frame', 32 + 24 + 100, 'is broken in its middle'],
  ['frame in the middle', 32 + 10 * FRAME + 24 + 2000, 'is broken in its middle'],
])('the log is damaged in its %s: refused, because what comes after it was acknowledged', (_where, offset, words) => {
  const directory = newDirectory();
  writeAndDie(directory, 1, 20);
  overwrite(logOf(directory), offset, 'damage');
  expectRefusal(directory, words);
});

test('the last group is torn, as by a power failure while it was written: that one was never acknowledged, the shop goes on', async () => {
  const directory = newDirectory();
  writeAndDie(directory, 1, 20);
  truncateSync(logOf(directory), statSync(logOf(directory)).size - 100);
  const { storage, ids, add } = openNotes(directory);
  expect(ids()).toEqual(range(1, 19));
  await add(20);
  await storage.close();
});

test.each([
  ['truncated', (file: string) => truncateSync(file, 4096 * 10), /is damaged|is broken/],
  ['truncated to nothing', (file: string) => truncateSync(file, 0), /is damaged/],
  ['overwritten at its start', (file: string) => overwrite(file, 0, 'no longer a database'), /is damaged/],
])('the file is %s: refused', async (_how, harm, words) => {
  const directory = newDirectory();
  const { storage, add } = openNotes(directory);
  for (const id of range(1, 50)) await add(id, 'x'.repeat(3000));
  await storage.close();
  harm(fileOf(directory));
  expect(() => openStorage(directory)).toThrow(words);
  expect(() => openStorage(directory)).toThrow('restore your last backup into a new one');
});

test('a damaged page is met later: the read is refused in the same words, and nothing is written from then on', async () => {
  const directory = newDirectory();
  const { storage, add } = openNotes(directory);
  for (const id of range(1, 50)) await add(id, 'x'.repeat(3000));
  await storage.close();
  for (const page of range(5, 50)) overwrite(fileOf(directory), page * 4096, '\xff'.repeat(100));

  const again = openStorage(directory);
  const all = () => again.db.prepare('SELECT * FROM note').all();
  await expect(again.read(all)).rejects.toThrow(
    'is damaged: cloud.sqlite cannot be read (database disk image is malformed)',
  );
  await expect(again.read(() => 1)).rejects.toThrow('is damaged');
  await expect(again.write(() => 1)).rejects.toThrow('is damaged');
  await again.close();
});

test("another program's database is not written over", () => {
  const directory = newDirectory();
  const db = new DatabaseSync(fileOf(directory));
  db.exec('CREATE TABLE theirs (id INTEGER)');
  db.close();
  const before = readFileSync(fileOf(directory));
  expect(() => openStorage(directory)).toThrow('was written by another program');
  const after = new DatabaseSync(fileOf(directory));
  expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
  after.close();
  expect(before.length).toBeGreaterThan(0);
});

test('what is no database at all is not written over', () => {
  const directory = newDirectory();
  const text = 'something else, longer than the header of a database '.repeat(100);
  writeFileSync(fileOf(directory), text);
  expect(() => openStorage(directory)).toThrow('is damaged: cloud.sqlite cannot be read (file is not a database)');
  expect(readFileSync(fileOf(directory), 'utf8')).toBe(text);
});

test('a file where the directory should be is named', () => {
  const file = join(newDirectory(), 'file');
  writeFileSync(file, '');
  expect(() => openStorage(file)).toThrow(`${file} is no directory`);
  expect(() => openStorage(join(file, 'deeper'))).toThrow('is no directory');
});

test('two in one process are kept apart as two processes are', async () => {
  const directory = newDirectory();
  const { storage } = openNotes(directory);
  mkdirSync(join(directory, 'inside'));
  expect(() => openStorage(join(directory, 'inside', '..'))).toThrow('is in use by another process');
  await storage.close();
  await openStorage(directory).close();
});
