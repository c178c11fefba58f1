import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataDirectoryUnusable, openDataDirectory } from '../../../../local/data-directory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batuta-data-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a file where the directory should be is named, without a stack trace for an answer', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  expect(() => openDataDirectory(file)).toThrow(DataDirectoryUnusable);
  expect(() => openDataDirectory(file)).toThrow(`The data directory ${file} cannot be used`);
});

test('a database that is none is not overwritten but refused', () => {
  const data = join(directory, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'cloud.sqlite'), 'something else, longer than the header of a database '.repeat(100));
  expect(() => openDataDirectory(data)).toThrow(/cannot be used \(file is not a database\).*backup/);
});
