import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAndSynth } from '../../infra/bundle.ts';
import { paths } from '../../infra/paths.ts';
import { until } from './fixture.ts';
import type { ShopAddress } from './shop-process.ts';

const COPIED = [
  ...['functions', 'shared', 'state-machines', 'infra', 'local', 'dist/functions', 'dist/source-maps', 'dist/api'],
  ...['dist/assemblies', 'cdk.out', 'cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json'],
];

/** `npm start` on a copy of the sources, which a test may edit. */
export class DevelopmentShop {
  readonly root = mkdtempSync(join(tmpdir(), 'batuta-sources-'));
  #child: ChildProcess | undefined;
  /** What it printed: log lines, and what it says to the developer. */
  output = '';
  says = '';

  async start(...args: string[]): Promise<ShopAddress> {
    await bundleAndSynth();
    for (const path of COPIED) {
      if (existsSync(join(paths.root, path)))
        cpSync(join(paths.root, path), join(this.root, path), { recursive: true });
    }
    symlinkSync(join(paths.root, 'node_modules'), join(this.root, 'node_modules'));
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        'local/main.ts',
        ...['--json', '--memory', '--port', '0', '--aws-port', '0', ...args],
      ],
      { cwd: this.root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.says += text;
    });
    await until(() => this.output.includes('\n') || child.exitCode !== null, 'the start', 120_000);
    if (child.exitCode !== null) throw new Error(`the shop ended: ${this.says}`);
    return JSON.parse(this.output.slice(0, this.output.indexOf('\n')));
  }

  /** Waits until it has said that; what it said up to there is forgotten. */
  async hears(what: RegExp): Promise<string> {
    await until(() => what.test(this.says), `${what} in ${this.says}`, 60_000);
    const said = what.exec(this.says)?.[0] ?? '';
    this.says = this.says.slice(this.says.indexOf(said) + said.length);
    return said;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      // The first ends the check of types that it may have started; under a debugger the process waits for that to go.
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await once(child, 'close');
      clearTimeout(late);
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}
