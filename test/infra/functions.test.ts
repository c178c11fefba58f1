import { expect, test } from 'vitest';
import { bundleFunctions, functionFolders } from '../../infra/bundle-functions.ts';
import { constructName, functions } from '../../infra/functions.ts';

/** Bytes, minified, with the AWS SDK inside; a third of it zipped. What may be left out: infra/unreachable-code.ts. */
const BUDGET = 340_000;

test('every folder with a handler is in the table of functions, and every function of the table has one', () => {
  expect(functionFolders()).toEqual(functions.map(({ folder }) => folder).toSorted());
});

test('construct names are unique, so that no two functions fight for a logical id', () => {
  const names = functions.map(({ folder }) => constructName(folder));
  expect(new Set(names).size).toBe(names.length);
});

test('every bundle keeps its budget, and bundling again gives the same bytes', async () => {
  const sizes = await bundleFunctions();
  console.log(
    [...sizes].map(([folder, bytes]) => `${String(Math.round(bytes / 1000)).padStart(5)} KB ${folder}`).join('\n'),
  );
  for (const [folder, bytes] of sizes) expect(bytes, folder).toBeLessThan(BUDGET);
  expect(await bundleFunctions()).toEqual(sizes);
}, 120_000);
