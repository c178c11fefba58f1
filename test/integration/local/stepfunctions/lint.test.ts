import { describe, expect, test } from 'vitest';
import { lintDefinition } from '../../../../state-machines/lint-rules.ts';
import { machine } from './cloud.ts';

const ARN = 'arn:aws:lambda:us-east-1:111111111111:function:f';
const last = { Parked: { Type: 'Fail', Error: 'Parked' } };
const task = {
  Type: 'Task',
  Resource: ARN,
  TimeoutSeconds: 10,
  Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'] }],
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Parked' }],
  End: true,
};

async function findings(states: object, top: object = {}): Promise<string[]> {
  const found = await lintDefinition(JSON.stringify({ ...machine({ ...states }), ...top }));
  return found.map(({ state, message }) => `${state}: ${message}`);
}

const pass = (Output: unknown) => ({ P: { Type: 'Pass', Output, End: true } });

describe('a machine in order', () => {
  test('has no findings, placeholders included', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: definition substitutions
    const [resource, table] = ['${ReserveStock}', '${Table}'];
    const states = {
      Set: { Type: 'Pass', Assign: { id: '{% $states.input.id %}' }, Next: 'T' },
      T: { ...task, Resource: resource, Arguments: { id: '{% $id %}', table } },
      ...last,
    };
    expect(await findings(states)).toEqual([]);
  });

  test('may use lambdas, bindings, filters and the context of a path', async () => {
    const expressions = [
      '$map($states.input.lines, function($line, $i) { $line.qty * $i })',
      '($total := $sum($states.input.lines.qty); $total > 1 ? $total : 0)',
      '$states.input.lines[qty > 1].{"sku": sku, "double": $ * 2}',
      '$states.input.lines@$l#$i.{"sku": $l.sku, "at": $i}',
      '$states.input.lines^(>qty).sku ~> $join(",")',
      '$states.input.lines{sku: $sum(qty)}',
      '$reduce($states.input.lines.qty, function($sum, $each) { $sum + $each }, 0)',
      '$partition($range(1, 4, 1), 2)',
    ];
    expect(await findings(pass(expressions.map((source) => `{% ${source} %}`)))).toEqual([]);
  });
});

test.each<[string, object, string]>([
  ['?? of JSONata 2.1', pass('{% $states.input.a ?? 1 %}'), 'does not compile under JSONata 2.0.6'],
  ['$eval', pass('{% $eval("1") %}'), '$eval is not available'],
  ['$ at top level', pass('{% $.id %}'), '$ has nothing to refer to'],
  ['$$ anywhere', pass('{% $states.input.lines[qty > $$.min] %}'), '$$ has nothing to refer to'],
  ['a bare field name', pass('{% order.id %}'), 'the field name order has nothing to refer to'],
  ['an unknown variable', pass('{% $orderId %}'), 'unknown variable $orderId'],
  ['an unknown function', pass('{% $uniq($states.input) %}'), 'unknown function $uniq'],
  ['a result where there is none', pass('{% $states.result %}'), '$states.result is only there'],
  ['an error output where there is none', pass('{% $states.errorOutput %}'), '$states.errorOutput is only there'],
  ['an unknown member', pass('{% $states.inptu %}'), 'there is no $states.inptu'],
  ['a JSONPath field', { P: { Type: 'Pass', ResultPath: '$', End: true } }, 'ResultPath is a JSONPath field'],
  ['an unknown field', { P: { Type: 'Pass', Otput: 1, End: true } }, 'Unrecognized key'],
  ['no time-out', { T: { ...task, TimeoutSeconds: undefined }, ...last }, 'needs TimeoutSeconds'],
  ['no retries', { T: { ...task, Retry: [] }, ...last }, 'needs a Retry list'],
  ['no catch', { T: { ...task, Catch: undefined } }, 'needs a Catch'],
  ['a slow heartbeat', { T: { ...task, HeartbeatSeconds: 10 }, ...last }, 'HeartbeatSeconds must be smaller'],
  [
    'States.ALL in company',
    { T: { ...task, Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }, ...last },
    'States.ALL must stand alone',
  ],
  [
    'States.ALL not last',
    { T: { ...task, Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }] }, ...last },
    'States.ALL must come last',
  ],
  ['half of a Lambda time-out', { T: { ...task, Retry: [{ ErrorEquals: ['Lambda.Unknown'] }] }, ...last }, 'name both'],
  [
    'a task token',
    { T: { ...task, Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }, ...last },
    '.waitForTaskToken is not supported',
  ],
  [
    '.sync',
    { T: { ...task, Resource: 'arn:aws:states:::states:startExecution.sync:2' }, ...last },
    '.sync:2 is not supported',
  ],
  ['a state that is not there', { P: { Type: 'Pass', Next: 'Q' } }, 'goes to a state that is not there: Q'],
  [
    'a state nobody reaches',
    { P: { Type: 'Pass', End: true }, Q: { Type: 'Succeed' } },
    'Q: the state cannot be reached',
  ],
  [
    'Next and End',
    { P: { Type: 'Pass', Next: 'Q', End: true }, Q: { Type: 'Succeed' } },
    'exactly one of Next and End',
  ],
  [
    'a distributed Map',
    {
      M: {
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'P', States: pass(1) },
        End: true,
      },
    },
    'distributed Map is not supported',
  ],
  [
    'a name used twice',
    { P: { Type: 'Parallel', Branches: [{ StartAt: 'P', States: pass(1) }], End: true } },
    'P: the state name is used twice',
  ],
  [
    'an outer variable assigned inside',
    {
      Set: { Type: 'Pass', Assign: { x: 1 }, Next: 'Both' },
      Both: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'In', States: { In: { Type: 'Pass', Assign: { x: 2 }, End: true } } }],
        End: true,
      },
    },
    'In: Assign: the outer scope already has a variable x',
  ],
  ['a reserved variable', { P: { Type: 'Pass', Assign: { states: 1 }, End: true } }, 'states is reserved'],
])('finds %s', async (_case, states, message) => {
  expect(await findings(states)).toEqual([expect.stringContaining(message)]);
});

test('finds JSONPath as the language, and text that is no JSON', async () => {
  expect(await findings(pass(1), { QueryLanguage: 'JSONPath' })).toEqual([
    expect.stringContaining('only "QueryLanguage": "JSONata"'),
  ]);
  expect(await lintDefinition('{')).toEqual([{ state: '', message: expect.stringContaining('not JSON') }]);
});
