import { describe, expect, test } from 'vitest';
import { sleep } from '../../../../local/kernel/clock.ts';
import { Cloud, FunctionFailure, machine } from './cloud.ts';

const flow = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });

describe('Map', () => {
  test('runs at most MaxConcurrency iterations at once and keeps the order of the items', async () => {
    const cloud = new Cloud();
    let running = 0;
    let most = 0;
    const arn = cloud.function('f', async (event) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(cloud.clock, 1000 * (6 - Number(event)));
      running -= 1;
      return Number(event) * 10;
    });
    const { result } = await cloud.run(
      machine({
        M: {
          Type: 'Map',
          MaxConcurrency: 2,
          ItemProcessor: flow({ T: { Type: 'Task', Resource: arn, End: true } }),
          End: true,
        },
      }),
      [1, 2, 3, 4, 5],
    );
    expect(result).toEqual([10, 20, 30, 40, 50]);
    expect(most).toBe(2);
  });

  test('40 iterations at once when no limit is set', async () => {
    const cloud = new Cloud();
    const startedAt: number[] = [];
    const arn = cloud.function('f', async () => {
      startedAt.push(cloud.clock.now());
      await sleep(cloud.clock, 1000);
    });
    const processor = flow({ T: { Type: 'Task', Resource: arn, End: true } });
    await cloud.run(machine({ M: { Type: 'Map', ItemProcessor: processor, End: true } }), Array(50).fill(0));
    expect(startedAt.filter((time) => time === startedAt[0])).toHaveLength(40);
    expect(startedAt).toHaveLength(50);
  });

  test('ItemSelector sees the input of the Map and the item; the iteration sees the item in its context', async () => {
    const { result } = await new Cloud().run(
      machine({
        M: {
          Type: 'Map',
          Items: '{% $states.input.lines %}',
          ItemSelector: { order: '{% $states.input.id %}', line: '{% $states.context.Map.Item.Value %}' },
          ItemProcessor: flow({
            P: {
              Type: 'Pass',
              Output: { got: '{% $states.input %}', at: '{% $states.context.Map.Item.Index %}' },
              End: true,
            },
          }),
          End: true,
        },
      }),
      { id: 'O1', lines: ['a', 'b'] },
    );
    expect(result).toEqual([
      { got: { order: 'O1', line: 'a' }, at: 0 },
      { got: { order: 'O1', line: 'b' }, at: 1 },
    ]);
  });

  test('an object of items is iterated by key', async () => {
    const { result } = await new Cloud().run(
      machine({
        M: {
          Type: 'Map',
          Items: '{% $states.input %}',
          ItemSelector: '{% $states.context.Map.Item.Key & "=" & $states.context.Map.Item.Value %}',
          ItemProcessor: flow({ P: { Type: 'Pass', End: true } }),
          End: true,
        },
      }),
      { a: 1, b: 2 },
    );
    expect(result).toEqual(['a=1', 'b=2']);
  });

  test('the first failure cancels the other iterations and is the failure of the Map', async () => {
    const cloud = new Cloud();
    const finished: unknown[] = [];
    const arn = cloud.function('f', async (event) => {
      await sleep(cloud.clock, Number(event) * 1000);
      if (event === 2) throw new FunctionFailure('Broken', 'item 2');
      finished.push(event);
    });
    const after = cloud.function('after', (event) => finished.push(`after ${event}`));
    const processor = flow({
      T: { Type: 'Task', Resource: arn, Output: '{% $states.input %}', Next: 'After' },
      After: { Type: 'Task', Resource: after, End: true },
    });
    const {
      arn: execution,
      error,
      stopDate,
      startDate,
    } = await cloud.run(machine({ M: { Type: 'Map', ItemProcessor: processor, End: true } }), [1, 2, 3]);
    expect(error).toBe('Broken');
    expect((stopDate ?? 0) - startDate).toBe(2);
    expect(finished).toEqual([1, 'after 1', 3]);
    expect((await cloud.eventTypes(execution)).slice(-6)).toEqual([
      'LambdaFunctionFailed',
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  test('a retried Map starts again from its first item', async () => {
    const cloud = new Cloud();
    const seen: unknown[] = [];
    const arn = cloud.function('f', (event, attempt) => {
      seen.push(event);
      if (attempt === 2) throw new FunctionFailure('Once', 'second call');
      return event;
    });
    const processor = flow({ T: { Type: 'Task', Resource: arn, End: true } });
    const { result, arn: execution } = await cloud.run(
      machine({
        M: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: processor, Retry: [{ ErrorEquals: ['Once'] }], End: true },
      }),
      ['a', 'b'],
    );
    expect(result).toEqual(['a', 'b']);
    expect(seen).toEqual(['a', 'b', 'a', 'b']);
    const types = await cloud.eventTypes(execution);
    expect(types[types.indexOf('MapIterationFailed') + 1]).toBe('MapStateStarted');
    expect(types).not.toContain('MapStateFailed');
  });
});

describe('Parallel', () => {
  test('gives the outputs in the order of the branches', async () => {
    const cloud = new Cloud();
    const { result } = await cloud.run(
      machine({
        P: {
          Type: 'Parallel',
          Arguments: { n: '{% $states.input.n + 1 %}' },
          Branches: [
            flow({ Slow: { Type: 'Wait', Seconds: 5, Next: 'A' }, A: { Type: 'Pass', Output: 'slow', End: true } }),
            flow({ B: { Type: 'Pass', Output: '{% $states.input.n %}', End: true } }),
          ],
          Output: '{% $states.result %}',
          End: true,
        },
      }),
      { n: 1 },
    );
    expect(result).toEqual(['slow', 2]);
  });

  test('branches read outer variables; their own end with them', async () => {
    const cloud = new Cloud();
    const { result } = await cloud.run(
      machine({
        Set: { Type: 'Pass', Assign: { outer: 7 }, Next: 'P' },
        P: {
          Type: 'Parallel',
          Branches: [
            flow({
              A: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'B' },
              B: { Type: 'Pass', Output: '{% $inner %}', End: true },
            }),
          ],
          Assign: { fromBranch: '{% $states.result[0] %}' },
          Next: 'After',
        },
        After: { Type: 'Pass', Output: { is: '{% $fromBranch %}', gone: '{% $not($exists($inner)) %}' }, End: true },
      }),
    );
    expect(result).toEqual({ is: 8, gone: true });
  });

  test('a failure in one branch cuts off a Map in another, innermost events first', async () => {
    const cloud = new Cloud();
    const arn = cloud.function('f', async () => {
      await sleep(cloud.clock, 1000);
      throw new FunctionFailure('Broken', 'after a second');
    });
    const { arn: execution, error } = await cloud.run(
      machine({
        P: {
          Type: 'Parallel',
          Branches: [
            flow({ T: { Type: 'Task', Resource: arn, End: true } }),
            flow({
              M: {
                Type: 'Map',
                Items: [1],
                ItemProcessor: flow({ W: { Type: 'Wait', Seconds: 60, End: true } }),
                End: true,
              },
            }),
          ],
          End: true,
        },
      }),
    );
    expect(error).toBe('Broken');
    const types = await cloud.eventTypes(execution);
    expect(types.slice(types.indexOf('LambdaFunctionFailed'))).toEqual([
      'LambdaFunctionFailed',
      'WaitStateAborted',
      'MapIterationAborted',
      'MapStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });
});

describe('history', () => {
  test('each branch follows its own line of causes', async () => {
    const cloud = new Cloud();
    const branch = (name: string) => flow({ [name]: { Type: 'Wait', Seconds: 1, End: true } });
    const { arn } = await cloud.run(
      machine({ P: { Type: 'Parallel', Branches: [branch('A'), branch('B')], End: true } }),
    );
    const events = await cloud.history(arn);
    const started = events.find(({ type }) => type === 'ParallelStateStarted');
    const entered = events.filter(({ type }) => type === 'WaitStateEntered');
    expect(entered.map(({ previousEventId }) => previousEventId)).toEqual([started?.id, started?.id]);
    const left = events.filter(({ type }) => type === 'WaitStateExited');
    expect(left.map(({ previousEventId }) => previousEventId)).toEqual(entered.map(({ id }) => id));
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
  });
});
