import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The copy lives as long as its process, so that it is looked at from inside one. */
const script = `
  import { readFileSync, rmSync } from 'node:fs';
  import { ownAssembly } from './local/own-assembly.ts';
  const original = process.argv[1];
  const copy = ownAssembly(original);
  rmSync(original, { recursive: true });
  console.log(JSON.stringify({ copy, text: readFileSync(copy + '/asset.1/handler.js', 'utf8') }));
`;

test('the copy of a process that was killed is removed by the next start, that of one that runs is not', () => {
  const original = mkdtempSync(join(tmpdir(), 'batuta-original-'));
  // No pid is that large (Linux: at most 2^22).
  const left = join(tmpdir(), 'batuta-assembly-99999999-left');
  const running = join(tmpdir(), `batuta-assembly-${process.pid}-runs`);
  for (const directory of [left, running]) mkdirSync(directory, { recursive: true });
  mkdirSync(join(original, 'asset.1'));
  writeFileSync(join(original, 'asset.1/handler.js'), '');
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', script, original]);
    expect([existsSync(left), existsSync(running)]).toEqual([false, true]);
  } finally {
    for (const directory of [original, left, running]) rmSync(directory, { recursive: true, force: true });
  }
});

test('a build that replaces the assembly takes nothing from the process that runs it', () => {
  const original = mkdtempSync(join(tmpdir(), 'batuta-original-'));
  mkdirSync(join(original, 'asset.1'));
  writeFileSync(join(original, 'asset.1/handler.js'), 'exports.handler = 1');
  try {
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script, original], {
      encoding: 'utf8',
    });
    const { copy, text } = JSON.parse(output) as { copy: string; text: string };
    expect(text).toBe('exports.handler = 1');
    expect(existsSync(copy)).toBe(false);
  } finally {
    rmSync(original, { recursive: true, force: true });
  }
});
