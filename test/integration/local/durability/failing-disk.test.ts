import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openStorage } from '../../../../local/kernel/storage.ts';
import { newDirectory, openNotes } from './data-for-tests.ts';

const disk = vi.hoisted(() => ({ fails: false, syncs: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fdatasync = (descriptor: number, done: (error: Error | null) => void) => {
    disk.syncs++;
    if (disk.fails) setImmediate(done, Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }));
    else fs.fdatasync(descriptor, done);
  };
  return { ...fs, fdatasync };
});

/** A small disk of its own; undefined where this user may not mount one. */
function smallDisk(megabytes: number): string | undefined {
  const directory = newDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
  return directory;
}

const remount = (directory: string, options: string) =>
  execFileSync('mount', ['-o', `remount,${options}`, directory], { stdio: 'ignore' });

/** Adds notes until one is refused. @returns the ids that were acknowledged, and the refusal */
async function addUntilRefused(notes: ReturnType<typeof openNotes>, from = 1) {
  const acknowledged: number[] = [];
  for (let id = from; ; id++) {
    try {
      await notes.add(id, 'x'.repeat(20_000));
      acknowledged.push(id);
    } catch (error) {
      return { acknowledged, error };
    }
  }
}

test('the disk refuses to sync: nobody is told that it is safe, and nothing is accepted from then on', async () => {
  const directory = newDirectory();
  const { storage, add, failures } = openNotes(directory);
  await add(1);
  const effects: string[] = [];
  disk.fails = true;
  const both = Promise.allSettled([
    storage.write((group) => group.afterCommit(() => effects.push('told'))),
    add(2),
    storage.read(() => 'seen'),
  ]);
  const outcomes = await both.finally(() => {
    disk.fails = false;
  });
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'DataDirectoryError' } });
  }
  expect(String(failures)).toContain('failed (EIO: i/o error, fdatasync), so Batuta has stopped');
  const syncs = disk.syncs;
  await expect(add(3)).rejects.toThrow('so Batuta has stopped');
  await expect(storage.read(() => 1)).rejects.toThrow('so Batuta has stopped');
  expect([effects, failures.length, disk.syncs]).toEqual([[], 1, syncs]);
  await storage.close();

  const again = openNotes(directory);
  expect(again.ids()).toContain(1);
  await again.add(4);
  await again.storage.close();
});

test('no more space in the middle of a change: the whole group is refused, not half of it kept', async () => {
  const directory = newDirectory();
  const { storage, add, ids, failures } = openNotes(directory);
  await add(1);
  const pages = Number(Object.values(storage.db.prepare('PRAGMA page_count').get() ?? {})[0]);
  storage.db.exec(`PRAGMA max_page_count = ${pages + 5}`);
  const outcomes = await Promise.allSettled([
    add(2),
    add(3, 'x'.repeat(100_000)),
    // Begun in the same turn: it would have been written by itself, and acknowledged with a group that is gone.
    add(4),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(String(failures)).toContain('is full, so Batuta has stopped');
  expect(ids()).toEqual([1]);
  await storage.close();
  const again = openNotes(directory);
  expect(again.ids()).toEqual([1]);
  await again.storage.close();
});

test('a change that fails by itself costs only itself', async () => {
  const { storage, add, ids, failures } = openNotes(newDirectory());
  const outcomes = await Promise.allSettled([
    add(1),
    add(1),
    storage.write(() => {
      throw new Error('mine');
    }),
    add(2),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect([ids(), failures]).toEqual([[1, 2], []]);
  await storage.close();
});

test('a disk that fills up, twice: refused with what to do, nothing acknowledged is lost, and it goes on when there is space', async (context) => {
  const directory = smallDisk(8);
  if (!directory) return context.skip('needs the right to mount');
  const first = openNotes(directory);
  const { acknowledged, error } = await addUntilRefused(first);
  expect(acknowledged.length).toBeGreaterThan(50);
  expect(String(error)).toContain(`The disk of the data directory ${directory} is full`);
  expect(String(error)).toContain('Free some space and start it again');
  // As it may: with no space even a clean stop may fail, and says so.
  await first.storage.close().catch(() => {});

  // Started again without more space: it either works with what was freed, or refuses in the same words.
  let all = acknowledged;
  try {
    const second = openNotes(directory);
    const more = await addUntilRefused(second, all.length + 2);
    all = [...all, ...more.acknowledged];
    expect(String(more.error)).toContain('is full');
    await second.storage.close().catch(() => {});
  } catch (refusal) {
    expect(String(refusal)).toContain('is full');
  }

  remount(directory, 'size=64m');
  const third = openNotes(directory);
  expect(third.ids()).toEqual(expect.arrayContaining(all));
  await third.add(100_000);
  await third.storage.close();
});

test('a fresh directory on a full disk is refused in words', (context) => {
  const directory = smallDisk(1);
  if (!directory) return context.skip('needs the right to mount');
  execFileSync('sh', ['-c', `head -c 2000000 /dev/zero > ${join(directory, 'filler')} 2>/dev/null || true`]);
  expect(() => openStorage(join(directory, 'data'))).toThrow('is full');
});

test('a directory that cannot be written is refused in words, whether it holds a shop or not', async (context) => {
  const directory = smallDisk(8);
  if (!directory) return context.skip('needs the right to mount');
  mkdirSync(join(directory, 'empty'));
  await openStorage(join(directory, 'shop')).close();
  remount(directory, 'ro');
  for (const each of ['empty', 'shop']) {
    expect(() => openStorage(join(directory, each))).toThrow(`${join(directory, each)} cannot be written`);
  }
  // Node says ENOENT here, of a directory that it could not make.
  expect(() => openStorage(join(directory, 'new'))).toThrow(`${join(directory, 'new')} cannot be used`);
});
