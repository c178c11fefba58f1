import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * Rewrites the positions of a stack to those of the sources, where a bundle has a source map beside it: what Node does on Lambda with
 * `NODE_OPTIONS=--enable-source-maps`, which does not reach code that `vm` compiles.
 */
export class StackTraces {
  #maps = new Map<string, SourceMap | undefined>();
  #mapFile: (bundle: string) => string | undefined;

  /** @param mapFile where the map of a bundle is; unless told otherwise, beside it */
  constructor(mapFile: (bundle: string) => string | undefined = (bundle) => `${bundle}.map`) {
    this.#mapFile = mapFile;
  }

  /** Bundles were replaced: their maps are read again. */
  forget(): void {
    this.#maps.clear();
  }

  original(line: string): string {
    return line.replace(
      /((?:\/|[A-Z]:\\)[^():]+\.c?js):(\d+):(\d+)/,
      (position, file: string, row: string, column: string) => {
        const entry = this.#mapOf(file)?.findEntry(Number(row) - 1, Number(column) - 1);
        if (!entry || !('originalSource' in entry) || !entry.originalSource) return position;
        return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
      },
    );
  }

  #mapOf(file: string): SourceMap | undefined {
    if (!this.#maps.has(file)) {
      const map = this.#mapFile(file);
      this.#maps.set(file, map === undefined ? undefined : readMap(map));
    }
    return this.#maps.get(file);
  }
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // A bundle without a map, or with a broken one, keeps its own positions.
    return undefined;
  }
}
