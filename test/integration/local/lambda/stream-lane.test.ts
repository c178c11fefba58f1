import { expect, test } from 'vitest';
import { type StreamItem, StreamLane } from '../../../../local/lambda/event-sources/stream-lane.ts';
import type { LambdaFunction } from '../../../../local/lambda/function.ts';
import { kernelForTests } from '../kernel-for-tests.ts';

const fn: LambdaFunction = {
  name: 'reader',
  arn: 'arn:aws:lambda:eu-west-1:111122223333:function:reader',
  role: 'arn:aws:iam::111122223333:role/reader',
  description: '',
  timeoutSeconds: 3,
  reservedConcurrency: undefined,
  deadLetterArn: undefined,
  layers: [],
  code: {
    name: 'reader',
    arn: 'arn:aws:lambda:eu-west-1:111122223333:function:reader',
    generation: 0,
    directory: '/nowhere',
    layers: [],
    handler: 'index.handler',
    environment: {},
    memoryMegabytes: 128,
    logGroup: '/aws/lambda/reader',
  },
};

const item = (sequence: number): StreamItem => ({
  record: {
    eventID: String(sequence),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    eventSourceARN: 'stream',
    dynamodb: {
      ApproximateCreationDateTime: 0,
      Keys: { pk: { S: String(sequence) } },
      SequenceNumber: String(sequence).padStart(21, '0'),
      SizeBytes: 1,
      StreamViewType: 'KEYS_ONLY',
    },
  },
  text: String(sequence),
  arrived: 0,
});

test('when this machine could not run the function, the records are neither lost nor counted as tried', async () => {
  const kernel = kernelForTests();
  const payloads: string[] = [];
  const outcomes: (Error | 'ok')[] = [new Error('no thread'), new Error('no thread'), 'ok'];
  const positions: (string | null)[] = [];
  const lane: StreamLane = new StreamLane(
    {
      kernel,
      fn,
      invoker: {
        async invoke(_fn, payload) {
          const outcome = outcomes.shift() ?? 'ok';
          if (outcome instanceof Error) throw outcome;
          payloads.push(payload);
          return { requestId: 'r', payload: 'null' };
        },
      },
      config: {
        kind: 'stream',
        uuid: 'u',
        sourceArn: 'stream',
        functionName: 'reader',
        batchSize: 2,
        windowMs: 0,
        enabled: true,
        patterns: [],
        reportsItemFailures: false,
        startingPosition: 'TRIM_HORIZON',
        bisect: false,
        maximumRetries: 0,
        maximumAgeSeconds: -1,
        parallelizationFactor: 1,
        onFailure: undefined,
      },
      stopped: () => false,
      progressed: () => positions.push(lane.done),
      giveUp: async () => expect.unreachable('given up'),
    },
    null,
  );
  for (const sequence of [1, 2, 3]) lane.add(item(sequence));
  lane.wake();
  await kernel.clock.settle();
  expect(lane.empty).toBe(false);
  expect(positions).toEqual([]);
  await kernel.clock.advance(999);
  expect(outcomes).toHaveLength(2);
  await kernel.clock.advance(2001);
  expect(payloads).toEqual(['{"Records":[1,2]}', '{"Records":[3]}']);
  expect(lane.done).toBe(item(3).record.dynamodb.SequenceNumber);
  expect(kernel.reports.map(({ error }) => String(error))).toEqual(['Error: no thread', 'Error: no thread']);
});
