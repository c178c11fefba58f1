import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildContext, type BuildResult, build, context, formatMessages, type Plugin } from 'esbuild';
import { bundleSettings, functionFolders } from '../../infra/bundle-functions.ts';
import { SHARED_PACKAGES } from '../../infra/bundle-packages.ts';
import { paths } from '../../infra/paths.ts';
import { unreachableCode } from '../../infra/unreachable-code.ts';
import { ImportGraph } from './import-graph.ts';

/** The sources do not bundle: what esbuild says, with the lines it is about. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** More functions than these are built faster all together. */
const MOST_ALONE = 4;

interface Bundle {
  code: Uint8Array;
  map: Uint8Array;
  version: string;
}

interface Written {
  outputFiles: { path: string; contents: Uint8Array; hash: string }[];
}

/**
 * Bundles for whoever works on the code: readable, with source maps, and made again in a third of a second. What takes long in a bundle are its
 * packages, nine tenths of it, so those are one file that all functions share and that an edit does not touch; what is left out of packages on
 * AWS (infra/unreachable-code.ts) is left out here as well.
 */
export class DevelopmentBundles {
  readonly #directory: string;
  readonly #debugged: boolean;
  readonly #colored: boolean;
  readonly #packages = new Set<string>();
  #packagesFile = '';
  #bundled = 0;
  readonly #folders = functionFolders();
  readonly #graph = new ImportGraph();
  /** By the folders that they build, joined. They remember what they have read. */
  readonly #contexts = new Map<string, Promise<BuildContext>>();
  #failed = false;
  /** As of the last build that succeeded, by folder. */
  #bundles = new Map<string, Bundle>();
  #installed = new Map<string, string>();

  /**
   * @param directory for files of its own, on the disk that functions are installed on
   * @param options `debugged`: maps stand in the bundles, with the sources, where each debugger finds them
   */
  constructor(directory: string, options: { debugged: boolean; colored: boolean }) {
    this.#directory = directory;
    this.#debugged = options.debugged;
    this.#colored = options.colored;
    mkdirSync(directory, { recursive: true });
  }

