import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { bundlePackages, packagesInLayer } from './bundle-packages.ts';
import { paths } from './paths.ts';
import { unreachableCode } from './unreachable-code.ts';

/** @returns the folders under `functions/` that hold a handler, sorted: `api/orders` */
export function functionFolders(): string[] {
  return globSync('**/handler.ts', { cwd: paths.functions })
    .map((file) => dirname(file).split(sep).join('/'))
    .sort();
}

/** What bundles for AWS and for a developer's machine (`local/watch`) have in common. */
export const bundleSettings = {
  absWorkingDir: paths.root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  // The ES modules of the AWS SDK and zod can be shaken; esbuild's own order for Node prefers `main`.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  charset: 'utf8',
  define: {
    // Where a function finds the files beside its bundle.
    'import.meta.dirname': '__dirname',
    // Where pdfkit would find files of its package, were they asked for: it makes a URL of it as it loads.
    'import.meta.url': '"file:///var/task/index.js"',
  },
  write: false,
} satisfies BuildOptions;

/** What functions read besides their bundle: a folder of its name beside it. */
const companions: Readonly<Record<string, { name: string; from: string }>> = {
  'api/documents': { name: 'fonts', from: 'shared/documents/pdf/fonts' },
};

/** Sizes in bytes. */
export interface BundleSizes {
  /** Of each function's bundle, by folder. */
  functions: Map<string, number>;
  /** Of the layer's files, by path in it. */
  layer: Map<string, number>;
}

/**
 * Bundles every handler into `dist/functions/<folder>/index.js`, and the packages that they share into `dist/layer`. The same sources give the
 * same bytes, so that a deploy changes only the functions that changed. Files whose bytes stay the same are not written again.
 */
export async function bundleFunctions(): Promise<BundleSizes> {
  // The function `api/meta` carries the API's document.
  const { generateApi } = await import('./generate-api.ts');
  await generateApi();
  const settings = { ...bundleSettings, minify: true, logLevel: 'warning' } satisfies BuildOptions;
  const [handlers, layer] = await Promise.all([bundleHandlers(settings), bundlePackages(settings, entryPoints())]);
  const bundles = new Map([...handlers].filter(([path]) => !path.endsWith('.map')));
  const maps = new Map([...handlers].filter(([path]) => path.endsWith('.map')));
  replaceFiles(paths.bundles, new Map([...bundles, ...companionFiles()]));
  replaceFiles(paths.sourceMaps, maps);
  replaceFiles(paths.layer, layer);
  return {
    functions: new Map([...bundles].map(([path, { length }]) => [dirname(path).split(sep).join('/'), length])),
    layer: new Map([...layer].map(([path, { length }]) => [path, length])),
  };
}

function companionFiles(): [string, Uint8Array][] {
  return Object.entries(companions).flatMap(([folder, { name, from }]) =>
    readdirSync(join(paths.root, from)).map((file): [string, Uint8Array] => [
      join(folder, name, file),
      readFileSync(join(paths.root, from, file)),
    ]),
  );
}

const entryPoints = (): string[] => functionFolders().map((folder) => `functions/${folder}/handler.ts`);

/** @returns each handler's bundle and its map, by path in `dist/functions` */
async function bundleHandlers(settings: BuildOptions): Promise<Map<string, Uint8Array>> {
  // Only here: most starts find nothing to bundle.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    ...settings,
    entryPoints: functionFolders().map((folder) => ({ in: `functions/${folder}/handler.ts`, out: `${folder}/index` })),
    outdir: paths.bundles,
    write: false,
    plugins: [packagesInLayer, unreachableCode],
    sourcemap: 'external',
    sourcesContent: false,
  });
  return new Map((outputFiles ?? []).map(({ path, contents }) => [relative(paths.bundles, path), contents]));
}

/** Makes a directory hold these files and no others: a function that was renamed or removed must not leave its old bundle behind. */
function replaceFiles(directory: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, contents] of files) writeIfChanged(join(directory, path), contents);
  for (const path of globSync('**/*.js{,.map}', { cwd: directory })) {
    if (!files.has(path)) rmSync(join(directory, path));
  }
}

function writeIfChanged(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Another process may be reading: it sees the old bytes or the new, and nothing else in the folder.
  const fresh = join(paths.root, 'dist', `fresh.${process.pid}`);
  writeFileSync(fresh, contents);
  renameSync(fresh, file);
}
