import type { Metafile } from 'esbuild';

/** Which sources import which, by path relative to the repository. */
export class ImportGraph {
  readonly #importers = new Map<string, Set<string>>();
  readonly #imports = new Map<string, string[]>();

  /** Takes in what a build has read; what a file imported before is forgotten. */
  learn({ inputs }: Metafile): void {
    for (const [file, { imports }] of Object.entries(inputs)) {
      for (const before of this.#imports.get(file) ?? []) this.#importers.get(before)?.delete(file);
      const paths = imports.map(({ path }) => path);
      this.#imports.set(file, paths);
      for (const path of paths) {
        const importers = this.#importers.get(path) ?? new Set();
        this.#importers.set(path, importers.add(file));
      }
    }
  }

  /** The files and all that import them, directly or not. A file that nothing has read is not among them. */
  affectedBy(files: Iterable<string>): Set<string> {
    const affected = new Set<string>();
    const visit = (file: string) => {
      if (affected.has(file) || !this.#imports.has(file)) return;
      affected.add(file);
      for (const importer of this.#importers.get(file) ?? []) visit(importer);
    };
    for (const file of files) visit(file);
    return affected;
  }
}
