import { describe, expect, test } from 'vitest';
import type { Principal } from '../../../../local/kernel/kernel.ts';
import { type Behavior, Cloud, machine } from './cloud.ts';

const pass = machine({ P: { Type: 'Pass', End: true } });
const waiting = machine({ W: { Type: 'Wait', Seconds: 60, End: true } });
const role: Principal = { kind: 'role', arn: 'arn:aws:iam::111111111111:role/handler', session: 'handler' };

describe('StartExecution', () => {
  test('the same name and input while it runs is the same execution', async () => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(waiting);
    const start = { stateMachineArn, name: 'O1-1', input: '{"a":1}' };
    const one = await cloud.call('StartExecution', start);
    await cloud.clock.advance(1000);
    expect(await cloud.call('StartExecution', start)).toEqual(one);
    expect(cloud.states.meter().executions).toBe(1);
  });

  test('another input, or the same once it is closed, is refused', async () => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(waiting);
    const start = { stateMachineArn, name: 'O1-1', input: '{"a":1}' };
    const { executionArn } = await cloud.call<{ executionArn: string }>('StartExecution', start);
    const refused = { code: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn}'` };
    await expect(cloud.call('StartExecution', { ...start, input: '{}' })).rejects.toMatchObject(refused);
    await cloud.clock.advance(61_000);
    await expect(cloud.call('StartExecution', start)).rejects.toMatchObject(refused);
  });

  test('a name is free again 90 days after its execution closed', async () => {
    const cloud = new Cloud();
    cloud.states.start?.();
    const arn = await cloud.create(pass);
    await cloud.start(arn, {}, 'again');
    await cloud.clock.advance(89 * 86_400_000);
    await expect(cloud.start(arn, {}, 'again')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await cloud.clock.advance(3 * 86_400_000);
    await expect(cloud.start(arn, {}, 'again')).resolves.toContain(':again');
  });

  test('EXPRESS is not idempotent', async () => {
    const cloud = new Cloud();
    const arn = await cloud.create(pass, { type: 'EXPRESS' });
    expect(await cloud.start(arn, {}, 'same')).not.toBe(await cloud.start(arn, {}, 'same'));
  });

  test.each(['42', '"x"', 'null', '[]'])('takes any JSON as input: %s', async (input) => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(pass);
    const { executionArn } = await cloud.call<{ executionArn: string }>('StartExecution', { stateMachineArn, input });
    await cloud.clock.settle();
    expect((await cloud.describe(executionArn)).output).toBe(input);
  });

  test.each([
    ['an empty input', { input: '' }, 'InvalidExecutionInput'],
    ['an input that is not JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['a name with a colon', { name: 'a:b' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'x'.repeat(81) }, 'InvalidName'],
    ['an input over 256 KiB', { input: JSON.stringify('x'.repeat(262_144)) }, 'ValidationException'],
  ])('refuses %s', async (_case, more, code) => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(pass);
    await expect(cloud.call('StartExecution', { stateMachineArn, ...more })).rejects.toMatchObject({ code });
  });

  test('refuses a machine that is not there', async () => {
    const stateMachineArn = 'arn:aws:states:us-east-1:111111111111:stateMachine:none';
    await expect(new Cloud().call('StartExecution', { stateMachineArn })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
    });
  });

  test('asks for the permission', async () => {
    const cloud = new Cloud();
    cloud.denied.add('states:StartExecution');
    const stateMachineArn = await cloud.create(pass);
    await expect(cloud.call('StartExecution', { stateMachineArn }, role)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });
});

