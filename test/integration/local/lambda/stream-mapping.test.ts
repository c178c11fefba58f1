import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StreamRecord, StreamSource } from '../../../../local/kernel/streams.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import { Bundles, lambdaForTests, printed, provisionFunction, ROLE, type TestLambda } from './lambda-for-tests.ts';

const STREAM = 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000';
const DEAD = 'arn:aws:sqs:eu-west-1:111122223333:dead';

/** A stream in memory. */
class MemoryStream implements StreamSource {
  readonly records: StreamRecord[] = [];
  #listeners = new Set<() => void>();

  append(seconds: number, ...items: { pk: string; sk: string; eventName?: StreamRecord['eventName'] }[]): void {
    for (const { pk, sk, eventName = 'INSERT' } of items) {
      const key = { pk: { S: pk }, sk: { S: sk } };
      this.records.push({
        eventID: `${this.records.length}`,
        eventName,
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        eventSourceARN: STREAM,
        dynamodb: {
          ApproximateCreationDateTime: seconds,
          Keys: key,
          NewImage: key,
          SequenceNumber: String(this.records.length + 1).padStart(21, '0'),
          SizeBytes: 10,
          StreamViewType: 'NEW_IMAGE',
        },
      });
    }
    for (const listener of this.#listeners) listener();
  }

  readStream(_arn: string, after: string | undefined, limit: number): StreamRecord[] {
    return this.records.filter(({ dynamodb }) => !after || dynamodb.SequenceNumber > after).slice(0, limit);
  }

  onStreamAppend(_arn: string, listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

let kernel: TestKernel;
let lambda: TestLambda;
let bundles: Bundles;
let stream: MemoryStream;
let sent: Record<string, unknown>[];

function open(directory?: string): void {
  kernel = kernelForTests(directory);
  const sink = { call: async (_operation: string, input: unknown) => void sent.push(input as Record<string, unknown>) };
  kernel.services.set('sqs', sink);
  kernel.services.set('s3', sink);
  lambda = lambdaForTests(kernel, bundles, { inProcess: true, streams: stream });
}

beforeEach(() => {
  sent = [];
  stream = new MemoryStream();
  bundles = new Bundles();
  open();
});
afterEach(async () => {
  await lambda.stop();
  bundles.remove();
});

/** Prints the sort keys of each batch; `bad` in a sort key fails the batch, or is reported if the function reports failures. */
const SOURCE = `exports.handler = async (event) => {
  const keys = event.Records.map((record) => record.dynamodb.Keys.sk.S);
  console.log(keys.join(' '));
  const bad = event.Records.filter((record) => record.dynamodb.Keys.sk.S.startsWith('bad'));
  if (process.env.REPORTS) return { batchItemFailures: bad.map((record) => ({ itemIdentifier: record.dynamodb.SequenceNumber })) };
  if (bad.length > 0) throw new Error('bad record');
};`;

function map(more: object = {}, functionSource = SOURCE, functionMore: object = {}): void {
  provisionFunction(kernel, lambda, bundles, 'publish', functionSource, functionMore);
  kernel.provision(lambda, 'AWS::Lambda::EventSourceMapping', 'Publish', {
    FunctionName: 'publish',
    EventSourceArn: STREAM,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    ...more,
  });
  lambda.start();
}
const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
const reports = { Environment: { Variables: { REPORTS: '1' } } };
const now = () => kernel.clock.now() / 1000;
const keys = (...names: string[]) => names.map((sk) => ({ pk: 'ORDER#1', sk }));
const batches = () => printed(lambda, 'publish');

test('TRIM_HORIZON begins with what is there, LATEST with what comes', async () => {
  stream.append(now(), ...keys('a', 'b'));
  kernel.provision(lambda, 'AWS::Lambda::EventSourceMapping', 'Other', {
    FunctionName: provisionFunction(kernel, lambda, bundles, 'latest', SOURCE).ref,
    EventSourceArn: STREAM,
    StartingPosition: 'LATEST',
  });
  map();
  await kernel.clock.settle();
  stream.append(now(), ...keys('c'));
  await kernel.clock.settle();
  expect(batches()).toEqual(['a b', 'c']);
  expect(printed(lambda, 'latest')).toEqual(['c']);
});

test('batches keep to the size, in order, and the next waits for the one before', async () => {
  map({ BatchSize: 2 });
  stream.append(now(), ...keys('a', 'b', 'c', 'd', 'e'));
  await kernel.clock.settle();
  expect(batches()).toEqual(['a b', 'c d', 'e']);
});

test('a batching window gathers records until it closes or the batch is full', async () => {
  map({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 });
  stream.append(now(), ...keys('a'));
  await kernel.clock.advance(3000);
  stream.append(now(), ...keys('b'));
  await kernel.clock.advance(1999);
  expect(batches()).toEqual([]);
  await kernel.clock.advance(1);
  expect(batches()).toEqual(['a b']);
  stream.append(now(), ...keys('c', 'd', 'e', 'f'));
  await kernel.clock.settle();
  expect(batches()).toEqual(['a b', 'c d e']);
});

test('filters let through what any of them matches', async () => {
  const pattern = (object: unknown) => ({ Pattern: JSON.stringify(object) });
  map({
    FilterCriteria: {
      Filters: [
        pattern({ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }] } } } }),
        pattern({ eventName: ['REMOVE'] }),
      ],
    },
  });
  stream.append(now(), ...keys('EVENT#1', 'HEAD'), { pk: 'x', sk: 'EVENT#2', eventName: 'MODIFY' });
  stream.append(now(), { pk: 'x', sk: 'LINES', eventName: 'REMOVE' });
  await kernel.clock.settle();
  expect(batches().join(' ')).toBe('EVENT#1 LINES');
});

