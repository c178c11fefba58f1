import { once } from 'node:events';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, realClock } from '../../../../local/kernel/clock.ts';
import { JumpingClock } from '../../../../local/kernel/jumping-clock.ts';
import type { Kernel } from '../../../../local/kernel/kernel.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import { Bundles, invoke, lambdaForTests, provisionFunction, type TestLambda } from './lambda-for-tests.ts';

describe('a worker thread', () => {
  let lambda: TestLambda;
  let bundles: Bundles;
  let kernel: Kernel & Pick<TestKernel, 'provision'>;

  // These need real time: they kill threads, or watch files.
  const start = (more: object = {}, clock: Clock = realClock()) => {
    bundles = new Bundles();
    kernel = { ...kernelForTests(), clock };
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

  test('a crash on demand ends a function that is at work, and only such a one', async () => {
    start({ workers: 1 });
    add('waits', 'exports.handler = () => new Promise((r) => setTimeout(r, 60_000));', { Timeout: 60 });
    add('echo', 'exports.handler = async (event) => event;');
    expect(lambda.crash('echo')).toBe(false);
    const waiting = invoke(lambda, 'waits');
    expect(await invoke(lambda, 'echo', 1)).toEqual({ payload: 1 });
    expect(lambda.crash('waits')).toBe(true);
    expect((await waiting).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: .+ Error: Runtime exited with error: signal: killed$/),
    });
    expect(await invoke(lambda, 'echo', 2)).toEqual({ payload: 2 });
  });

  test('functions follow a clock that jumps, in a thread from before and in one from after the jump', async () => {
    const clock = new JumpingClock();
    start({ workers: 1 }, clock);
    add('now', 'exports.handler = async () => [Date.now(), new Date().getTime()];');
    const day = 86_400_000;
    const minutesOff = async () => {
      const { payload } = await invoke(lambda, 'now');
      return (payload as number[]).map((time) => Math.round((time - Date.now()) / 60_000) + 0);
    };
    expect(await minutesOff()).toEqual([0, 0]);
    clock.jump(day);
    expect(await minutesOff()).toEqual([1440, 1440]);
    add('waits', 'exports.handler = () => new Promise(() => {});', { Timeout: 60 });
    const waiting = invoke(lambda, 'waits');
    lambda.crash('waits');
    await waiting;
    clock.jump(-2 * day);
    expect(await minutesOff()).toEqual([-1440, -1440]);
  });

  describe('is there only while it is needed', () => {
    const started: Worker[] = [];
    const remember = (worker: Worker) => started.push(worker);
    beforeEach(() => {
      started.length = 0;
      process.on('worker', remember);
    });
    afterEach(() => void process.off('worker', remember));
    const counts = 'let calls = 0; exports.handler = async () => { calls += 1; return calls; };';

    test('one that has had nothing to do for some minutes ends, and the next invocation starts another', async () => {
      start({ idleMs: 1 });
      add('slow', 'exports.handler = () => new Promise((r) => setTimeout(() => r("fine"), 50));');
      add('counts', counts);
      expect(await invoke(lambda, 'slow')).toEqual({ payload: 'fine' });
      await once(started[0]!, 'exit');
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 1 });
      await once(started[1]!, 'exit');
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 1 });
      expect(started).toHaveLength(3);
    });

    test('what threads were started for is done: they end, those that are at work when they are through', async () => {
      start({ workers: 2 });
      add('slow', 'exports.handler = () => new Promise((r) => setTimeout(() => r("fine"), 50));');
      add('counts', counts);
      const slow = invoke(lambda, 'slow');
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 1 });
      expect(started).toHaveLength(2);
      lambda.rest(1);
      const ended = Promise.all(started.map((worker) => once(worker, 'exit')));
      expect(await slow).toEqual({ payload: 'fine' });
      await ended;
      // Those that come after them stay: here for five minutes.
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 1 });
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 2 });
    });

    test('a function whose own thread was not started takes one that has nothing to do, and none that is at work', async () => {
      start({ workers: 2 });
      add('waits', 'exports.handler = (ms) => new Promise((r) => setTimeout(() => r("fine"), ms));', { Timeout: 60 });
      add('counts', counts);
      expect(await invoke(lambda, 'waits', 1)).toEqual({ payload: 'fine' });
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 1 });
      expect(started).toHaveLength(1);
      const waiting = invoke(lambda, 'waits', 60_000);
      // In another thread, where it was not loaded before.
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 1 });
      expect(started).toHaveLength(2);
      expect(lambda.crash('waits')).toBe(true);
      expect((await waiting).error).toBe('Unhandled');
      expect(await invoke(lambda, 'counts')).toEqual({ payload: 2 });
    });
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
