import { describe, expect, test } from 'vitest';
import { Cloud } from './cloud.ts';

const roleArn = 'arn:aws:iam::111111111111:role/tester';
const task = {
  Type: 'Task',
  QueryLanguage: 'JSONata',
  Resource: 'arn:aws:lambda:us-east-1:111111111111:function:charge',
  Arguments: { amount: '{% $states.input.amount * 100 %}' },
  Output: '{% $states.result.id %}',
  Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
  Catch: [{ ErrorEquals: ['Declined'], Output: '{% $states.errorOutput.Cause %}', Next: 'Refuse' }],
  Next: 'Ship',
};

async function answer(state: object, more: object = {}, cloud = new Cloud()) {
  return await cloud.call<Record<string, unknown>>('TestState', { definition: JSON.stringify(state), ...more });
}

describe('TestState', () => {
  test('runs a Pass: its output, where to, and the variables it sets', async () => {
    const state = {
      Type: 'Pass',
      QueryLanguage: 'JSONata',
      Assign: { x: '{% $y + 1 %}' },
      Output: '{% $states.input.a %}',
      Next: 'B',
    };
    const more = { input: '{"a":5}', variables: '{"y":1}', inspectionLevel: 'DEBUG' };
    expect(await answer(state, more)).toEqual({
      status: 'SUCCEEDED',
      output: '5',
      nextState: 'B',
      inspectionData: { input: '{"a":5}', variables: '{"y":1,"x":2}' },
    });
  });

  test('runs a Choice, to a rule or to its default, and a Fail', async () => {
    const choice = {
      Type: 'Choice',
      QueryLanguage: 'JSONata',
      Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'Big' }],
      Default: 'Small',
    };
    expect(await answer(choice, { input: '{"n":2}' })).toMatchObject({ nextState: 'Big' });
    expect(await answer(choice, { input: '{"n":1}' })).toMatchObject({ nextState: 'Small' });
    expect(await answer({ Type: 'Fail', QueryLanguage: 'JSONata', Error: 'E', Cause: '{% "be" & "cause" %}' })).toEqual(
      { status: 'FAILED', error: 'E', cause: 'because' },
    );
  });

  test('carries out a task as the role given', async () => {
    const cloud = new Cloud();
    cloud.functions.set('charge', (event) => ({ id: `ch_${JSON.stringify(event)}` }));
    const more = { roleArn, input: '{"amount":2}' };
    expect(await answer(task, more, cloud)).toEqual({
      status: 'SUCCEEDED',
      output: '"ch_{\\"amount\\":200}"',
      nextState: 'Ship',
    });
    expect(cloud.calls[0]?.principal).toMatchObject({ kind: 'role', arn: roleArn });
  });

  test('stands in for the work of a task with a mock: no role, nothing is called', async () => {
    const cloud = new Cloud();
    const more = { input: '{"amount":2}', mock: { result: '{"id":"ch_1"}' }, inspectionLevel: 'DEBUG' };
    expect(await answer(task, more, cloud)).toEqual({
      status: 'SUCCEEDED',
      output: '"ch_1"',
      nextState: 'Ship',
      inspectionData: { input: '{"amount":2}', afterArguments: '{"amount":200}', result: '{"id":"ch_1"}' },
    });
    expect(cloud.calls).toEqual([]);
  });

  test.each([
    ['Busy', { status: 'RETRIABLE', error: 'Busy', cause: 'why' }],
    ['Declined', { status: 'CAUGHT_ERROR', error: 'Declined', cause: 'why', output: '"why"', nextState: 'Refuse' }],
    ['Other', { status: 'FAILED', error: 'Other', cause: 'why' }],
  ])('says of a mocked error %s whether it would be retried or caught', async (error, expected) => {
    expect(await answer(task, { input: '{"amount":1}', mock: { errorOutput: { error, cause: 'why' } } })).toEqual(
      expected,
    );
  });

  test('an expression that fails is the state failing', async () => {
    const state = { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $states.input.a + "x" %}', End: true };
    expect(await answer(state, { input: '{"a":1}' })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  test('takes a state out of a whole machine by its name; Map and Parallel with a mock', async () => {
    const map = {
      Type: 'Map',
      Items: '{% $states.input %}',
      ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } },
      Output: '{% $count($states.result) %}',
      Next: 'End',
    };
    const whole = { QueryLanguage: 'JSONata', StartAt: 'Each', States: { Each: map, End: { Type: 'Succeed' } } };
    expect(await answer(whole, { stateName: 'Each', input: '[1]', mock: { result: '[1,2,3]' } })).toEqual({
      status: 'SUCCEEDED',
      output: '3',
      nextState: 'End',
    });
    await expect(answer(whole, { stateName: 'Each', input: '[1]' })).rejects.toMatchObject({
      code: 'ValidationException',
    });
    await expect(answer(whole, { stateName: 'None' })).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test.each([
    ['a state in JSONPath', { Type: 'Pass', InputPath: '$', End: true }, {}, 'InvalidDefinition'],
    ['no state', [], {}, 'InvalidDefinition'],
    [
      'an input that is no JSON',
      { Type: 'Succeed', QueryLanguage: 'JSONata' },
      { input: '{' },
      'InvalidExecutionInput',
    ],
    ['a task without role and mock', task, {}, 'ValidationException'],
    [
      'a mock of a Pass',
      { Type: 'Succeed', QueryLanguage: 'JSONata' },
      { mock: { result: '1' } },
      'ValidationException',
    ],
    ['a mock of nothing', task, { mock: {} }, 'ValidationException'],
    ['a context of its own', task, { mock: { result: '{}' }, context: '{}' }, 'ValidationException'],
  ])('refuses %s', async (_, state, more, code) => {
    await expect(answer(state, more)).rejects.toMatchObject({ code });
  });

  test('stores nothing', async () => {
    const cloud = new Cloud();
    await answer({ Type: 'Pass', QueryLanguage: 'JSONata', End: true }, {}, cloud);
    expect(cloud.storage.db.prepare('SELECT count(*) AS n FROM sfn_executions').get()).toEqual({ n: 0 });
    expect(cloud.reports).toEqual([]);
  });
});
