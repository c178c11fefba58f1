import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isMade } from './made.ts';
import { paths } from './paths.ts';

/** The functions do not bundle, or the template does not synthesize: what was said of it. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/**
 * For a process that goes on to run the product: bundles and synthesizes, if anything changed, in a process of its own. What that loads and reads
 * would stay in this one's memory, 60 MB.
 * @returns the directory of the assembly, absolute
 * @throws BuildError
 */
export async function assemblyMadeElsewhere(): Promise<string> {
  const assembly = resolve(paths.root, paths.assembly);
  if (isMade(assembly, {})) return assembly;
  const child = spawn(process.execPath, [join(paths.root, 'infra/bundle.ts'), '--with-assembly'], {
    cwd: paths.root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new BuildError(said.trim());
  return assembly;
}
