import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../local/kernel/kernel.ts';
import { evaluate, withSurroundings } from '../../../../local/stepfunctions/expressions.ts';
import { Cloud, machine } from './cloud.ts';

const NOW = Date.parse('2026-01-05T09:00:00Z');
const see = (bindings: Record<string, unknown>) => withSurroundings(bindings, { now: NOW, random: () => 0.125 });
const answer = (expression: string, bindings: Record<string, unknown> = {}) =>
  evaluate(`{% ${expression} %}`, 'Output', see(bindings));

describe('expressions', () => {
  test('plain paths give exactly what JSONata gives, whatever they meet', async () => {
    const key = fc.constantFrom('a', 'b', 'length', 'constructor', 'toString');
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<Json>(null, true, 0, 'text', []),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }));
    const path = fc.array(key, { maxLength: 3 }).map((keys) => ['$v', ...keys].join('.'));
    await fc.assert(
      fc.asyncProperty(path, value, async (source, v) => {
        const settle = (work: Promise<unknown>) =>
          work.then(
            (result) => JSON.stringify(result) ?? 'nothing',
            () => 'nothing',
          );
        const plain = async () => {
          const result: unknown = await jsonata(source).evaluate(undefined, { v });
          return typeof result === 'function' ? undefined : result;
        };
        expect(await settle(answer(source, { v }))).toBe(await settle(plain()));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['$partition([1,2,3], 2)', [[1, 2], [3]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(1, 9, 9)', 1],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$parse("{\\"a\\":1}").a', 1],
    ['$random()', 0.125],
    ['$random(7) = $random(7)', true],
    ['$millis()', NOW],
    ['$now()', '2026-01-05T09:00:00.000Z'],
    ['$now("[Y0001]-[M01]")', '2026-01'],
    ['$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4/)', true],
  ])('%s', async (expression, result) => expect(await answer(expression)).toEqual(result));

  test.each([
    [
      '$eval("1")',
      "The JSONata expression '$eval(\"1\")' specified for the field 'Output' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    ],
    [
      'function($x){$x}',
      "The JSONata expression 'function($x){$x}' specified for the field 'Output' returned an unsupported result type.",
    ],
    ['$v.none', "The JSONata expression '$v.none' specified for the field 'Output' returned nothing (undefined)."],
    [
      '$error("stop")',
      "The JSONata expression '$error(\"stop\")' specified for the field 'Output' threw an error during evaluation. D3137: stop",
    ],
  ])('%s fails', async (expression, reason) => {
    await expect(answer(expression, { v: {} })).rejects.toMatchObject({ error: 'States.QueryEvaluationError', reason });
  });

  test('an expression must fill the whole string', async () => {
    for (const literal of [' {% 1 %}', '{% 1 %} ', '{%', 'x']) {
      expect(await evaluate(literal, 'Output', see({}))).toBe(literal);
    }
  });

  test('errors inside arrays and objects name their place', async () => {
    const failed = evaluate({ lines: [1, { id: '{% $v.none %}' }] }, 'Output', see({ v: {} }));
    await expect(failed).rejects.toMatchObject({ location: 'Output/lines[1]/id' });
  });
});

describe('variables', () => {
  test('Assign and Output both see the values on entry: two variables swap', async () => {
    const { result } = await new Cloud().run(
      machine({
        Set: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Swap' },
        Swap: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% [$a, $b] %}', Next: 'Show' },
        Show: { Type: 'Pass', Output: { before: '{% $states.input %}', after: '{% [$a, $b] %}' }, End: true },
      }),
    );
    expect(result).toEqual({ before: [1, 2], after: [2, 1] });
  });

  test('the history shows what a state assigned, as JSON text', async () => {
    const cloud = new Cloud();
    const { arn } = await cloud.run(machine({ Set: { Type: 'Pass', Assign: { a: { b: 1 }, c: 'x' }, End: true } }));
    const left = (await cloud.history(arn)).find(({ type }) => type === 'PassStateExited');
    expect(left?.stateExitedEventDetails).toMatchObject({ assignedVariables: { a: '{"b":1}', c: '"x"' } });
  });

  test('more than 256 KiB in one Assign is refused', async () => {
    const half = 'x'.repeat(140_000);
    const { error } = await new Cloud().run(
      machine({ Set: { Type: 'Pass', Assign: { a: half, b: half }, End: true } }),
    );
    expect(error).toBe('States.DataLimitExceeded');
  });
});

test('the context tells about the execution, the machine and the state', async () => {
  const cloud = new Cloud();
  const { result, arn } = await cloud.run(
    machine({ P: { Type: 'Pass', Output: '{% $states.context %}', End: true } }),
    { a: 1 },
  );
  expect(result).toEqual({
    Execution: {
      Id: arn,
      Input: { a: 1 },
      StartTime: '2026-01-05T09:00:00.000Z',
      Name: arn.split(':').at(-1),
      RoleArn: 'arn:aws:iam::111111111111:role/machine',
      RedriveCount: 0,
    },
    StateMachine: { Id: 'arn:aws:states:us-east-1:111111111111:stateMachine:machine', Name: 'machine' },
    State: { Name: 'P', EnteredTime: '2026-01-05T09:00:00.000Z' },
  });
});

test('a Wait ends at its timestamp; nanoseconds and offsets are understood', async () => {
  const definition = machine({ W: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } });
  const cloud = new Cloud();
  const { startDate, stopDate } = await cloud.run(definition, '2026-01-05T10:00:30.123456789+01:00');
  expect((stopDate ?? 0) - startDate).toBeCloseTo(30.123, 6);
});

test('a Fail without a cause has none in its event', async () => {
  const cloud = new Cloud();
  const { arn } = await cloud.run(machine({ F: { Type: 'Fail', Error: '{% "Gone" & "!" %}' } }));
  const failed = (await cloud.history(arn)).at(-1);
  expect(failed?.executionFailedEventDetails).toEqual({ error: 'Gone!' });
});