describe('StopExecution', () => {
  test('ends the execution as ABORTED with the reason given, once', async () => {
    const cloud = new Cloud();
    const arn = await cloud.start(await cloud.create(waiting));
    await cloud.clock.advance(5000);
    const stopped = await cloud.call('StopExecution', { executionArn: arn, error: 'Canceled', cause: 'by hand' });
    await cloud.clock.advance(120_000);
    expect(await cloud.call('StopExecution', { executionArn: arn })).toEqual(stopped);
    expect(await cloud.describe(arn)).toMatchObject({ status: 'ABORTED', error: 'Canceled', cause: 'by hand' });
    expect(await cloud.eventTypes(arn)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
  });
});

describe('EXPRESS', () => {
  test('StartSyncExecution answers with the output', async () => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(pass, { type: 'EXPRESS' });
    const answer = await cloud.call('StartSyncExecution', { stateMachineArn, input: '{"a":1}' });
    expect(answer).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}', stateMachineArn });
  });

  test('a STANDARD machine has no synchronous execution', async () => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(pass);
    await expect(cloud.call('StartSyncExecution', { stateMachineArn })).rejects.toMatchObject({
      code: 'StateMachineTypeNotSupported',
    });
  });

  test('ends after five minutes', async () => {
    const cloud = new Cloud();
    const definition = machine({ W: { Type: 'Wait', Seconds: 301, End: true } });
    const arn = await cloud.start(await cloud.create(definition, { type: 'EXPRESS' }));
    await cloud.clock.advance(400_000);
    const { status, startDate, stopDate } = await cloud.describe(arn);
    expect({ status, seconds: (stopDate ?? 0) - startDate }).toEqual({ status: 'TIMED_OUT', seconds: 300 });
  });

  test('the operator may look at it, a role is refused as on AWS', async () => {
    const cloud = new Cloud();
    const executionArn = await cloud.start(await cloud.create(pass, { type: 'EXPRESS' }));
    await cloud.clock.settle();
    expect((await cloud.eventTypes(executionArn)).at(-1)).toBe('ExecutionSucceeded');
    await expect(cloud.call('DescribeExecution', { executionArn }, role)).rejects.toMatchObject({ code: 'InvalidArn' });
  });
});

