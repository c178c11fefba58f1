import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildContext, type BuildResult, build, context, formatMessages, type Plugin } from 'esbuild';
import { bundleSettings, functionFolders } from '../../infra/bundle-functions.ts';
import { generateApi } from '../../infra/generate-api.ts';
import { paths } from '../../infra/paths.ts';
import { unreachableCode } from '../../infra/unreachable-code.ts';

/** The sources do not bundle: what esbuild says, with the lines it is about. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

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
  #context: BuildContext | undefined;
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

  /** @throws BundleError */
  async build(): Promise<void> {
    this.#context ??= await this.#open();
    const known = this.#packages.size;
    const { outputFiles } = await this.#explained(this.#context.rebuild());
    if (this.#packages.size > known) await this.#bundlePackages();
    this.#bundles = byFolder(outputFiles);
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
    await this.#context?.dispose();
  }

  async #open(): Promise<BuildContext<typeof options>> {
    // The function `api/meta` carries the API's document.
    await generateApi();
    const options = {
      ...bundleSettings,
      write: false as const,
      entryPoints: functionFolders().map((folder) => ({
        in: `functions/${folder}/handler.ts`,
        out: encodeURIComponent(folder),
      })),
      // Nothing is written there: it makes the sources' names in the maps relative to the repository.
      outdir: paths.root,
      sourceRoot: `${pathToFileURL(paths.root).href}/`,
      sourcemap: this.#debugged ? ('both' as const) : ('external' as const),
      sourcesContent: this.#debugged,
      plugins: [packagesApart(this.#packages), unreachableCode],
      logLevel: 'silent' as const,
    };
    return context(options);
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

/** The large ones. The others are bundled with the functions. */
const APART = /^(@aws-sdk\/.*|zod|intl-messageformat)$/;

/** Imports of large packages become members of `packages.js`. */
function packagesApart(found: Set<string>): Plugin {
  return {
    name: 'packages-apart',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: APART }, ({ path }) => {
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