  /**
   * @param changed files since the last build, relative to the repository: what no function imports is not built. Default: everything
   * @throws BundleError
   */
  async build(changed?: Iterable<string>): Promise<void> {
    const known = this.#packages.size;
    for (const folders of this.#builds(changed)) await this.#buildFolders(folders);
    if (this.#packages.size > known) await this.#bundlePackages();
  }

  /**
   * Puts bundles that are new or changed in place of the functions' own. Files are replaced, never written to: one may be being read.
   * @param directories where each function's bundle is, by folder
   * @returns the folders of what was replaced, sorted
   */
  install(directories: ReadonlyMap<string, string>): string[] {
    const replaced: string[] = [];
    for (const [folder, directory] of directories) {
      const bundle = this.#bundles.get(folder);
      if (!bundle) continue;
      const version = `${this.#packagesFile} ${bundle.version}`;
      if (this.#installed.get(folder) === version) continue;
      replace(join(directory, 'packages.js'), (fresh) => linkOrCopy(this.#packagesFile, fresh));
      replace(join(directory, 'index.js.map'), (fresh) => writeFileSync(fresh, bundle.map));
      // Last: the invoker looks at the time of this one.
      replace(join(directory, 'index.js'), (fresh) => writeFileSync(fresh, bundle.code));
      this.#installed.set(folder, version);
      replaced.push(folder);
    }
    return replaced.toSorted();
  }

  async dispose(): Promise<void> {
    await Promise.all(
      [...this.#contexts.values()].map((one) =>
        one.then(
          (opened) => opened.dispose(),
          () => {},
        ),
      ),
    );
  }

  /** What to build together: few functions each by itself, or else all of them. After a build that failed nobody knows what changed. */
  #builds(changed: Iterable<string> | undefined): (readonly string[])[] {
    if (!changed || this.#failed) return [this.#folders];
    const affected = this.#graph.affectedBy(changed);
    const folders = this.#folders.filter((folder) => affected.has(entryOf(folder)));
    return folders.length > MOST_ALONE ? [this.#folders] : folders.map((folder) => [folder]);
  }

  async #buildFolders(folders: readonly string[]): Promise<void> {
    const key = folders.join();
    const opening = this.#contexts.get(key) ?? this.#open(folders);
    this.#contexts.set(key, opening);
    this.#failed = true;
    const { outputFiles, metafile } = await this.#explained((await opening).rebuild());
    this.#failed = false;
    if (metafile) this.#graph.learn(metafile);
    for (const [folder, bundle] of byFolder(outputFiles)) this.#bundles.set(folder, bundle);
  }

  #open(folders: readonly string[]): Promise<BuildContext> {
    return context({
      ...bundleSettings,
      entryPoints: folders.map((folder) => ({ in: entryOf(folder), out: encodeURIComponent(folder) })),
      // Nothing is written there: it makes the sources' names in the maps relative to the repository.
      outdir: paths.root,
      sourceRoot: `${pathToFileURL(paths.root).href}/`,
      sourcemap: this.#debugged ? 'both' : 'external',
      sourcesContent: this.#debugged,
      metafile: true,
      plugins: [packagesApart(this.#packages), unreachableCode],
      logLevel: 'silent',
    });
  }

  async #bundlePackages(): Promise<void> {
    // A package is run when it is first asked for.
    const getters = [...this.#packages].map((name) => {
      return `get ${JSON.stringify(name)}() { return require(${JSON.stringify(`whole:${name}`)}); }`;
    });
    const { outputFiles } = await this.#explained(
      build({
        ...bundleSettings,
        write: false,
        stdin: { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: paths.root, loader: 'js' },
        minifyWhitespace: true,
        plugins: [wholePackages, unreachableCode],
        logLevel: 'silent',
      }),
    );
    this.#bundled += 1;
    this.#packagesFile = join(this.#directory, `packages-${this.#bundled}.js`);
    writeFileSync(this.#packagesFile, outputFiles[0]!.contents);
  }

  async #explained<T extends BuildResult>(building: Promise<T>): Promise<T & Written> {
    try {
      const result = await building;
      return { ...result, outputFiles: result.outputFiles ?? [] };
    } catch (error) {
      if (!(error instanceof Error && 'errors' in error && Array.isArray(error.errors))) throw error;
      const texts = await formatMessages(error.errors, { kind: 'error', color: this.#colored });
      throw new BundleError(texts.join('').trimEnd());
    }
  }
}

/** Imports of large packages become members of `packages.js`. */
function packagesApart(found: Set<string>): Plugin {
  return {
    name: 'packages-apart',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: SHARED_PACKAGES }, ({ path }) => {
        found.add(path);
        return { path, namespace: 'package' };
      });
      onResolve({ filter: /^\.\/packages\.js$/, namespace: 'package' }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /./, namespace: 'package' }, ({ path }) => ({
        contents: `module.exports = require('./packages.js')[${JSON.stringify(path)}];`,
        loader: 'js',
      }));
    },
  };
}

/** All of a package as the module that it is to `import`: to `require`, packages give another one. */
const wholePackages: Plugin = {
  name: 'whole-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^whole:/ }, ({ path }) => ({ path: path.slice('whole:'.length), namespace: 'whole' }));
    onLoad({ filter: /./, namespace: 'whole' }, ({ path }) => ({
      contents: `export * from ${JSON.stringify(path)};`,
      loader: 'js',
      resolveDir: paths.root,
    }));
  },
};

const entryOf = (folder: string): string => `functions/${folder}/handler.ts`;

function byFolder(files: Written['outputFiles']): Map<string, Bundle> {
  const codes = files.filter(({ path }) => path.endsWith('.js'));
  const maps = new Map(files.map((file) => [file.path, file]));
  return new Map(
    codes.map(({ path, contents, hash }) => {
      const map = maps.get(`${path}.map`);
      const bundle = { code: contents, map: map?.contents ?? new Uint8Array(), version: `${hash} ${map?.hash}` };
      return [decodeURIComponent(basename(path, '.js')), bundle];
    }),
  );
}

function replace(file: string, write: (fresh: string) => void): void {
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  write(fresh);
  renameSync(fresh, file);
}

/** Two megabytes, once instead of 25 times where the disk can do that. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