test('a failed batch is retried with growing waits and holds up what comes after it', async () => {
  map(
    {},
    `let runs = 0; exports.handler = async (event) => {
       console.log(Date.now() / 1000 % 60, event.Records.map((record) => record.dynamodb.Keys.sk.S).join(' '));
       if (++runs < 4) throw new Error('outage');
     };`,
  );
  stream.append(now(), ...keys('a'));
  await kernel.clock.settle();
  stream.append(now(), ...keys('b'));
  await kernel.clock.advance(60_000);
  expect(batches()).toEqual(['0 a', '1 a', '3 a', '7 a', '7 b']);
});

test('what exhausts its retries goes to the failure queue as a pointer into the stream', async () => {
  map({ MaximumRetryAttempts: 2, DestinationConfig: { OnFailure: { Destination: DEAD } } });
  stream.append(now(), ...keys('bad', 'a'));
  await kernel.clock.settle();
  stream.append(now(), ...keys('b'));
  await kernel.clock.advance(60_000);
  expect(batches()).toEqual(['bad a', 'bad a', 'bad a', 'b']);
  expect(sent).toHaveLength(1);
  expect(JSON.parse(String(sent[0]!.MessageBody))).toEqual({
    version: '1.0',
    timestamp: '2026-01-05T09:00:03.000Z',
    requestContext: {
      requestId: expect.any(String),
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:publish',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    DDBStreamBatchInfo: {
      shardId: expect.stringMatching(/^shardId-/),
      startSequenceNumber: '000000000000000000001',
      endSequenceNumber: '000000000000000000002',
      approximateArrivalOfFirstRecord: '2026-01-05T09:00:00.000Z',
      approximateArrivalOfLastRecord: '2026-01-05T09:00:00.000Z',
      batchSize: 2,
      streamArn: STREAM,
    },
  });
});

test('a bucket gets the records themselves', async () => {
  map({ MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } } });
  stream.append(now(), ...keys('bad'));
  await kernel.clock.settle();
  expect(sent[0]).toMatchObject({
    Bucket: 'failures',
    Key: expect.stringMatching(/^aws\/lambda\/[0-9a-f-]{36}\/shardId-\d+-\d+\/2026\/01\/05\/2026-01-05T09\.00\.00-/),
  });
  const { payload } = JSON.parse(String(sent[0]!.Body));
  expect(JSON.parse(payload).Records[0].dynamodb.Keys.sk.S).toBe('bad');
});

test('bisecting isolates the bad record: the others get through', async () => {
  map({
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: DEAD } },
  });
  stream.append(now(), ...keys('a', 'b', 'bad', 'd'));
  await kernel.clock.advance(60_000);
  expect(batches()).toEqual(['a b bad d', 'a b', 'bad d', 'bad', 'bad', 'd']);
  expect(JSON.parse(String(sent[0]!.MessageBody)).DDBStreamBatchInfo).toMatchObject({ batchSize: 1 });
});

