import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { Cloud, FunctionFailure, machine } from './cloud.ts';

const DAY = 86_400_000;
const task = (Resource: string, next: object = { End: true }) => ({ Type: 'Task', Resource, ...next });

/** A function that fails until it is mended. */
function fragile(cloud: Cloud, name: string) {
  const state = { broken: true, events: [] as unknown[] };
  const arn = cloud.function(name, (event) => {
    state.events.push(event);
    if (state.broken) throw new FunctionFailure('Broken', `${name} is broken`);
    return `${name} done`;
  });
  return { arn, state };
}

const redrive = (cloud: Cloud, executionArn: string, more: object = {}) =>
  cloud.call<{ redriveDate: number }>('RedriveExecution', { executionArn, ...more });
const settle = (cloud: Cloud) => cloud.clock.advance(1000);

describe('an execution is redriven', () => {
  test('from the task that failed, with the variables it had; what succeeded is not repeated', async () => {
    const cloud = new Cloud();
    const calls: string[] = [];
    const first = cloud.function('first', () => {
      calls.push('first');
      return 7;
    });
    const { arn: second, state } = fragile(cloud, 'second');
    const definition = machine({
      First: task(first, { Assign: { kept: '{% $states.result %}' }, Next: 'Second' }),
      Second: task(second, {
        Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1, IntervalSeconds: 1 }],
        Output: '{% {"kept": $kept, "redrives": $states.context.Execution.RedriveCount} %}',
        End: true,
      }),
    });
    const { arn, status } = await cloud.run(definition, { order: 'O1' });
    expect([status, state.events.length]).toEqual(['FAILED', 2]);
    expect(await cloud.describe(arn)).toMatchObject({ redriveCount: 0, redriveStatus: 'REDRIVABLE' });

    // Retries count anew.
    await redrive(cloud, arn);
    await cloud.clock.advance(10_000);
    expect([(await cloud.describe(arn)).status, state.events.length]).toEqual(['FAILED', 4]);

    state.broken = false;
    const { redriveDate } = await redrive(cloud, arn);
    expect(await cloud.describe(arn)).toMatchObject({ status: 'RUNNING', redriveCount: 2, redriveDate });
    await settle(cloud);
    const described = await cloud.describe(arn);
    expect(described).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"kept":7,"redrives":2}',
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect(described.error).toBeUndefined();
    expect(calls).toEqual(['first']);
    const history = await cloud.history(arn);
    expect(history.map(({ id }) => id)).toEqual(history.map((_event, index) => index + 1));
    expect(history.slice(-6).map(({ type }) => type)).toEqual([
      'ExecutionRedriven',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(history.at(-6)).toMatchObject({ executionRedrivenEventDetails: { redriveCount: 2 } });
  });

  test('only in the branches and iterations that did not succeed', async () => {
    const cloud = new Cloud();
    const done: unknown[] = [];
    const fine = cloud.function('fine', (event) => {
      done.push(event);
      return event;
    });
    const { arn: bad, state } = fragile(cloud, 'bad');
    const branch = (name: string, resource: string) => ({ StartAt: name, States: { [name]: task(resource) } });
    const after = { Bad: task(bad) };
    const definition = machine({
      All: {
        Type: 'Parallel',
        Branches: [
          branch('Fine', fine),
          { StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: 5, Next: 'Bad' }, ...after } },
        ],
        Next: 'Each',
      },
      Each: {
        Type: 'Map',
        Items: '{% [1, 2, 3] %}',
        MaxConcurrency: 1,
        ItemProcessor: {
          StartAt: 'Two?',
          States: {
            'Two?': {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'Item2' }],
              Default: 'Item',
            },
            Item: task(fine),
            Item2: task(bad),
          },
        },
        End: true,
      },
    });
    const { arn } = await cloud.run(definition, 'in');
    expect([(await cloud.describe(arn)).status, done]).toEqual(['FAILED', ['in']]);
    state.broken = false;
    await redrive(cloud, arn);
    // The second branch goes on at its second state: nobody waits again.
    await settle(cloud);
    expect(JSON.parse((await cloud.describe(arn)).output ?? '')).toEqual([1, 'bad done', 3]);
    expect(done).toEqual(['in', 1, 3]);

    state.broken = true;
    const again = await cloud.start(await cloud.create(definition, { name: 'again' }), 'in');
    await cloud.clock.advance(60_000);
    state.broken = false;
    done.length = 0;
    await redrive(cloud, again);
    await settle(cloud);
    expect(done).toEqual([1, 3]);
  });

  test('after it was stopped or had timed out: its time counts from the redrive', async () => {
    const cloud = new Cloud();
    const definition = {
      ...machine({ Pause: { Type: 'Wait', Seconds: 40, Next: 'Done' }, Done: { Type: 'Succeed' } }),
    };
    const arn = await cloud.start(await cloud.create({ ...definition, TimeoutSeconds: 60 }));
    await cloud.clock.advance(30_000);
    await cloud.call('StopExecution', { executionArn: arn });
    await cloud.clock.advance(3_600_000);
    await redrive(cloud, arn);
    await cloud.clock.advance(39_000);
    expect((await cloud.describe(arn)).status).toBe('RUNNING');
    await cloud.clock.advance(2000);
    expect((await cloud.describe(arn)).status).toBe('SUCCEEDED');
  });

  test('and goes on after a crash as any other', async () => {
    const root = mkdtempSync(join(tmpdir(), 'sfn-redrive-'));
    try {
      const cloud = new Cloud({ directory: join(root, 'first') });
      const { arn: bad } = fragile(cloud, 'bad');
      const { arn } = await cloud.run(
        machine({ Bad: task(bad, { Next: 'Pause' }), Pause: { Type: 'Wait', Seconds: 9, End: true } }),
      );
      cloud.function('bad', () => 'mended');
      await redrive(cloud, arn);
      await cloud.clock.advance(1000);
      await cloud.storage.flush();
      cpSync(join(root, 'first'), join(root, 'second'), { recursive: true });
      const later = new Cloud({ directory: join(root, 'second'), clock: new FakeClock(cloud.clock.now()) });
      later.states.start?.();
      await later.clock.advance(10_000);
      expect(await later.describe(arn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, output: '"mended"' });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe('a redrive is refused', () => {
  const failed = async (cloud: Cloud) => {
    const { arn: bad } = fragile(cloud, 'bad');
    const arn = await cloud.start(await cloud.create(machine({ Bad: task(bad) }), { name: 'fails' }));
    await settle(cloud);
    return arn;
  };

  test('while it runs, once it succeeded, and 14 days after its end', async () => {
    const cloud = new Cloud();
    const waits = await cloud.start(await cloud.create(machine({ Pause: { Type: 'Wait', Seconds: 9, End: true } })));
    const refused = (arn: string) => redrive(cloud, arn).catch(({ code, message }) => `${code} ${message}`);
    expect(await refused(waits)).toBe(
      'ExecutionNotRedrivable Execution Not Redrivable: Execution is RUNNING and cannot be redriven',
    );
    await cloud.clock.advance(9000);
    expect(await refused(waits)).toContain('Execution is SUCCEEDED and cannot be redriven');
    const arn = await failed(cloud);
    await cloud.clock.advance(14 * DAY + 1);
    expect(await refused(arn)).toContain('Execution redrivable period exceeded');
    expect(await refused(`${arn}x`)).toContain('ExecutionDoesNotExist');
  });

  test('an express one, and one that a role may not redrive', async () => {
    const cloud = new Cloud();
    const { arn: bad } = fragile(cloud, 'bad');
    const express = await cloud.start(await cloud.create(machine({ Bad: task(bad) }), { type: 'EXPRESS' }));
    await settle(cloud);
    await expect(redrive(cloud, express)).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
    const arn = await failed(cloud);
    cloud.denied.add('states:RedriveExecution');
    const role = { kind: 'role', arn: 'arn:aws:iam::111111111111:role/r', session: 's' } as const;
    await expect(cloud.call('RedriveExecution', { executionArn: arn }, role)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });

  test('the same client token is the same redrive for a quarter of an hour', async () => {
    const cloud = new Cloud();
    const arn = await failed(cloud);
    const first = await redrive(cloud, arn, { clientToken: 'once' });
    await cloud.clock.advance(60_000);
    expect(await redrive(cloud, arn, { clientToken: 'once' })).toEqual(first);
    expect(await cloud.describe(arn)).toMatchObject({ redriveCount: 1 });
    await cloud.clock.advance(15 * 60_000);
    expect(await redrive(cloud, arn, { clientToken: 'once' })).not.toEqual(first);
  });
});
