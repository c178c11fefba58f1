import type { Context, SQSRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { jsonVariable, listVariable, parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { describeError } from '../../../shared/runtime/log.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { defineSubscriber } from '../../../shared/runtime/subscriber.ts';
import { quietLog } from '../../quiet-log.ts';

quietLog();
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 5000 } as Context;

describe('a step', () => {
  const step = defineStep(
    'Double',
    z.object({ orderId: z.string(), n: z.int() }),
    z.object({ n: z.int().max(100) }),
    async ({ n }) => {
      if (n === 13) throw Object.assign(new Error('away'), { name: 'CarrierUnavailable' });
      return { n: n * 2 };
    },
  );

  test('gets what it declares and gives what it declares', async () => {
    expect(await step({ orderId: 'ord_1', n: 4 }, context)).toEqual({ n: 8 });
  });

  test('an error keeps the name by which the machine retries it', async () => {
    await expect(step({ orderId: 'ord_1', n: 13 }, context)).rejects.toMatchObject({ name: 'CarrierUnavailable' });
  });

  test('input and output of another shape are errors with names of their own', async () => {
    const broken: unknown = { orderId: 'ord_1', n: 'four' };
    const run = step as (input: unknown, context: Context) => Promise<unknown>;
    await expect(run(broken, context)).rejects.toMatchObject({ name: 'InvalidStepInput' });
    await expect(step({ orderId: 'ord_1', n: 51 }, context)).rejects.toMatchObject({ name: 'InvalidStepOutput' });
  });
});

describe('a subscriber', () => {
  const record = (messageId: string, body: string): SQSRecord => ({
    messageId,
    body,
    receiptHandle: '',
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn',
    awsRegion: 'us-east-1',
  });

  test('gives back only what failed: a bad record spoils nothing else, not even one that cannot be read', async () => {
    const seen: number[] = [];
    const subscriber = defineSubscriber('test', z.object({ n: z.int() }), async ({ n }, { receiveCount }) => {
      if (n === 2) throw new Error('no');
      seen.push(n * receiveCount);
    });
    const records = [
      record('a', '{"n":1}'),
      record('b', '{"n":2}'),
      record('c', 'x'),
      record('d', '{}'),
      record('e', '{"n":3}'),
    ];
    expect(await subscriber({ Records: records })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }, { itemIdentifier: 'd' }],
    });
    expect(seen).toEqual([2, 6]);
  });
});

describe('the environment', () => {
  const schema = z.object({
    TABLE: requiredVariable,
    POLICY: jsonVariable(z.object({ backorder: z.enum(['allow', 'deny']) })),
    NETWORKS: listVariable,
  });

  test('is parsed whole', () => {
    const env = parseEnv(schema, { TABLE: 't', POLICY: '{"backorder":"deny"}', NETWORKS: ' 10.0.0.0/8, ,127.0.0.0/8' });
    expect(env).toEqual({ TABLE: 't', POLICY: { backorder: 'deny' }, NETWORKS: ['10.0.0.0/8', '127.0.0.0/8'] });
  });

  test('names what is missing or malformed, never its value', () => {
    const parse = () => parseEnv(schema, { POLICY: '{secret' });
    expect(parse).toThrow(/TABLE.*POLICY: is not JSON/);
    expect(parse).not.toThrow(/secret/);
  });
});

test('what is logged of an error are its words, not what it carries', () => {
  const error = Object.assign(new Error('canceled', { cause: new TypeError('inner') }), {
    Item: { email: 'ada@example.com' },
  });
  const described = describeError(error);
  expect(described).toMatchObject({ name: 'Error', message: 'canceled', cause: 'TypeError: inner' });
  expect(JSON.stringify(described)).not.toContain('ada@');
});