test('reported failures: the batch goes on from the lowest of them', async () => {
  map({ ...reporting, MaximumRetryAttempts: 1 }, SOURCE, reports);
  stream.append(now(), ...keys('a', 'b', 'bad1', 'd', 'bad2'));
  await kernel.clock.advance(60_000);
  // The first attempt moves on to bad1; the second is its one retry; then the rest of the batch is given up with it, as on AWS.
  expect(batches()).toEqual(['a b bad1 d bad2', 'bad1 d bad2']);
  expect(kernel.reports.some(({ error }) => String(error).includes('given up'))).toBe(true);
});

test('reported failures with bisect: what is good behind the bad record gets through', async () => {
  map({ ...reporting, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 }, SOURCE, reports);
  stream.append(now(), ...keys('a', 'bad', 'c'));
  await kernel.clock.advance(60_000);
  expect(batches()).toEqual(['a bad c', 'bad c', 'bad', 'bad', 'c']);
});

test('a record that grew too old while it failed is given up', async () => {
  map({ MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: DEAD } } });
  stream.append(now(), ...keys('bad'));
  await kernel.clock.advance(30_000);
  expect(sent).toHaveLength(0);
  await kernel.clock.advance(60_000);
  expect(JSON.parse(String(sent[0]!.MessageBody)).requestContext).toMatchObject({ condition: 'RecordAgeExceeded' });
});

test('with a parallelization factor one item stays in order while others pass it', async () => {
  map(
    { ParallelizationFactor: 10, BatchSize: 1 },
    `exports.handler = async (event) => {
       const { pk, sk } = event.Records[0].dynamodb.Keys;
       if (sk.S === 'slow') await new Promise((resolve) => setTimeout(resolve, 1000));
       console.log(pk.S);
     };`,
  );
  stream.append(now(), { pk: 'first', sk: 'slow' }, { pk: 'first', sk: 'slow' });
  for (const pk of ['p', 'q', 'r', 's', 't']) stream.append(now(), { pk, sk: 'quick' });
  await kernel.clock.settle();
  expect(batches().length).toBeGreaterThan(0);
  expect(batches()).not.toContain('first');
  await kernel.clock.advance(2000);
  expect(batches().filter((pk) => pk === 'first')).toHaveLength(2);
  expect(batches()).toHaveLength(7);
});

test.each([1, 4])('a restart goes on after the last finished batch (factor %i)', async (ParallelizationFactor) => {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-lambda-data-'));
  open(directory);
  map({ ParallelizationFactor });
  for (let n = 0; n < 20; n += 1) stream.append(now(), { pk: `${n}`, sk: `k${n}` });
  await kernel.clock.settle();
  expect(batches().join(' ').split(' ')).toHaveLength(20);
  await lambda.stop();
  await kernel.storage.close();

  open(directory);
  stream.append(now(), ...keys('new'));
  map({ ParallelizationFactor });
  await kernel.clock.settle();
  expect(batches()).toEqual(['new']);
  await lambda.stop();
  await kernel.storage.close();

  // With another factor the lanes are dealt anew; nothing is lost.
  open(directory);
  stream.append(now(), ...keys('newer'));
  map({ ParallelizationFactor: 3 });
  await kernel.clock.settle();
  expect(batches()).toEqual(['newer']);
  await lambda.stop();
  await kernel.storage.close();
  rmSync(directory, { recursive: true });
});

test('a batch that was cut off by the end of the process runs again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-lambda-data-'));
  open(directory);
  map({ BatchSize: 2 });
  stream.append(now(), ...keys('a', 'b', 'bad', 'd'));
  await kernel.clock.settle();
  await lambda.stop();
  await kernel.storage.close();
  open(directory);
  map({ BatchSize: 2 });
  await kernel.clock.settle();
  expect(batches()).toEqual(['bad d']);
  await lambda.stop();
  await kernel.storage.close();
  rmSync(directory, { recursive: true });
});

test('a role that may not read the stream fails the start', () => {
  kernel.deny = ({ principal, action }) =>
    principal.kind === 'role' && principal.arn === ROLE && action === 'dynamodb:GetRecords';
  expect(() => map()).toThrow(/dynamodb:GetRecords/);
});

test('properties that Lambda refuses for a stream are refused', () => {
  expect(() => map({ ScalingConfig: { MaximumConcurrency: 2 } })).toThrow(/ScalingConfig is for queues/);
  expect(() => map({ StartingPosition: undefined })).toThrow(/StartingPosition is required/);
  expect(() => map({ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:eu-west-1:1:t' } } })).toThrow(
    /sqs, s3 only/,
  );
  expect(() => map({ FilterCriteria: { Filters: [{ Pattern: '{"a":"b"}' }] } })).toThrow(/Event pattern is not valid/);
});
