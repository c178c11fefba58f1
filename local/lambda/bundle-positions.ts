import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { functionFolders } from '../../infra/bundle-functions.ts';
import { paths } from '../../infra/paths.ts';
import { StackTraces } from './sandbox/stack-trace.ts';

/** Positions in bundles as positions in the sources, relative to the repository: `functions/api/orders/handler.ts:12:3`. */
export class BundlePositions {
  readonly #traces = new StackTraces(mapOf);
  readonly #root = `${pathToFileURL(paths.root).href}/`;

  original(line: string): string {
    return this.#traces
      .original(line)
      .replace(this.#root, '')
      .replace(/(?:\.\.\/)+(?=functions\/|shared\/|node_modules\/)/, '');
  }

  forget(): void {
    this.#traces.forget();
  }
}

/** Beside the bundle where functions are reloaded. Elsewhere where the build left it, if that is still the build that runs. */
function mapOf(bundle: string): string | undefined {
  if (existsSync(`${bundle}.map`)) return `${bundle}.map`;
  if (!existsSync(bundle)) return undefined;
  const code = readFileSync(bundle);
  const folder = functionFolders().find((each) => {
    const built = join(paths.bundles, each, 'index.js');
    return existsSync(built) && readFileSync(built).equals(code);
  });
  return folder === undefined ? undefined : join(paths.sourceMaps, folder, 'index.js.map');
}
