import { expect, test } from 'vitest';
import { key, N, S, things, type World, withThings, world } from './dynamodb-for-tests.ts';

async function streamOf({ call }: World, table = 'Things'): Promise<string> {
  const { Table } = (await call('DescribeTable', { TableName: table })) as { Table?: { LatestStreamArn: string } };
  return Table!.LatestStreamArn;
}

const put = ({ call }: World, pk: string, n: number) =>
  call('PutItem', { TableName: 'Things', Item: { ...key(pk), n: N(n) } });

test('records follow each other as the writes did, with both images, and none for a write that changes nothing', async () => {
  const made = await withThings();
  const arn = await streamOf(made);
  await put(made, '1', 1);
  await put(made, '1', 1);
  await made.call('UpdateItem', {
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': N('1.0') },
  });
  await put(made, '1', 2);
  await made.call('DeleteItem', { TableName: 'Things', Key: key('1') });
  await made.call('DeleteItem', { TableName: 'Things', Key: key('1') });
  const records = made.db.readStream(arn, undefined, 10);
  expect(
    records.map(({ eventName, dynamodb: { OldImage, NewImage } }) => [eventName, OldImage?.n, NewImage?.n]),
  ).toEqual([
    ['INSERT', undefined, N(1)],
    ['MODIFY', N(1), N(2)],
    ['REMOVE', N(2), undefined],
  ]);
  expect(records[0]).toMatchObject({
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    eventSourceARN: arn,
    dynamodb: {
      Keys: key('1'),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ApproximateCreationDateTime: made.kernel.clock.now() / 1000,
    },
  });
  const sequences = records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  expect(sequences).toEqual([...new Set(sequences)].sort());
  expect(made.db.readStream(arn, sequences[0], 1)).toEqual([records[1]]);
});