describe('lists', () => {
  test('executions come newest first, in pages, by status', async () => {
    const cloud = new Cloud();
    const arn = await cloud.create(waiting);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await cloud.start(arn, {}, name);
      await cloud.clock.advance(20_000);
    }
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: { executions: { name: string }[]; nextToken?: string } = await cloud.call('ListExecutions', {
        stateMachineArn: arn,
        maxResults: 2,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      names.push(...page.executions.map(({ name }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(names).toEqual(['e', 'd', 'c', 'b', 'a']);
    const running = { stateMachineArn: arn, statusFilter: 'RUNNING' };
    const { executions } = await cloud.call<{ executions: { name: string }[] }>('ListExecutions', running);
    expect(executions.map(({ name }) => name)).toEqual(['e', 'd']);
  });

  test('history comes in pages and in reverse order, of a running execution too', async () => {
    const cloud = new Cloud();
    const arn = await cloud.start(await cloud.create(waiting));
    await cloud.clock.advance(1000);
    const types = async (more: object) => {
      const page = await cloud.call<{ events: { type: string }[]; nextToken?: string }>('GetExecutionHistory', {
        executionArn: arn,
        maxResults: 1,
        ...more,
      });
      return { types: page.events.map(({ type }) => type), nextToken: page.nextToken };
    };
    const first = await types({});
    expect(first.types).toEqual(['ExecutionStarted']);
    expect(await types({ nextToken: first.nextToken })).toEqual({ types: ['WaitStateEntered'], nextToken: undefined });
    expect((await types({ reverseOrder: true })).types).toEqual(['WaitStateEntered']);
  });

  test('history can come without the data', async () => {
    const cloud = new Cloud();
    const executionArn = await cloud.start(await cloud.create(pass), { secret: 1 });
    await cloud.clock.settle();
    const answer = await cloud.call('GetExecutionHistory', { executionArn, includeExecutionData: false });
    expect(JSON.stringify(answer)).toContain('"name":"P"');
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('a member that this machine does not honor is refused', async () => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(pass);
    await expect(cloud.call('ListExecutions', { stateMachineArn, redriveFilter: 'REDRIVEN' })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('redriveFilter'),
    });
  });

  test('state machines are listed and described', async () => {
    const cloud = new Cloud();
    const arn = await cloud.create(pass, { name: 'one' });
    await cloud.create(pass, { name: 'two', type: 'EXPRESS' });
    const { stateMachines } = await cloud.call<{ stateMachines: { name: string; type: string }[] }>(
      'ListStateMachines',
      {},
    );
    expect(stateMachines.map(({ name, type }) => [name, type])).toEqual([
      ['one', 'STANDARD'],
      ['two', 'EXPRESS'],
    ]);
    const described = await cloud.call<{ definition: string }>('DescribeStateMachine', { stateMachineArn: arn });
    expect(JSON.parse(described.definition)).toEqual(pass);
  });
});

describe('integrations', () => {
  const task = (Resource: string, Arguments: object) =>
    machine({ T: { Type: 'Task', Resource, Arguments, End: true } });

  test('putEvents: detail as text, the execution and its machine among the resources; a failed entry fails the task', async () => {
    const cloud = new Cloud();
    let answer: object = { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] };
    cloud.services.set('events:PutEvents', () => answer);
    const entries = [{ Source: 'oms', DetailType: 'order.placed', Detail: { id: '{% $states.input.id %}' } }];
    const definition = task('arn:aws:states:::events:putEvents', { Entries: entries });
    const { arn, result } = await cloud.run(definition, { id: 'O1' });
    expect(result).toEqual(answer);
    const resources = [arn, 'arn:aws:states:us-east-1:111111111111:stateMachine:machine'];
    expect(cloud.calls[0]?.input.Entries).toEqual([{ ...entries[0], Detail: '{"id":"O1"}', Resources: resources }]);
    answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttled' }] };
    const failed = await cloud.describe(await startAgain(cloud, definition));
    expect(failed.error).toBe('EventBridge.FailedEntry');
    expect(JSON.parse(failed.cause ?? '')).toEqual(answer);
  });

  async function startAgain(cloud: Cloud, definition: unknown): Promise<string> {
    const arn = await cloud.start(await cloud.create(definition, { name: 'again' }), { id: 'O2' });
    await cloud.clock.settle();
    return arn;
  }

  test('an optimized call has an envelope, an SDK call has not; the role of the machine asks', async () => {
    const cloud = new Cloud();
    cloud.services.set('dynamodb:GetItem', () => ({ Item: { pk: { S: 'a' } } }));
    const key = { TableName: 't', Key: { pk: { S: 'a' } } };
    const optimized = await cloud.run(task('arn:aws:states:::dynamodb:getItem', key));
    expect(Object.keys(optimized.result as object)).toEqual(['Item', 'SdkHttpMetadata', 'SdkResponseMetadata']);
    expect(cloud.calls[0]).toMatchObject({
      operation: 'GetItem',
      input: key,
      principal: {
        kind: 'role',
        arn: 'arn:aws:iam::111111111111:role/machine',
        session: optimized.arn.split(':').at(-1),
      },
    });
    const other = new Cloud();
    other.services.set('dynamodb:GetItem', () => ({ Item: { pk: { S: 'a' } } }));
    expect((await other.run(task('arn:aws:states:::aws-sdk:dynamodb:getItem', key))).result).toEqual({
      Item: { pk: { S: 'a' } },
    });
  });

  test('sendMessage takes an object as body', async () => {
    const cloud = new Cloud();
    cloud.services.set('sqs:SendMessage', () => ({ MessageId: 'm1', MD5OfMessageBody: 'x' }));
    const { result } = await cloud.run(
      task('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'q', MessageBody: { a: 1 } }),
    );
    expect(result).toMatchObject({ MessageId: 'm1' });
    expect(cloud.calls[0]?.input).toEqual({ QueueUrl: 'q', MessageBody: '{"a":1}' });
  });

  test('a machine starts another, optimized and through the SDK', async () => {
    const cloud = new Cloud();
    const child = await cloud.create(pass, { name: 'child' });
    const optimized = await cloud.run(
      task('arn:aws:states:::states:startExecution', { StateMachineArn: child, Name: 'one', Input: { a: 1 } }),
    );
    expect(optimized.result).toMatchObject({ ExecutionArn: `${child.replace('stateMachine', 'execution')}:one` });
    const sdk = { StateMachineArn: child, Name: 'two', Input: '{"a":2}' };
    const definition = task('arn:aws:states:::aws-sdk:sfn:startExecution', sdk);
    const { output } = await cloud.describe(await startAgain(cloud, definition));
    expect(JSON.parse(output ?? '')).toEqual({
      ExecutionArn: `${child.replace('stateMachine', 'execution')}:two`,
      StartDate: expect.stringMatching(/^2026-01-05T/),
    });
    expect((await cloud.describe(`${child.replace('stateMachine', 'execution')}:two`)).output).toBe('{"a":2}');
    const twice = await cloud.start(await cloud.create(definition, { name: 'twice' }));
    await cloud.clock.settle();
    expect((await cloud.describe(twice)).error).toBe('Sfn.ExecutionAlreadyExistsException');
  });

  test('lambda:invoke gives the parsed payload in its envelope', async () => {
    const cloud = new Cloud();
    const echo: Behavior = (event) => ({ got: event });
    cloud.function('echo', echo);
    const { result } = await cloud.run(
      task('arn:aws:states:::lambda:invoke', { FunctionName: 'echo', Payload: { order: '{% $states.input.order %}' } }),
      { order: 'O1' },
    );
    expect(result).toMatchObject({ ExecutedVersion: '$LATEST', StatusCode: 200, Payload: { got: { order: 'O1' } } });
  });
});

describe('limits', () => {
  test('an endless loop ends at 25,000 events', async () => {
    const cloud = new Cloud();
    const loop = machine({
      A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.stop = 1 %}', Next: 'Z' }], Default: 'B' },
      B: { Type: 'Pass', Next: 'A' },
      Z: { Type: 'Succeed' },
    });
    const arn = await cloud.start(await cloud.create(loop));
    await cloud.clock.settle();
    expect(await cloud.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    const { events } = await cloud.call<{ events: { id: number }[] }>('GetExecutionHistory', {
      executionArn: arn,
      reverseOrder: true,
      maxResults: 1,
    });
    expect(events[0]?.id).toBe(25_000);
  });
});

describe('the resource of the template', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of a definition substitution
  const placeholder = '${Fn}';

  test('takes its definition from the asset, with substitutions, and keeps its name over restarts', async () => {
    const raw = JSON.stringify(machine({ T: { Type: 'Task', Resource: placeholder, End: true } }));
    const cloud = new Cloud({ readAsset: () => raw });
    const fn = cloud.function('f', () => 'ran');
    const resource = (values: object) => ({
      logicalId: 'PlaceOrder',
      type: 'AWS::StepFunctions::StateMachine',
      stackName: 'Oms',
      properties: {
        RoleArn: 'arn:aws:iam::111111111111:role/r',
        DefinitionS3Location: { Bucket: 'assets', Key: 'a.json' },
        DefinitionSubstitutions: values,
      },
    });
    const [handler] = cloud.states.resources;
    const provisioned = await cloud.storage.write(() => handler?.provision(resource({ Fn: fn })));
    expect(provisioned?.attributes).toMatchObject({
      Arn: provisioned?.ref,
      Name: expect.stringMatching(/^PlaceOrder-[0-9a-f]{8}$/),
    });
    const again = await cloud.storage.write(() => handler?.provision(resource({ Fn: fn })));
    expect(again).toEqual(provisioned);
    const arn = await cloud.start(provisioned?.ref ?? '');
    await cloud.clock.settle();
    expect((await cloud.describe(arn)).output).toBe('"ran"');
    await expect(cloud.storage.write(() => handler?.provision(resource({})))).rejects.toThrow(placeholder);
  });
});
