import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { makeBackup, restoreBackup } from '../../../../local/backup/backup.ts';
import { openDoor, throughDoor } from '../../../../local/backup/door.ts';
import { newDirectory, openNotes, range, writeAndDie } from './data-for-tests.ts';

/** As a person runs it: in another process, or it would take the lock off the file. */
async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const command = ['--disable-warning=ExperimentalWarning', 'local/backup.ts', ...args];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return { code: 0, output: stdout };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stderr' in error)) throw error;
    return { code: Number(error.code), output: String(error.stderr) };
  }
}

async function openWithDoor(directory: string) {
  const notes = openNotes(directory);
  const reports: unknown[] = [];
  const door = await openDoor(directory, notes.storage, (_where, error) => reports.push(error));
  return { ...notes, door, reports };
}

test('a stopped shop: backed up and restored, the directory left as it was', async () => {
  const [directory, other] = [newDirectory(), newDirectory()];
  const { storage, add } = openNotes(directory);
  for (const id of range(1, 20)) await add(id);
  await storage.close();
  const file = join(other, 'shop.backup');
  expect(await run('backup', '--data', directory, '--to', file)).toMatchObject({ code: 0 });
  expect(readdirSync(directory)).toEqual(['cloud.sqlite']);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  expect(await run('restore', '--from', file, '--data', join(other, 'restored'))).toMatchObject({ code: 0 });
  const restored = openNotes(join(other, 'restored'));
  expect(restored.ids()).toEqual(range(1, 20));
  await restored.storage.close();
});

test('a crashed shop: what its log holds is in the backup, and the shop goes on', async () => {
  const directory = newDirectory();
  writeAndDie(directory, 1, 30);
  const file = join(newDirectory(), 'shop.backup');
  await makeBackup(directory, file);
  const [original, copy] = [openNotes(directory), newDirectory()];
  restoreBackup(file, copy);
  const restored = openNotes(copy);
  expect([original.ids(), restored.ids()]).toEqual([range(1, 30), range(1, 30)]);
  await original.storage.close();
  await restored.storage.close();
});

test('a running shop that writes all the time: the copy is it at one moment after the command was given, and it can be copied again', async () => {
  const directory = newDirectory();
  const { storage, add, door, reports } = await openWithDoor(directory);
  let [last, stop] = [0, false];
  const writing = (async () => {
    // Far more than a checkpoint waits for, so that one in the middle of the copy would show.
    while (!stop) await add(++last, 'x'.repeat(30_000));
  })();
  for (const name of ['first', 'second']) {
    const before = last;
    const file = join(newDirectory(), name);
    expect(await run('backup', '--data', directory, '--to', file)).toMatchObject({ code: 0 });
    const copy = newDirectory();
    restoreBackup(file, copy);
    const restored = openNotes(copy);
    const ids = restored.ids();
    expect(ids).toEqual(range(1, ids.length));
    expect(ids.length).toBeGreaterThanOrEqual(before);
    await restored.storage.close();
  }
  stop = true;
  await writing;
  // Released: the log does not grow for ever.
  expect(storage.db.prepare('PRAGMA wal_autocheckpoint').get()).toEqual({ wal_autocheckpoint: 4000 });
  await door.close();
  await storage.close();
  expect(reports).toEqual([]);
  expect(readdirSync(directory)).toEqual(['cloud.sqlite']);
});

test('while the file is held nothing is written to it; what is acknowledged meanwhile is there afterwards', async () => {
  const directory = newDirectory();
  const { storage, add, ids } = openNotes(directory);
  const release = await storage.holdFile();
  const hash = () =>
    createHash('sha256')
      .update(readFileSync(join(directory, 'cloud.sqlite')))
      .digest('hex');
  const before = hash();
  for (const id of range(1, 400)) await add(id, 'x'.repeat(60_000));
  expect(hash()).toBe(before);
  await expect(storage.holdFile()).rejects.toThrow('Somebody else is copying the file');
  release();
  await add(401);
  expect(hash()).not.toBe(before);
  await storage.close();
  const again = openNotes(directory);
  expect(again.ids()).toEqual(range(1, 401));
  expect(ids).toBeDefined();
  await again.storage.close();
});

test('the shop stops while it is copied: no backup, rather than one that is not whole', async () => {
  const directory = newDirectory();
  const { storage, door } = await openWithDoor(directory);
  await expect(throughDoor(directory, async () => await door.close())).rejects.toThrow('did not let a backup be made');
  await storage.close();
});

test('who does not know the key of the door gets nothing, and holds nothing', async () => {
  const directory = newDirectory();
  const { storage, door } = await openWithDoor(directory);
  onTestFinished(async () => {
    await door.close();
    await storage.close();
  });
  expect(statSync(join(directory, 'backup-door.json')).mode & 0o777).toBe(0o600);
  const { port } = JSON.parse(readFileSync(join(directory, 'backup-door.json'), 'utf8'));
  for (const said of [
    '\n',
    `${'0'.repeat(64)}\n`,
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'é'.repeat(64).concat('\n'),
  ]) {
    const socket = createConnection(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {});
    socket.write(said);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toBe('');
  }
  (await storage.holdFile())();
});

test('what cannot be done is refused in words, and leaves nothing behind', async () => {
  const directory = newDirectory();
  const { storage, add } = openNotes(directory);
  await add(1);
  // No door: as while it starts.
  const file = join(newDirectory(), 'shop.backup');
  expect(await run('backup', '--data', directory, '--to', file)).toMatchObject({
    code: 1,
    output: expect.stringContaining('starting or stopping? Try again'),
  });
  await storage.close();
  await makeBackup(directory, file);
  await expect(makeBackup(directory, file)).rejects.toThrow('exists already');
  await expect(makeBackup(newDirectory(), `${file}2`)).rejects.toThrow('There is no shop in');
  expect(() => restoreBackup(file, directory)).toThrow('is not empty: restore into a new directory');
  expect(() => restoreBackup(`${file}.missing`, newDirectory())).toThrow('There is no file');
  expect(await run('backup')).toMatchObject({ code: 1, output: expect.stringContaining('Usage') });
  expect(readdirSync(join(file, '..'))).toEqual(['shop.backup']);
});

test.each([
  ['no database', (file: string) => writeFileSync(file, 'x'.repeat(10_000)), 'is no sound copy of a shop'],
  ["another program's", (file: string) => other(file), 'was written by another program'],
  ['damaged inside', (file: string) => writeFileSync(file, readFileSync(file).fill(0xff, 9000)), 'is no sound copy'],
  ['of a newer version', (file: string) => version(file, 99), 'was written by a newer Batuta'],
])('a backup that is %s is not restored', async (_what, harm, words) => {
  const directory = newDirectory();
  const { storage, add } = openNotes(directory);
  for (const id of range(1, 20)) await add(id, 'x'.repeat(3000));
  await storage.close();
  const file = join(newDirectory(), 'shop.backup');
  await makeBackup(directory, file);
  harm(file);
  const target = join(newDirectory(), 'restored');
  expect(() => restoreBackup(file, target)).toThrow(words);
  expect(existsSync(target)).toBe(false);
});

function version(file: string, number: number): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA user_version = ${number}`);
  db.close();
}

function other(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA application_id = 0');
  db.close();
}
