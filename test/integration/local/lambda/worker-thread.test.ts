import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, describe, expect, test } from 'vitest';
import { realClock } from '../../../../local/kernel/clock.ts';
import type { Kernel } from '../../../../local/kernel/kernel.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import { Bundles, invoke, lambdaForTests, provisionFunction, type TestLambda } from './lambda-for-tests.ts';

describe('a worker thread', () => {
  let lambda: TestLambda;
  let bundles: Bundles;
  let kernel: Kernel & Pick<TestKernel, 'provision'>;

  // These need real time: they kill threads, or watch files.
  const start = (more: object = {}) => {
    bundles = new Bundles();
    kernel = { ...kernelForTests(), clock: realClock() };
    lambda = lambdaForTests(kernel, bundles, more);
  };
  afterEach(async () => {
    await lambda.stop();
    bundles.remove();
  });
  const add = (name: string, source: string, more: object = {}) =>
    provisionFunction(kernel, lambda, bundles, name, source, more);

  test('an uncaught error or rejection ends the invocation it came from and no other', async () => {
    start();
    add(
      'throws',
      'exports.handler = () => new Promise(() => { setTimeout(() => { throw new TypeError("late"); }, 1); });',
    );
    add('rejects', 'exports.handler = () => new Promise(() => { Promise.reject(new Error("forgotten")); });');
    add('slow', 'exports.handler = () => new Promise((r) => setTimeout(() => r("fine"), 100));');
    const [slow, throws, rejects] = await Promise.all(
      ['slow', 'throws', 'rejects'].map((name) => invoke(lambda, name)),
    );
    expect(slow).toEqual({ payload: 'fine' });
    expect(throws!.payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'late' });
    expect(rejects!.payload).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: forgotten',
    });
  });

  test('out of memory: what ran fails with Runtime.ExitError and the next invocation gets a new thread', async () => {
    start();
    add(
      'grows',
      'const all = []; exports.handler = async () => { for (;;) all.push(new Array(1e6).fill(Math.random())); };',
      {
        Timeout: 60,
      },
    );
    add('echo', 'exports.handler = async (event) => event;');
    expect((await invoke(lambda, 'grows')).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed'),
    });
    expect(await invoke(lambda, 'echo', 1)).toEqual({ payload: 1 });
  });

  test('an infinite loop times out, costs the thread, and the next invocation works', async () => {
    start({ workers: 1 });
    add('loops', 'exports.handler = async () => { for (;;); };', { Timeout: 1 });
    add('echo', 'exports.handler = async (event) => event;');
    expect((await invoke(lambda, 'loops')).payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
    const stuck = await invoke(lambda, 'echo', 1);
    expect(stuck.payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await invoke(lambda, 'echo', 2)).toEqual({ payload: 2 });
  });

  test('with reload, changed code is loaded afresh', async () => {
    start({ reload: true });
    add('changes', 'exports.handler = async () => "old";');
    expect(await invoke(lambda, 'changes')).toEqual({ payload: 'old' });
    bundles.add('changes', 'exports.handler = async () => "new";');
    const later = new Date(Date.now() + 5000);
    utimesSync(join(bundles.root, 'changes', 'index.js'), later, later);
    expect(await invoke(lambda, 'changes')).toEqual({ payload: 'new' });
  });

  test('traces point into the sources when the function asks for source maps', async () => {
    start();
    const { outputFiles } = await build({
      stdin: {
        contents: 'export async function handler() {\n  throw new Error("mapped");\n}',
        sourcefile: 'pay.ts',
        loader: 'ts',
      },
      outfile: join(bundles.root, 'mapped', 'index.js'),
      bundle: true,
      minify: true,
      sourcemap: true,
      format: 'cjs',
      write: false,
    });
    const [map, code] = outputFiles;
    add('mapped', code!.text, { Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } } });
    writeFileSync(join(bundles.root, 'mapped', 'index.js.map'), map!.text);
    const { payload } = await invoke(lambda, 'mapped');
    expect(payload).toMatchObject({ trace: expect.arrayContaining([expect.stringMatching(/pay\.ts:2:9/)]) });
  });

  test('times are UTC as on Lambda, wherever the machine stands', async () => {
    process.env.TZ = 'America/New_York';
    start();
    add('hours', 'exports.handler = async () => new Date("2026-07-01T12:00:00Z").getHours();');
    expect(await invoke(lambda, 'hours')).toEqual({ payload: 12 });
  });
});
