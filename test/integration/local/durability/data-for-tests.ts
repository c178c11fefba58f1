import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStorage, type Storage, type StorageOptions } from '../../../../local/kernel/storage.ts';

export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-durability-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A storage with one table of notes; failures are collected. */
export function openNotes(directory: string | undefined, options: StorageOptions = {}) {
  const failures: unknown[] = [];
  const storage = openStorage(directory, { onFailure: (error) => failures.push(error), ...options });
  storage.db.exec('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  const insert = storage.db.prepare('INSERT INTO note (id, text) VALUES (?, ?)');
  return {
    storage,
    failures,
    add: (id: number, text = 'x') => storage.write(() => void insert.run(id, text)),
    ids: () => notesIn(storage),
  };
}

const notesIn = (storage: Storage): number[] =>
  storage.db
    .prepare('SELECT id FROM note ORDER BY id')
    .all()
    .map(({ id }) => Number(id));

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A process that adds notes one after the other, says each id when it is acknowledged, and kills itself with SIGKILL. */
export function writeAndDie(directory: string, from: number, to: number, text = 'x'): void {
  const script = `
    const { openStorage } = await import(${JSON.stringify(join(import.meta.dirname, '../../../../local/kernel/storage.ts'))});
    const storage = openStorage(${JSON.stringify(directory)});
    storage.db.exec('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const insert = storage.db.prepare('INSERT INTO note (id, text) VALUES (?, ?)');
    for (let id = ${from}; id <= ${to}; id++) await storage.write(() => void insert.run(id, ${JSON.stringify(text)}));
    process.kill(process.pid, 'SIGKILL');`;
  try {
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]);
  } catch (error) {
    if (!(error instanceof Error && 'signal' in error && error.signal === 'SIGKILL')) throw error;
  }
}
