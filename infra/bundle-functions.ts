import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { BuildOptions } from 'esbuild';
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
  write: false,
} satisfies BuildOptions;

/**
 * Bundles every handler with one call of esbuild into `dist/functions/<folder>/index.js`. The same sources give the same bytes, so that a
 * deploy changes only the functions that changed. Files whose bytes stay the same are not written again.
 * @returns the bundle's size in bytes by folder
 */
export async function bundleFunctions(): Promise<Map<string, number>> {
  const folders = functionFolders();
  // The function `api/meta` carries the API's document.
  const { generateApi } = await import('./generate-api.ts');
  await generateApi();
  // Only here: most starts find nothing to bundle.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    ...bundleSettings,
    entryPoints: folders.map((folder) => ({ in: `functions/${folder}/handler.ts`, out: `${folder}/index` })),
    outdir: paths.bundles,
    minify: true,
    plugins: [unreachableCode],
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'warning',
  });
  const wanted = new Set<string>();
  const sizes = new Map<string, number>();
  for (const { path, contents } of outputFiles) {
    const isMap = path.endsWith('.map');
    const name = relative(paths.bundles, path);
    const target = isMap ? join(paths.sourceMaps, name) : path;
    writeIfChanged(target, contents);
    wanted.add(target);
    if (!isMap) sizes.set(dirname(name).split(sep).join('/'), contents.length);
  }
  removeOthers(paths.bundles, wanted);
  removeOthers(paths.sourceMaps, wanted);
  return sizes;
}

function writeIfChanged(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Another process may be reading: it sees the old bytes or the new.
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, file);
}

/** A function that was renamed or removed must not leave its old bundle behind. */
function removeOthers(directory: string, wanted: ReadonlySet<string>): void {
  for (const file of globSync('**/index.js{,.map}', { cwd: directory })) {
    const path = join(directory, file);
    if (!wanted.has(path)) rmSync(dirname(path), { recursive: true });
  }
}
