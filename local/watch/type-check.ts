import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { paths } from '../../infra/paths.ts';

/**
 * Checks the types of functions/ and shared/ in a process of its own, after a change is live: a reload does not wait for it, since code whose
 * types are wrong can be run, and a half-done change is often tried before it is whole.
 */
export class TypeCheck {
  readonly #say: (text: string) => void;
  readonly #project = join(paths.root, 'dist/development/tsconfig.json');
  #running: ChildProcess | undefined;
  #failed = false;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Checks anew; a check that still runs was about code that is gone. */
  start(): void {
    this.stop();
    this.#writeProject();
    const child = spawn(process.execPath, [compiler(), '--project', this.#project, '--pretty', 'false'], {
      cwd: paths.root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#running = child;
    // What was changed is being tried meanwhile.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    child.on('error', (error) => this.#say(`types could not be checked: ${error.message}`));
    void Promise.all([text(child.stdout), new Promise((done) => child.on('close', done))]).then(([output]) => {
      if (this.#running !== child) return;
      this.#running = undefined;
      this.#report(output.trim());
    });
  }

  stop(): void {
    this.#running?.kill();
    this.#running = undefined;
  }

  #report(output: string): void {
    if (output) this.#say(`types are wrong (the code is live nevertheless)\n${output}`);
    else if (this.#failed) this.#say('types are right again');
    this.#failed = output !== '';
  }

  #writeProject(): void {
    const folder = dirname(this.#project);
    const fromHere = (path: string) => relative(folder, join(paths.root, path));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      this.#project,
      JSON.stringify({
        extends: fromHere('tsconfig.json'),
        compilerOptions: { incremental: true, tsBuildInfoFile: 'types.tsbuildinfo' },
        include: [fromHere('functions'), fromHere('shared')],
      }),
    );
  }
}

const compiler = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
