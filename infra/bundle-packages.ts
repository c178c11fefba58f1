import { join, relative } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { paths } from './paths.ts';
import { unreachableCode } from './unreachable-code.ts';

/** The packages that all functions get from one layer. The others are small: they are bundled with each function. */
export const SHARED_PACKAGES = /^(@aws-sdk\/.*|zod|intl-messageformat|stripe)$/;

/** Where Lambda's Node.js runtime looks for what a bundle requires: `/opt/nodejs/node_modules`. */
const FOLDER = 'nodejs/node_modules';

/** In the functions' bundles, shared packages stay what they are: `require('zod')`. */
export const packagesInLayer: Plugin = {
  name: 'packages-in-layer',
  setup({ onResolve }) {
    onResolve({ filter: SHARED_PACKAGES }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

/**
 * Bundles the shared packages for the layer: of each what functions import of it, as a module of its own; what these have in common is in chunks
 * beside them, so that a function loads no more than it requires.
 * @param settings of the functions' bundles
 * @param entryPoints the handlers
 * @returns the layer's files by their path in it
 */
export async function bundlePackages(
  settings: BuildOptions,
  entryPoints: readonly string[],
): Promise<Map<string, Uint8Array>> {
  // Only here: most starts find nothing to bundle.
  const { build, transform } = await import('esbuild');
  const imported = await importedNames(settings, entryPoints);
  const { outputFiles } = await build({
    ...settings,
    entryPoints: [...imported.keys()].map((name) => ({ in: `layer:${name}`, out: `${name}/index` })),
    outdir: join(paths.layer, FOLDER),
    chunkNames: 'batuta/[hash]',
    format: 'esm',
    splitting: true,
    write: false,
    plugins: [entries(imported), unreachableCode],
  });
  const files = await Promise.all(
    (outputFiles ?? []).map(async ({ path, text }): Promise<[string, Uint8Array]> => {
      // esbuild splits ES modules only, and Node looks for the layer's packages only when they are required.
      const { code } = await transform(text, { format: 'cjs', platform: 'node', target: 'node24', minify: true });
      return [relative(paths.layer, path), Buffer.from(code)];
    }),
  );
  return new Map(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function entries(imported: ReadonlyMap<string, readonly string[]>): Plugin {
  return {
    name: 'layer-entries',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^layer:/ }, ({ path }) => ({ path: path.slice('layer:'.length), namespace: 'layer' }));
      onLoad({ filter: /./, namespace: 'layer' }, ({ path }) => ({
        contents: `export { ${imported.get(path)?.join(', ')} } from ${JSON.stringify(path)};`,
        loader: 'js',
        resolveDir: paths.root,
      }));
    },
  };
}

/** As esbuild writes them. */
const IMPORT = /^import (?:\{([^}]*)\}|\* as (\w+)) from "([^"]+)";$/gm;

/** What functions import of each shared package, read off their bundles: there types are gone, and so is what no function reaches. */
async function importedNames(
  settings: BuildOptions,
  entryPoints: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    ...settings,
    entryPoints: [...entryPoints],
    outdir: paths.bundles,
    format: 'esm',
    splitting: true,
    minify: false,
    write: false,
    plugins: [packagesInLayer, unreachableCode],
  });
  const names = new Map<string, Set<string>>();
  for (const { text } of outputFiles ?? []) {
    for (const [, list, namespace, from] of text.matchAll(IMPORT)) {
      if (!from || !SHARED_PACKAGES.test(from)) continue;
      const known = names.get(from) ?? new Set();
      for (const name of namespace ? membersOf(namespace, text) : namedIn(list ?? '')) known.add(name);
      names.set(from, known);
    }
  }
  return new Map([...names].toSorted().map(([from, found]) => [from, [...found].toSorted()]));
}

const membersOf = (namespace: string, text: string): string[] =>
  Array.from(text.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)`, 'g')), ([, name]) => name ?? '');

/** `a as b` is an import of a. */
const namedIn = (list: string): string[] => list.split(',').flatMap((item) => /\w+/.exec(item)?.[0] ?? []);
