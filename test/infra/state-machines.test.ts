import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functions } from '../../infra/functions.ts';
import { paths } from '../../infra/paths.ts';
import { machines } from '../../shared/workflows/triggers.ts';

const files = globSync('*.asl.json', { cwd: paths.stateMachines });

test('every definition is a machine that something starts, and the other way around', () => {
  expect(files.map((file) => basename(file, '.asl.json')).toSorted()).toEqual([...machines].toSorted());
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(paths.stateMachines, file), 'utf8');

  test('is valid as EXPRESS: waits for no callback, no job, no activity', () => {
    expect(text).not.toMatch(/\.waitForTaskToken|\.sync|:activity:/);
  });
});

test('every step is used by a machine', () => {
  const used = new Set(
    files.flatMap((file) => [...text(file).matchAll(/\$\{(\w+)Function\}/g)].map(([, name]) => name)),
  );
  const kebab = [...used].map((name) => name!.replace(/\B[A-Z]/g, (letter) => `-${letter}`).toLowerCase());
  const steps = functions.filter(({ folder }) => folder.startsWith('steps/')).map(({ folder }) => folder.slice(6));
  expect(kebab.toSorted()).toEqual(steps.toSorted());
});

const text = (file: string) => readFileSync(join(paths.stateMachines, file), 'utf8');
