import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Files and bundles that a template names by bucket and key, and that `cdk deploy` would upload there. */
export interface Assets {
  /** The directory whose zip a deploy would upload. @throws Error if there is none of that key, or it is a file */
  directory(key: string): string;
  /** The text of a file. @throws Error if there is none of that key, or it is a directory */
  text(key: string): string;
}

const manifestSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** Reads `<stack>.assets.json` files. Keys are content hashes, so the bucket's name says nothing more. */
export class AssetIndex implements Assets {
  readonly #paths = new Map<string, string>();

  /** @param directory the one that holds the manifest; source paths are relative to it */
  add(directory: string, manifestFile: string): void {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(directory, manifestFile), 'utf8')));
    for (const { source, destinations } of Object.values(manifest.files)) {
      if (source.path === undefined) continue; // Built by a command at deploy time: refused when something asks for it.
      for (const { objectKey } of Object.values(destinations)) this.#paths.set(objectKey, join(directory, source.path));
    }
  }

  directory(key: string): string {
    const path = this.#path(key);
    if (!statSync(path).isDirectory()) throw new Error(`Asset ${key} is a file, not a directory: ${path}`);
    return path;
  }

  text(key: string): string {
    const path = this.#path(key);
    if (!statSync(path).isFile()) throw new Error(`Asset ${key} is a directory, not a file: ${path}`);
    return readFileSync(path, 'utf8');
  }

  #path(key: string): string {
    const path = this.#paths.get(key);
    if (!path) throw new Error(`The cloud assembly has no asset with the key ${key}`);
    return path;
  }
}
