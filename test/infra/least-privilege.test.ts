import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { substitutionsIn } from '../../infra/constructs/workflow.ts';
import type { FunctionSpec } from '../../infra/functions/spec.ts';
import { functions } from '../../infra/functions.ts';
import { paths } from '../../infra/paths.ts';
import { routes } from '../../infra/routes.ts';
import { isNeeded } from '../../infra/taxes.ts';
import { machines, operationMachines } from '../../shared/workflows/triggers.ts';
import { assembled, listAt, referenced, resourcesOf, statementsOf, type Templates, valueAt } from './synthesized.ts';

let cloud: Templates;
beforeAll(async () => {
  cloud = await assembled();
});

/** What the constructs add to every function, and to those that a stream or a queue feeds. */
const EVERY = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const STREAM = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`);
const QUEUE = ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((name) => `sqs:${name}`);

function feeding({ folder }: FunctionSpec): string[] {
  if (folder.startsWith('streams/')) return [...STREAM, 's3:ListBucket', 's3:PutObject'];
  return folder.startsWith('subscribers/') ? QUEUE : [];
}

// What only an installation with Avalara has is looked at there: test/infra/taxes.test.ts.
describe.each(functions.filter(({ folder }) => isNeeded(folder, 'table')))('function $folder', (spec) => {
  const lambda = () =>
    resourcesOf(cloud.application, 'AWS::Lambda::Function').find(
      ([, each]) => each.Properties.FunctionName === `batuta-dev-${spec.folder.replaceAll('/', '-')}`,
    )?.[1];
  const statements = () => statementsOf(cloud.application, referenced(lambda()?.Properties.Role) ?? '');

  test('its role may do what the table says and what feeds it needs, nothing else', () => {
    const wanted = new Set([...EVERY, ...feeding(spec), ...Object.values(spec.grants).flat()]);
    expect(new Set(statements().flatMap(({ actions }) => actions))).toEqual(wanted);
  });

  test('its role is its own, without managed policies and without wildcards that AWS does not force', () => {
    const role = cloud.application.Resources[referenced(lambda()?.Properties.Role) ?? ''];
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    for (const { actions, resources } of statements()) {
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      if (!JSON.stringify(resources).includes('*')) continue;
      const forced = ['xray:PutTelemetryRecords', 'dynamodb:ListStreams', 's3:PutObject', 'states:DescribeExecution'];
      expect(forced).toContain(actions[0]);
    }
  });

  test('it is told exactly what the table says', () => {
    const variables = valueAt(lambda(), 'Properties', 'Environment', 'Variables') ?? {};
    expect(Object.keys(variables).toSorted()).toEqual([...spec.environment].toSorted());
  });
});

describe.each([...machines])('machine %s', (name) => {
  const machine = () =>
    resourcesOf(cloud.application, 'AWS::StepFunctions::StateMachine').find(
      ([, each]) => each.Properties.StateMachineName === `batuta-dev-${name}`,
    )?.[1];
  const used = () => substitutionsIn(readFileSync(join(paths.stateMachines, `${name}.asl.json`), 'utf8'));

  test('every placeholder of its definition stands for the step of that name', () => {
    const given = Object.entries(Object(machine()?.Properties.DefinitionSubstitutions));
    expect(given.map(([placeholder]) => placeholder).toSorted()).toEqual(used());
    expect(given.length).toBeGreaterThan(0);
    for (const [placeholder, value] of given) {
      expect(referenced(value)).toMatch(new RegExp(`^${placeholder.replace(/Function$/, '')}Function[0-9A-F]{8}$`));
    }
  });

  test('it may invoke the functions of its definition, and no other', () => {
    const statements = statementsOf(cloud.application, referenced(machine()?.Properties.RoleArn) ?? '');
    const invoked = statements.filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    const names = invoked.flatMap(({ resources }) => resources.map((arn) => referenced(arn)?.slice(0, -8)));
    expect(names.toSorted()).toEqual(used());
    const others = statements.filter((each) => !invoked.includes(each)).flatMap(({ actions }) => actions);
    const own = others.filter((action) => !/^(logs|xray):/.test(action));
    expect(own).toEqual(operationMachines.some((one) => one === name) ? ['states:StartExecution'] : []);
    // What takes long goes on in another execution of the same machine.
    const started = statements.filter(({ actions }) => actions.includes('states:StartExecution'));
    for (const { resources } of started) {
      expect(resources).toHaveLength(1);
      expect(JSON.stringify(resources)).toMatch(new RegExp(`:stateMachine:batuta-dev-${name}"`));
    }
  });
});

test('who reads API keys cannot make any: the table of secrets is granted by partition', () => {
  const onSecrets = resourcesOf(cloud.application, 'AWS::IAM::Policy').flatMap(([, policy]) =>
    listAt(policy, 'Properties', 'PolicyDocument', 'Statement').filter((statement) =>
      JSON.stringify(valueAt(statement, 'Resource')).includes('Access'),
    ),
  );
  const granted = onSecrets.map((statement) => {
    const partitions = valueAt(statement, 'Condition', 'ForAllValues:StringLike', 'dynamodb:LeadingKeys');
    return `${String(partitions)}: ${[valueAt(statement, 'Action')].flat().join(', ')}`;
  });
  const groups = [...new Set(routes.filter(({ access }) => typeof access !== 'string').map(({ group }) => group))];
  expect(granted.filter((one) => one === 'KEY#*: dynamodb:GetItem')).toHaveLength(groups.length);
  expect([...new Set(granted)].toSorted()).toEqual([
    'KEY#*: dynamodb:GetItem',
    'SECRET#cursor: dynamodb:GetItem, dynamodb:PutItem',
  ]);
});
