import { BundleLoader, type Loaded } from './bundle-loader.ts';
import type { FunctionGlobals } from './globals.ts';
import { clientsByDoor, type DoorTo } from './sdk-clients.ts';

/**
 * What a set of layers puts under `/opt`. All functions of a thread that have these layers share the modules, as no sandbox of Lambda does:
 * they are loaded, kept in memory and optimized by the engine once. What they hold besides code must not depend on whose call they serve.
 */
export class LayerModules {
  readonly #loaders: BundleLoader[];
  readonly #doorTo: DoorTo | undefined;
  /** Packages of the SDK, by their own exports. */
  readonly #byDoor = new WeakMap<object, Loaded>();

  /**
   * @param directories of the layers, in the function's order
   * @param doorTo where the clients of the SDK take their requests; undefined = where they would anywhere
   */
  constructor(directories: readonly string[], globals: FunctionGlobals, doorTo?: DoorTo) {
    this.#doorTo = doorTo;
    const find = (id: string) => this.find(id);
    this.#loaders = directories.toReversed().map((directory) => new BundleLoader(directory, globals, find));
  }

  find(id: string): Loaded | undefined {
    for (const loader of this.#loaders) {
      const found = loader.package(id);
      if (found) return id.startsWith('@aws-sdk/client-') ? this.#client(found) : found;
    }
    return undefined;
  }

  #client(loaded: Loaded): Loaded {
    const { exports } = loaded;
    if (!this.#doorTo || typeof exports !== 'object' || exports === null) return loaded;
    const known = this.#byDoor.get(exports);
    if (known) return known;
    const made = { exports: clientsByDoor(exports, this.#doorTo) };
    this.#byDoor.set(exports, made);
    return made;
  }
}
