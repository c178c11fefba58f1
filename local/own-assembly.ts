import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'batuta-assembly-';

/**
 * A copy of the cloud assembly for this process alone, deleted at its end. Functions are loaded when they are first asked for, days after
 * the start perhaps: a build meanwhile (`npm test` in another terminal) replaces `cdk.out`, and would take them away or mix old and new.
 * @returns the directory of the copy
 */
export function ownAssembly(assembly: string): string {
  removeLeftCopies();
  const directory = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  cpSync(assembly, directory, { recursive: true });
  return directory;
}

/** A process that was killed could not delete its copy. */
function removeLeftCopies(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (pid > 0 && !isRunning(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks.
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process: it runs, but is not ours to signal.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
