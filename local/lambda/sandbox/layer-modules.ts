import { BundleLoader, type Loaded } from './bundle-loader.ts';
import type { FunctionGlobals } from './globals.ts';

/**
 * What a set of layers puts under `/opt`. All functions of a thread that have these layers share the modules, as no sandbox of Lambda does:
 * they are loaded, kept in memory and optimized by the engine once. What they hold besides code must not depend on whose call they serve.
 */
export class LayerModules {
  readonly #loaders: BundleLoader[];

  /** @param directories of the layers, in the function's order */
  constructor(directories: readonly string[], globals: FunctionGlobals) {
    const find = (id: string) => this.find(id);
    this.#loaders = directories.toReversed().map((directory) => new BundleLoader(directory, globals, find));
  }

  find(id: string): Loaded | undefined {
    for (const loader of this.#loaders) {
      const found = loader.package(id);
      if (found) return found;
    }
    return undefined;
  }
}