test('listeners wake after the commit, and nothing is readable before it', async () => {
  const made = await withThings();
  const arn = await streamOf(made);
  let woken = 0;
  const stop = made.db.onStreamAppend(arn, () => {
    woken += made.db.readStream(arn, undefined, 10).length;
  });
  const writing = put(made, '1', 1);
  expect(made.db.readStream(arn, undefined, 10)).toEqual([]);
  expect(woken).toBe(0);
  await writing;
  await made.kernel.clock.settle();
  expect(woken).toBe(1);
  await made.failure('PutItem', {
    TableName: 'Things',
    Item: key('1'),
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  stop();
  await put(made, '2', 1);
  await made.kernel.clock.settle();
  expect(woken).toBe(1);
});

test('the actions of a transaction are in the stream in their order', async () => {
  const made = await withThings();
  const put = (pk: string) => ({ Put: { TableName: 'Things', Item: key(pk) } });
  await made.call('TransactWriteItems', { TransactItems: ['c', 'a', 'b'].map(put) });
  const records = made.db.readStream(await streamOf(made), undefined, 10);
  expect(records.map(({ dynamodb }) => dynamodb.Keys.pk)).toEqual(['c', 'a', 'b'].map(S));
});

test.each([
  ['KEYS_ONLY', false, false],
  ['NEW_IMAGE', true, false],
  ['OLD_IMAGE', false, true],
])('a stream of %s carries that and no more', async (StreamViewType, withNew, withOld) => {
  const made = world();
  await made.call('CreateTable', { ...things, StreamSpecification: { StreamEnabled: true, StreamViewType } });
  await put(made, '1', 1);
  await put(made, '1', 2);
  const change = made.db.readStream(await streamOf(made), undefined, 10)[1]?.dynamodb;
  expect([change?.NewImage !== undefined, change?.OldImage !== undefined]).toEqual([withNew, withOld]);
});

test('the streams API reads on from shard iterators until they expire', async () => {
  const made = await withThings();
  const arn = await streamOf(made);
  expect((await made.call('ListStreams', {})).Streams).toMatchObject([{ StreamArn: arn, TableName: 'Things' }]);
  const { StreamDescription } = (await made.call('DescribeStream', { StreamArn: arn })) as {
    StreamDescription?: { Shards: { ShardId: string }[] };
  };
  const ShardId = StreamDescription?.Shards[0]?.ShardId;
  const iterator = async (ShardIteratorType: string, more = {}) =>
    (await made.call('GetShardIterator', { StreamArn: arn, ShardId, ShardIteratorType, ...more })).ShardIterator;
  const read = async (ShardIterator: unknown, Limit = 100) => {
    const { Records, NextShardIterator } = await made.call('GetRecords', { ShardIterator, Limit });
    const records = Records as { dynamodb: { Keys: unknown; SequenceNumber: string } }[];
    return { records, keys: records.map(({ dynamodb }) => dynamodb.Keys), next: NextShardIterator };
  };
  await put(made, '1', 1);
  await put(made, '2', 1);
  const latest = await iterator('LATEST');
  await put(made, '3', 1);
  const first = await read(await iterator('TRIM_HORIZON'), 2);
  expect(first.keys).toEqual([key('1'), key('2')]);
  expect((await read(first.next)).keys).toEqual([key('3')]);
  expect((await read(latest)).keys).toEqual([key('3')]);
  const SequenceNumber = first.records[1]?.dynamodb.SequenceNumber;
  expect((await read(await iterator('AT_SEQUENCE_NUMBER', { SequenceNumber }))).keys).toEqual([key('2'), key('3')]);
  expect((await read(await iterator('AFTER_SEQUENCE_NUMBER', { SequenceNumber }))).keys).toEqual([key('3')]);
  await made.kernel.clock.advance(16 * 60_000);
  expect((await made.failure('GetRecords', { ShardIterator: latest })).code).toBe('ExpiredIteratorException');
});

test('records are kept for a day and trimmed soon after', async () => {
  const made = await withThings();
  const arn = await streamOf(made);
  await put(made, '1', 1);
  await made.kernel.clock.advance(23 * 60 * 60_000);
  await put(made, '2', 1);
  expect(made.db.readStream(arn, undefined, 10)).toHaveLength(2);
  await made.kernel.clock.advance(3 * 60 * 60_000);
  expect(made.db.readStream(arn, undefined, 10).map(({ dynamodb }) => dynamodb.Keys)).toEqual([key('2')]);
  await made.kernel.clock.advance(24 * 60 * 60_000);
  expect(made.db.readStream(arn, undefined, 10)).toEqual([]);
});

test('expired items go within a minute, leaving a record that says who deleted them', async () => {
  const made = await withThings();
  const { call, kernel } = made;
  await call('UpdateTimeToLive', {
    TableName: 'Things',
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  });
  const seconds = kernel.clock.now() / 1000;
  const expires = { '1': seconds + 100, '2': seconds + 5000, old: seconds - 6 * 365 * 86_400 };
  for (const [pk, at] of Object.entries(expires)) {
    await call('PutItem', { TableName: 'Things', Item: { ...key(pk), team: S('x'), score: N(1), expires: N(at) } });
  }
  await call('PutItem', { TableName: 'Things', Item: { ...key('text'), expires: S('soon') } });
  const left = async () => (await call('Scan', { TableName: 'Things' })).Items?.map(({ pk }) => pk?.S);
  await kernel.clock.advance(99_000);
  expect(await left()).toEqual(['1', '2', 'old', 'text']);
  await kernel.clock.advance(61_000);
  expect(await left()).toEqual(['2', 'old', 'text']);
  expect((await call('Scan', { TableName: 'Things', IndexName: 'byTeam' })).Count).toBe(2);
  expect(made.db.readStream(await streamOf(made), undefined, 10).at(-1)).toMatchObject({
    eventName: 'REMOVE',
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  });
  await kernel.clock.advance(86_400_000);
  expect(await left()).toEqual(['old', 'text']);
  expect(kernel.reports).toEqual([]);
});
