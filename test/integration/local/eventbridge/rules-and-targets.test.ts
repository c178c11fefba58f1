import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEventBridge } from '../../../../local/eventbridge/service.ts';
import { AwsError } from '../../../../local/kernel/errors.ts';
import { operator } from '../../../../local/kernel/kernel.ts';
import { createSqs } from '../../../../local/sqs/service.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';

const BUS = 'batuta-test';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:subscriber';
const ROLE = 'arn:aws:iam::111122223333:role/start';

interface Received {
  Body: string;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

/** A cloud of a bus, a queue, a dead letter queue and whatever other services the test puts in. */
function cloud(directory?: string, start?: number) {
  const kernel = kernelForTests(directory, start);
  const sqs = createSqs(kernel);
  const events = createEventBridge(kernel, sqs);
  kernel.services.set('sqs', sqs);
  const queue = kernel.provision(sqs, 'AWS::SQS::Queue', 'Queue', { QueueName: 'subscriber' });
  const dead = kernel.provision(sqs, 'AWS::SQS::Queue', 'Dead', { QueueName: 'dead' });
  kernel.provision(events, 'AWS::Events::EventBus', 'Bus', { Name: BUS });
  return {
    kernel,
    events,
    queue,
    dead,
    rule: (logicalId: string, properties: object) =>
      kernel.provision(events, 'AWS::Events::Rule', logicalId, { EventBusName: BUS, Name: logicalId, ...properties }),
    put: (detail: object, more: object = {}) =>
      events.call(
        'PutEvents',
        {
          Entries: [
            {
              EventBusName: BUS,
              Source: 'oms.orders',
              DetailType: 'order.placed.v1',
              Detail: JSON.stringify(detail),
              ...more,
            },
          ],
        },
        operator,
      ),
    async receive(QueueUrl: string): Promise<Received[]> {
      const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      const answer = (await sqs.call('ReceiveMessage', input, operator)) as { Messages?: Received[] };
      return answer.Messages ?? [];
    },
  };
}

describe('a bus', () => {
  let kernel: TestKernel;
  let at: ReturnType<typeof cloud>;

  beforeEach(() => {
    at = cloud();
    kernel = at.kernel;
    at.events.start?.();
  });

  test('puts an event into the queue of a rule that matches, and of no other', async () => {
    at.rule('Placed', {
      EventPattern: { 'detail-type': ['order.placed.v1'] },
      Targets: [{ Id: 'q', Arn: at.queue.attributes.Arn }],
    });
    at.rule('Shipped', {
      EventPattern: { 'detail-type': ['order.shipped.v1'] },
      Targets: [{ Id: 'q', Arn: at.queue.attributes.Arn }],
    });
    const answer = await at.put({ id: 'evt_1' });
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    const messages = await at.receive(at.queue.ref);
    expect(messages.map(({ Body }) => JSON.parse(Body))).toEqual([
      {
        version: '0',
        id: (answer as { Entries: { EventId: string }[] }).Entries[0]?.EventId,
        'detail-type': 'order.placed.v1',
        source: 'oms.orders',
        account: '111122223333',
        time: '2026-01-05T09:00:00Z',
        region: 'eu-west-1',
        resources: [],
        detail: { id: 'evt_1' },
      },
    ]);
    expect(kernel.asked).toContainEqual({
      principal: {
        kind: 'service',
        service: 'events.amazonaws.com',
        sourceArn: `arn:aws:events:eu-west-1:111122223333:rule/${BUS}/Placed`,
      },
      action: 'sqs:SendMessage',
      resource: at.queue.attributes.Arn,
    });
  });

  test('refuses bad entries one by one, and takes those for a bus that does not exist for lost', async () => {
    const entry = { EventBusName: BUS, Source: 'oms', DetailType: 'x', Detail: '{}' };
    const answer = await at.events.call(
      'PutEvents',
      {
        Entries: [
          entry,
          { ...entry, Source: undefined },
          { ...entry, Detail: '[1]' },
          { ...entry, Source: 'aws.s3' },
          { ...entry, EventBusName: 'nowhere' },
        ],
      },
      operator,
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'InvalidArgument' },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'NotAuthorizedForSourceException' },
        { EventId: expect.any(String) },
      ],
    });
    expect(kernel.reports).toMatchObject([{ error: { message: expect.stringContaining('nowhere does not exist') } }]);
    const eleven = Array.from({ length: 11 }, () => entry);
    await expect(at.events.call('PutEvents', { Entries: eleven }, operator)).rejects.toThrow(
      'less than or equal to 10',
    );
    const large = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(1_048_576) }) };
    await expect(at.events.call('PutEvents', { Entries: [large] }, operator)).rejects.toThrow('over the limit');
  });

  test('asks who may put events with the source and the detail type', async () => {
    kernel.deny = ({ context }) => context?.['events:source'] === 'oms.payments';
    await at.put({});
    await expect(at.put({}, { Source: 'oms.payments' })).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  test('shapes the input of a target by constant, path and transformer', async () => {
    const target = { Arn: at.queue.attributes.Arn };
    at.rule('Shapes', {
      EventPattern: { source: ['oms.orders'] },
      Targets: [
        { Id: 'constant', ...target, Input: '{"fixed":true}' },
        { Id: 'path', ...target, InputPath: '$.detail.lines[1]' },
        {
          Id: 'template',
          ...target,
          InputTransformer: {
            InputPathsMap: { order: '$.detail.order', lines: '$.detail.lines', none: '$.detail.none' },
            InputTemplate:
              '{"text":"order <order> of <aws.events.rule-name>: <lines>","lines":<lines>,"none":"<none>"}',
          },
        },
      ],
    });
    await at.put({ order: 'a "quoted" one', lines: [{ sku: 'A' }, { sku: 'B' }] });
    const bodies = (await at.receive(at.queue.ref)).map(({ Body }) => JSON.parse(Body));
    expect(bodies).toEqual([
      { fixed: true },
      { sku: 'B' },
      {
        text: 'order a "quoted" one of Shapes: [{"sku":"A"},{"sku":"B"}]',
        lines: [{ sku: 'A' }, { sku: 'B' }],
        none: '',
      },
    ]);
  });

  test('invokes functions and starts executions, each as who may', async () => {
    const calls: unknown[] = [];
    const record = { call: async (...call: unknown[]) => calls.push(call) };
    kernel.services.set('lambda', record).set('states', record);
    const machine = 'arn:aws:states:eu-west-1:111122223333:stateMachine:notify';
    at.rule('Both', {
      EventPattern: { source: ['oms.orders'] },
      Targets: [
        { Id: 'f', Arn: FUNCTION, Input: '{"a":1}' },
        { Id: 's', Arn: machine, RoleArn: ROLE, Input: '{"b":2}' },
      ],
    });
    await at.put({});
    await kernel.clock.settle();
    const sourceArn = `arn:aws:events:eu-west-1:111122223333:rule/${BUS}/Both`;
    expect(calls).toEqual([
      [
        'Invoke',
        { FunctionName: FUNCTION, InvocationType: 'Event', Payload: '{"a":1}' },
        { kind: 'service', service: 'events.amazonaws.com', sourceArn },
      ],
      ['StartExecution', { stateMachineArn: machine, input: '{"b":2}' }, { kind: 'role', arn: ROLE, session: 'Both' }],
    ]);
  });

  test('tries again with growing pauses, then hands the event to the dead letter queue with the reasons', async () => {
    const attempts: number[] = [];
    kernel.services.set('lambda', {
      async call() {
        attempts.push(kernel.clock.now());
        throw new AwsError('ServiceException', 'down', 500);
      },
    });
    at.rule('Failing', {
      EventPattern: { source: ['oms.orders'] },
      Targets: [
        {
          Id: 'f',
          Arn: FUNCTION,
          InputPath: '$.detail',
          RetryPolicy: { MaximumRetryAttempts: 2 },
          DeadLetterConfig: { Arn: at.dead.attributes.Arn },
        },
      ],
    });
    const start = kernel.clock.now();
    await at.put({ id: 'evt_9' });
    await kernel.clock.advance(60_000);
    expect(attempts.map((time) => time - start)).toEqual([0, 1_000, 3_000]);
    const [message] = await at.receive(at.dead.ref);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ detail: { id: 'evt_9' } });
    expect(message?.MessageAttributes).toMatchObject({
      RULE_ARN: { StringValue: `arn:aws:events:eu-west-1:111122223333:rule/${BUS}/Failing` },
      TARGET_ARN: { StringValue: FUNCTION },
      ERROR_CODE: { StringValue: 'ERROR_FROM_TARGET' },
      ERROR_MESSAGE: { StringValue: 'down' },
      RETRY_ATTEMPTS: { StringValue: '2' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
    });
    expect(kernel.reports).toHaveLength(1);
  });

  test('gives up at once on a queue that its policy does not open to the rule', async () => {
    kernel.deny = ({ principal, resource }) => principal.kind === 'service' && resource === at.queue.attributes.Arn;
    at.rule('Denied', {
      EventPattern: { source: ['oms.orders'] },
      Targets: [{ Id: 'q', Arn: at.queue.attributes.Arn, DeadLetterConfig: { Arn: at.dead.attributes.Arn } }],
    });
    await at.put({});
    await kernel.clock.settle();
    expect(await at.receive(at.queue.ref)).toEqual([]);
    const [message] = await at.receive(at.dead.ref);
    expect(message?.MessageAttributes).toMatchObject({
      ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
      RETRY_ATTEMPTS: { StringValue: '0' },
    });
  });

  test('passes an event on to another bus with its id', async () => {
    kernel.provision(at.events, 'AWS::Events::EventBus', 'Other', { Name: 'other' });
    at.rule('Forward', {
      EventPattern: { source: ['oms.orders'] },
      Targets: [{ Id: 'b', Arn: 'arn:aws:events:eu-west-1:111122223333:event-bus/other', RoleArn: ROLE }],
    });
    at.rule('There', {
      EventBusName: 'other',
      EventPattern: { source: ['oms.orders'] },
      Targets: [{ Id: 'q', Arn: at.queue.attributes.Arn }],
    });
    const answer = (await at.put({})) as { Entries: { EventId: string }[] };
    await kernel.clock.settle();
    const [message] = await at.receive(at.queue.ref);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ id: answer.Entries[0]?.EventId });
  });

  test('replays an archive to the rules that are named, marked, and does not archive it twice', async () => {
    const { attributes } = kernel.provision(at.events, 'AWS::Events::Archive', 'Kept', {
      ArchiveName: 'kept',
      SourceArn: `arn:aws:events:eu-west-1:111122223333:event-bus/${BUS}`,
      EventPattern: { source: ['oms.orders'] },
      RetentionDays: 30,
    });
    const EventPattern = { source: ['oms.orders'] };
    const projection = at.rule('Projection', { EventPattern, Targets: [{ Id: 'q', Arn: at.queue.attributes.Arn }] });
    at.rule('Mails', { EventPattern, Targets: [{ Id: 'q', Arn: at.dead.attributes.Arn }] });
    const from = kernel.clock.now();
    for (const id of ['a', 'b']) await at.put({ id });
    await kernel.clock.advance(60_000);
    await at.put({ id: 'too late' });
    expect(await at.receive(at.queue.ref)).toHaveLength(3);
    expect(await at.receive(at.dead.ref)).toHaveLength(3);

    await at.events.call(
      'StartReplay',
      {
        ReplayName: 'again',
        EventSourceArn: attributes.Arn,
        EventStartTime: from / 1000,
        EventEndTime: from / 1000 + 30,
        Destination: {
          Arn: `arn:aws:events:eu-west-1:111122223333:event-bus/${BUS}`,
          FilterArns: [projection.attributes.Arn],
        },
      },
      operator,
    );
    await kernel.clock.settle();
    expect((await at.receive(at.queue.ref)).map(({ Body }) => JSON.parse(Body))).toMatchObject([
      { detail: { id: 'a' }, 'replay-name': 'again' },
      { detail: { id: 'b' }, 'replay-name': 'again' },
    ]);
    expect(await at.receive(at.dead.ref)).toEqual([]);
    expect(await at.events.call('DescribeReplay', { ReplayName: 'again' }, operator)).toMatchObject({
      State: 'COMPLETED',
    });
    expect(await at.events.call('DescribeArchive', { ArchiveName: 'kept' }, operator)).toMatchObject({ EventCount: 3 });
  });

  test('refuses rules that it could not carry out', () => {
    const EventPattern = { source: ['x'] };
    const target = (Arn: string) => () => at.rule('Bad', { EventPattern, Targets: [{ Id: 't', Arn }] });
    expect(target('arn:aws:kinesis:eu-west-1:111122223333:stream/s')).toThrow('delivers no events to');
    expect(target('arn:aws:states:eu-west-1:111122223333:stateMachine:m')).toThrow('RoleArn is required');
    expect(() => at.rule('Bad', { EventPattern: { source: [] } })).toThrow('Empty arrays are not allowed');
    expect(() => at.rule('Bad', {})).toThrow('EventPattern or ScheduleExpression');
  });

  test('a scheduled rule of the default bus fires by the clock', async () => {
    at.rule('Nightly', {
      EventBusName: undefined,
      ScheduleExpression: 'cron(30 2 * * ? *)',
      Targets: [{ Id: 'q', Arn: at.queue.attributes.Arn }],
    });
    await kernel.clock.advance(2 * 86_400_000);
    expect((await at.receive(at.queue.ref)).map(({ Body }) => JSON.parse(Body))).toMatchObject([
      { 'detail-type': 'Scheduled Event', source: 'aws.events', time: '2026-01-06T02:30:00Z', detail: {} },
      { time: '2026-01-07T02:30:00Z' },
    ]);
  });
});

