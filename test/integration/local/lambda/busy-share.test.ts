import { afterEach, expect, test } from 'vitest';
import { realClock } from '../../../../local/kernel/clock.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import type { FunctionCode } from '../../../../local/lambda/sandbox/messages.ts';
import { Sandbox } from '../../../../local/lambda/sandbox/sandbox.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
});

const nothing: FunctionCode = {
  ...{ name: 'none', arn: 'arn', generation: 0, memoryMegabytes: 128, logGroup: '/none' },
  ...{ directory: '/nowhere', handler: 'index.handler', environment: {}, layers: [] },
};
const options = { track: <T>(work: Promise<T>) => work, onLog: () => {}, inProcess: false };

test('a thread that has not started, or only just, counts as idle, however busy its start keeps it', async () => {
  sandbox = new Sandbox({ ...options, clock: realClock(), virtualTime: false });
  expect(sandbox.busyShare()).toBe(0);
  // Code that is not there: the thread has loaded what it needs to say so.
  expect(await sandbox.invoke(nothing, 'r', '{}', Date.now() + 1000)).toHaveProperty('error');
  expect(sandbox.busyShare()).toBe(0);
});

test('where the clock is a fake one, nothing depends on how busy a thread is', () => {
  sandbox = new Sandbox({ ...options, clock: new FakeClock(), virtualTime: true });
  void sandbox.invoke(nothing, 'r', '{}', 1000);
  expect([sandbox.busyShare(), sandbox.busyShare()]).toEqual([0, 0]);
});
