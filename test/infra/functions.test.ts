import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { bundleFunctions, functionFolders } from '../../infra/bundle-functions.ts';
import { constructName, functions } from '../../infra/functions.ts';
import { paths } from '../../infra/paths.ts';

/**
 * Bytes, minified: a function's own bundle, and the packages of the layer that a function with the most of them loads besides. The largest bundles are
 * that of fulfillments, which both books carriers and takes money (11 KB of it are Stripe's adapter), and of who plans sites: 60 KB are routing's.
 */
const BUDGET = 240_000;
/** What may be left out: infra/unreachable-code.ts. */
const LAYER_BUDGET = 400_000;
/** Loaded by who pays through Stripe, when he first does (decision 18); infra/trimmed-stripe.ts leaves 67 KB of 247. */
const STRIPE = 'nodejs/node_modules/stripe/index.js';
const STRIPE_BUDGET = 80_000;

/** pdfkit and fontkit, evaluated for who asks for a PDF (decision 23): shared with no other function, they are in its bundle. */
const PDF = 'api/documents';
const PDF_BUDGET = 560_000;

test('every folder with a handler is in the table of functions, and every function of the table has one', () => {
  expect(functionFolders()).toEqual(functions.map(({ folder }) => folder).toSorted());
});

test('construct names are unique, so that no two functions fight for a logical id', () => {
  const names = functions.map(({ folder }) => constructName(folder));
  expect(new Set(names).size).toBe(names.length);
});

/** Digests of all that functions and layer consist of, by path. */
function bytesOfBundles(): Map<string, string> {
  const files = [paths.bundles, paths.layer].flatMap((directory) =>
    globSync('**/*', { cwd: directory, withFileTypes: true }).filter((entry) => entry.isFile()),
  );
  const named = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return new Map(named.map((file) => [file, createHash('sha256').update(readFileSync(file)).digest('hex')]));
}

test('every bundle keeps its budget, and bundling again gives the same bytes', async () => {
  // Made by another process: `npm test` has bundled.
  await bundleAndSynth();
  const made = bytesOfBundles();
  const { functions: bundles, layer } = await bundleFunctions();
  expect(made.size).toBeGreaterThan(bundles.size);
  expect(bytesOfBundles()).toEqual(made);
  console.log(
    [...bundles, ...layer]
      .map(([name, bytes]) => `${String(Math.round(bytes / 1000)).padStart(5)} KB ${name}`)
      .join('\n'),
  );
  for (const [folder, bytes] of bundles) expect(bytes, folder).toBeLessThan(folder === PDF ? PDF_BUDGET : BUDGET);
  const stripe = layer.get(STRIPE) ?? 0;
  expect(stripe).toBeGreaterThan(0);
  expect(stripe).toBeLessThan(STRIPE_BUDGET);
  expect([...layer.values()].reduce((sum, bytes) => sum + bytes, 0) - stripe).toBeLessThan(LAYER_BUDGET);
}, 120_000);

test('bundles require nothing but packages of the layer, and the layer holds what they name', async () => {
  await bundleAndSynth();
  const required = new Map<string, string[]>();
  for (const folder of functionFolders()) {
    const code = readFileSync(join(paths.bundles, folder, 'index.js'), 'utf8');
    const names = Array.from(code.matchAll(/\brequire\("([^"]+)"\)/g), ([, name]) => name ?? '');
    required.set(folder, [...new Set(names.filter((name) => !isBuiltin(name)))]);
  }
  const layer = createRequire(join(paths.layer, 'nodejs/index.js'));
  const packages = new Set([...required.values()].flat());
  expect([...packages]).toEqual(expect.arrayContaining(['zod', '@aws-sdk/client-dynamodb', '@aws-sdk/client-sfn']));
  for (const name of packages) {
    expect(layer.resolve(name), name).toBe(join(paths.layer, 'nodejs/node_modules', name, 'index.js'));
  }
}, 120_000);