describe('a restart', () => {
  const directory = mkdtempSync(join(tmpdir(), 'events-'));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('goes on with the deliveries that were owed, and drops the rules that the template no longer has', async () => {
    const before = cloud(directory);
    const EventPattern = { source: ['oms.orders'] };
    before.rule('Kept', { EventPattern, Targets: [{ Id: 'f', Arn: FUNCTION, InputPath: '$.detail' }] });
    before.rule('Gone', { EventPattern, Targets: [{ Id: 'q', Arn: before.queue.attributes.Arn }] });
    // Not started: what is put stays owed, as if the process had died right after its answer.
    await before.put({ id: 'evt_1' });
    await before.kernel.storage.close();

    const after = cloud(directory, before.kernel.clock.now() + 5_000);
    const payloads: unknown[] = [];
    after.kernel.services.set('lambda', {
      call: async (_, input) => payloads.push((input as { Payload: string }).Payload),
    });
    after.rule('Kept', { EventPattern, Targets: [{ Id: 'f', Arn: FUNCTION, InputPath: '$.detail' }] });
    after.events.start?.();
    await after.kernel.clock.settle();
    expect(payloads).toEqual(['{"id":"evt_1"}']);
    expect(await after.receive(after.queue.ref)).toHaveLength(1);

    await after.put({ id: 'evt_2' });
    await after.kernel.clock.settle();
    expect(payloads).toEqual(['{"id":"evt_1"}', '{"id":"evt_2"}']);
    expect(await after.receive(after.queue.ref)).toEqual([]);
    await after.kernel.storage.close();
  });
});
