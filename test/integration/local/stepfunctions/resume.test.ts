import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { Cloud, machine } from './cloud.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sfn-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What a `kill -9` at this moment leaves: the files as they are, opened by a new process later. */
async function crash(cloud: Cloud, name: string, later = 0): Promise<Cloud> {
  // What was told to nobody may be lost in a crash: these tests are about what is on disk.
  for (let round = 0; round < 2; round++) {
    await cloud.clock.settle();
    await cloud.storage.flush();
  }
  cpSync(join(root, 'first'), join(root, name), { recursive: true });
  return new Cloud({ directory: join(root, name), clock: new FakeClock(cloud.clock.now() + later) });
}

const first = () => new Cloud({ directory: join(root, 'first') });
const hang = () => new Promise<never>(() => {});

test('a crash in the second task: the first is not repeated, the second is', async () => {
  const cloud = first();
  const one = cloud.function('one', () => ({ from: 'one' }));
  const two = cloud.function('two', hang);
  const task = (Resource: string, next: object) => ({ Type: 'Task', Resource, ...next });
  const arn = await cloud.start(
    await cloud.create(
      machine({
        One: task(one, { Assign: { kept: '{% $states.result.from %}' }, Next: 'Two' }),
        Two: task(two, { Output: { two: '{% $states.result %}', kept: '{% $kept %}' }, End: true }),
      }),
    ),
    { order: 'O1' },
  );
  await cloud.clock.advance(1000);
  const before = await cloud.eventTypes(arn);
  expect(before.slice(-2)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted']);

  const again = await crash(cloud, 'second');
  const calls: string[] = [];
  again.function('one', () => calls.push('one'));
  again.function('two', (event) => {
    calls.push('two');
    return event;
  });
  again.states.start?.();
  await again.clock.advance(1000);
  expect(calls).toEqual(['two']);
  const described = await again.describe(arn);
  expect(JSON.parse(described.output ?? '')).toEqual({ two: { from: 'one' }, kept: 'one' });
  const events = await again.history(arn);
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
  expect(events.filter(({ type }) => type === 'TaskStateEntered')).toHaveLength(2);
});

test('a wait that ends while the machine is down ends at its time, not later', async () => {
  const cloud = first();
  const states = { W: { Type: 'Wait', Seconds: 60, Next: 'Done' }, Done: { Type: 'Succeed' } };
  const arn = await cloud.start(await cloud.create(machine(states)));
  await cloud.clock.advance(10_000);

  const soon = await crash(cloud, 'soon', 20_000);
  soon.states.start?.();
  await soon.clock.advance(29_000);
  expect((await soon.describe(arn)).status).toBe('RUNNING');
  await soon.clock.advance(1000);
  expect((await soon.describe(arn)).status).toBe('SUCCEEDED');

  const late = await crash(cloud, 'late', 3_600_000);
  late.states.start?.();
  await late.clock.settle();
  expect((await late.describe(arn)).status).toBe('SUCCEEDED');
});

test('retries made before the crash count after it', async () => {
  const cloud = first();
  const fails = () => {
    throw new Error('down');
  };
  const arn = await cloud.start(
    await cloud.create(
      machine({
        T: {
          Type: 'Task',
          Resource: cloud.function('f', fails),
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 2 }],
          End: true,
        },
      }),
    ),
  );
  await cloud.clock.advance(15_000);

  const again = await crash(cloud, 'second');
  let calls = 0;
  again.function('f', () => {
    calls += 1;
    return fails();
  });
  again.states.start?.();
  await again.clock.advance(60_000);
  expect(calls).toBe(1);
  expect((await again.describe(arn)).status).toBe('FAILED');
});

test('a crash in a Map: finished iterations keep their results, the others go on', async () => {
  const cloud = first();
  const f = cloud.function('f', (event) => (Number(event) === 2 ? hang() : Number(event) * 10));
  const processor = {
    StartAt: 'T',
    States: { T: { Type: 'Task', Resource: f, Next: 'P' }, P: { Type: 'Pass', End: true } },
  };
  const arn = await cloud.start(
    await cloud.create(
      machine({
        M: { Type: 'Map', MaxConcurrency: 2, ItemProcessor: processor, Next: 'End' },
        End: { Type: 'Succeed' },
      }),
    ),
    [1, 2, 3, 4],
  );
  await cloud.clock.advance(1000);

  const again = await crash(cloud, 'second');
  const called: unknown[] = [];
  again.function('f', (event) => {
    called.push(event);
    return Number(event) * 100;
  });
  again.states.start?.();
  await again.clock.advance(1000);
  expect(called).toEqual([2]);
  expect(JSON.parse((await again.describe(arn)).output ?? '')).toEqual([10, 200, 30, 40]);
  expect(again.storage.db.prepare('SELECT count(*) AS n FROM sfn_frames').get()).toEqual({ n: 0 });
});

test('an EXPRESS execution starts again from its beginning', async () => {
  const cloud = first();
  const one = cloud.function('one', () => 1);
  const two = cloud.function('two', hang);
  const definition = machine({
    One: { Type: 'Task', Resource: one, Next: 'Two' },
    Two: { Type: 'Task', Resource: two, End: true },
  });
  const arn = await cloud.start(await cloud.create(definition, { type: 'EXPRESS' }));
  await cloud.clock.advance(1000);

  const again = await crash(cloud, 'second');
  const calls: string[] = [];
  again.function('one', () => calls.push('one'));
  again.function('two', () => calls.push('two'));
  again.states.start?.();
  await again.clock.advance(1000);
  expect(calls).toEqual(['one', 'two']);
  expect((await again.describe(arn)).status).toBe('SUCCEEDED');
});

test('an execution goes on by the definition it started with, new ones use the new one', async () => {
  const cloud = first();
  const provision = (target: Cloud, output: string) =>
    target.storage.write(() =>
      target.states.resources[0]?.provision({
        logicalId: 'Flow',
        type: 'AWS::StepFunctions::StateMachine',
        stackName: 'Oms',
        properties: {
          RoleArn: 'arn:aws:iam::111111111111:role/flow',
          DefinitionString: JSON.stringify(
            machine({ W: { Type: 'Wait', Seconds: 60, Next: 'P' }, P: { Type: 'Pass', Output: output, End: true } }),
          ),
        },
      }),
    );
  const ref = (await provision(cloud, 'old'))?.ref ?? '';
  const arn = await cloud.start(ref);
  await cloud.clock.advance(1000);

  const again = await crash(cloud, 'second');
  expect((await provision(again, 'new'))?.ref).toBe(ref);
  again.states.start?.();
  const newer = await again.start(ref);
  await again.clock.advance(120_000);
  expect((await again.describe(arn)).output).toBe('"old"');
  expect((await again.describe(newer)).output).toBe('"new"');
});

test('after a stop nothing runs on, and the next start does', async () => {
  const cloud = first();
  const definition = machine({ W: { Type: 'Wait', Seconds: 60, Next: 'S' }, S: { Type: 'Succeed' } });
  const arn = await cloud.start(await cloud.create(definition));
  await cloud.clock.advance(1000);
  await cloud.states.stop?.();
  await cloud.clock.advance(120_000);
  await cloud.storage.close();

  const again = new Cloud({ directory: join(root, 'first'), clock: new FakeClock(cloud.clock.now()) });
  expect((await again.describe(arn)).status).toBe('RUNNING');
  again.states.start?.();
  await again.clock.settle();
  expect((await again.describe(arn)).status).toBe('SUCCEEDED');
});
