import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A copy of the cloud assembly for this process alone, deleted at its end. Functions are loaded when they are first asked for, days after
 * the start perhaps: a build meanwhile (`npm test` in another terminal) replaces `cdk.out`, and would take them away or mix old and new.
 * @returns the directory of the copy
 */
export function ownAssembly(assembly: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-assembly-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  cpSync(assembly, directory, { recursive: true });
  return directory;
}
