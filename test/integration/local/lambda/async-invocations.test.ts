import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operator, type Principal } from '../../../../local/kernel/kernel.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import { Bundles, lambdaForTests, printed, provisionFunction, ROLE, type TestLambda } from './lambda-for-tests.ts';

let kernel: TestKernel;
let lambda: TestLambda;
let bundles: Bundles;
let sent: { operation: string; input: Record<string, unknown>; principal: Principal }[];

const MINUTE = 60_000;
const DEAD = 'arn:aws:sqs:eu-west-1:111122223333:dead';
const BUS = 'arn:aws:events:eu-west-1:111122223333:event-bus/batuta';
/** Fails while the event says so, and prints at which minute it ran. */
const SOURCE = `let runs = 0; const start = Date.parse('2026-01-05T09:00:00Z');
  exports.handler = async (event) => {
    runs += 1; console.log(runs + '@' + (Date.now() - start) / 60000);
    if (runs <= event.failures) throw new Error('not yet');
    return 'done';
  };`;

function open(directory?: string): void {
  kernel = kernelForTests(directory);
  const sink = {
    call: async (operation: string, input: unknown, principal: Principal) => {
      sent.push({ operation, input: input as Record<string, unknown>, principal });
      return { FailedEntryCount: 0 };
    },
  };
  kernel.services.set('sqs', sink);
  kernel.services.set('events', sink);
  lambda = lambdaForTests(kernel, bundles, { inProcess: true });
}

beforeEach(() => {
  sent = [];
  bundles = new Bundles();
  open();
});
afterEach(async () => {
  await lambda.stop();
  bundles.remove();
});

const add = (more: object = {}) => provisionFunction(kernel, lambda, bundles, 'later', SOURCE, more);
const send = (event: unknown) =>
  lambda.call('Invoke', { FunctionName: 'later', InvocationType: 'Event', Payload: JSON.stringify(event) }, operator);
const configure = (more: object) =>
  kernel.provision(lambda, 'AWS::Lambda::EventInvokeConfig', 'Config', {
    FunctionName: 'later',
    Qualifier: '$LATEST',
    ...more,
  });

test('an event is answered with 202 and run behind it', async () => {
  add();
  expect(await send({ failures: 0 })).toEqual({ StatusCode: 202, ExecutedVersion: '$LATEST', Payload: '' });
  await kernel.clock.settle();
  expect(printed(lambda, 'later')).toEqual(['1@0']);
});

test('a failure is retried after one and after two more minutes, then goes to the dead letter queue', async () => {
  add({ DeadLetterConfig: { TargetArn: DEAD } });
  await send({ failures: 9 });
  await kernel.clock.advance(60 * MINUTE);
  expect(printed(lambda, 'later')).toEqual(['1@0', '2@1', '3@3']);
  expect(sent).toEqual([
    {
      operation: 'SendMessage',
      principal: { kind: 'role', arn: ROLE, session: 'later' },
      input: {
        QueueUrl: 'http://127.0.0.1:4566/111122223333/dead',
        MessageBody: '{"failures":9}',
        MessageAttributes: {
          RequestID: { DataType: 'String', StringValue: expect.any(String) },
          ErrorCode: { DataType: 'String', StringValue: '200' },
          ErrorMessage: { DataType: 'String', StringValue: 'not yet' },
        },
      },
    },
  ]);
});

test('a retry that succeeds tells the success destination, with the answer', async () => {
  add();
  configure({ DestinationConfig: { OnSuccess: { Destination: BUS }, OnFailure: { Destination: DEAD } } });
  await send({ failures: 1 });
  await kernel.clock.advance(60 * MINUTE);
  expect(sent.map(({ operation }) => operation)).toEqual(['PutEvents']);
  const [entry] = sent[0]!.input.Entries as [Record<string, string>];
  expect(entry).toMatchObject({
    Source: 'lambda',
    DetailType: 'Lambda Function Invocation Result - Success',
    EventBusName: BUS,
  });
  expect(JSON.parse(entry.Detail!)).toMatchObject({
    requestContext: { condition: 'Success', approximateInvokeCount: 2 },
    requestPayload: { failures: 1 },
    responsePayload: 'done',
  });
});

test('without retries the first failure goes to the failure destination', async () => {
  add();
  configure({ MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: DEAD } } });
  await send({ failures: 9 });
  await kernel.clock.advance(60 * MINUTE);
  expect(printed(lambda, 'later')).toEqual(['1@0']);
  expect(JSON.parse(String(sent[0]!.input.MessageBody))).toMatchObject({
    requestContext: {
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:later:$LATEST',
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    },
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    responsePayload: { errorType: 'Error', errorMessage: 'not yet' },
  });
});

test('an event that grew too old is not tried again', async () => {
  add();
  configure({ MaximumEventAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: DEAD } } });
  await send({ failures: 9 });
  await kernel.clock.advance(60 * MINUTE);
  // The retry at one minute is within the age, the one at three minutes is not.
  expect(printed(lambda, 'later')).toEqual(['1@0', '2@1']);
  expect(JSON.parse(String(sent[0]!.input.MessageBody))).toMatchObject({
    requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
  });
});

test('a throttled event waits its turn without losing a retry', async () => {
  add({ ReservedConcurrentExecutions: 0, DeadLetterConfig: { TargetArn: DEAD } });
  await send({ failures: 0 });
  await kernel.clock.advance(60 * MINUTE);
  expect(printed(lambda, 'later')).toEqual([]);
  expect(sent).toEqual([]);
  add();
  await kernel.clock.advance(5 * MINUTE);
  expect(printed(lambda, 'later')).toHaveLength(1);
});

test('a destination that refuses is tried until it takes the record', async () => {
  add({ DeadLetterConfig: { TargetArn: DEAD } });
  kernel.services.delete('sqs');
  await send({ failures: 9 });
  await kernel.clock.advance(10 * MINUTE);
  expect(kernel.reports.length).toBeGreaterThan(3);
  kernel.services.set('sqs', {
    call: async (operation, input, principal) =>
      void sent.push({ operation, input: input as Record<string, unknown>, principal }),
  });
  await kernel.clock.advance(MINUTE);
  expect(sent).toHaveLength(1);
});

test('an event that waits for its retry survives a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-lambda-data-'));
  open(directory);
  add();
  await send({ failures: 1 });
  await kernel.clock.advance(MINUTE / 2);
  await lambda.stop();
  await kernel.storage.close();

  open(directory);
  add();
  lambda.start();
  await kernel.clock.advance(5 * MINUTE);
  expect(printed(lambda, 'later')).toHaveLength(2);
  await lambda.stop();
  await kernel.storage.close();
  rmSync(directory, { recursive: true });
});
