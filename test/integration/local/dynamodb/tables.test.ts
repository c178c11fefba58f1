import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { key, N, S, things, type World, world } from './dynamodb-for-tests.ts';

const directories: string[] = [];

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'batuta-dynamodb-'));
  directories.push(made);
  return made;
}

afterEach(() => {
  for (const each of directories.splice(0)) rmSync(each, { recursive: true });
});

/** A table as CDK's TableV2 writes it. */
const properties = {
  AttributeDefinitions: things.AttributeDefinitions,
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: things.GlobalSecondaryIndexes,
  KeySchema: things.KeySchema,
  Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, Region: 'eu-west-1' }],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
};

const provision = ({ kernel, db }: World, changed: Record<string, unknown> = {}) =>
  kernel.provision(db, 'AWS::DynamoDB::GlobalTable', 'Orders', { ...properties, ...changed });

test('a table of the template is the same table with the same data and stream after a restart', async () => {
  const before = world(directory());
  const made = provision(before);
  expect(made).toEqual({
    ref: expect.stringMatching(/^test-Orders-/),
    attributes: {
      Arn: `arn:aws:dynamodb:eu-west-1:111122223333:table/${made.ref}`,
      StreamArn: `arn:aws:dynamodb:eu-west-1:111122223333:table/${made.ref}/stream/2026-01-05T09:00:00.000`,
      TableId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
  });
  const soon = before.kernel.clock.now() / 1000 + 60;
  const item = { ...key('1'), team: S('red'), score: N(1) };
  await before.call('PutItem', { TableName: made.ref, Item: item });
  await before.call('PutItem', { TableName: made.ref, Item: { ...key('2'), expires: N(soon) } });
  const records = before.db.readStream(made.attributes.StreamArn!, undefined, 10);

  const after = await before.restart();
  expect(provision(after)).toEqual(made);
  expect((await after.call('GetItem', { TableName: made.ref, Key: key('1') })).Item).toEqual(item);
  expect(after.db.readStream(made.attributes.StreamArn!, undefined, 10)).toEqual(records);
  await after.call('PutItem', { TableName: made.ref, Item: key('3') });
  const last = after.db.readStream(made.attributes.StreamArn!, records.at(-1)?.dynamodb.SequenceNumber, 10);
  expect(last.map(({ dynamodb }) => dynamodb.Keys)).toEqual([key('3')]);
  await after.kernel.clock.advance(3 * 60_000);
  expect((await after.call('GetItem', { TableName: made.ref, Key: key('2') })).Item).toBeUndefined();
  await after.kernel.storage.close();
});

test('a transaction is remembered by its token over a restart', async () => {
  const before = world(directory());
  await before.call('CreateTable', things);
  const Update = {
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': N(1) },
  };
  const request = { ClientRequestToken: 'again', TransactItems: [{ Update }] };
  await before.call('TransactWriteItems', request);
  const after = await before.restart();
  await after.call('TransactWriteItems', request);
  expect((await after.call('GetItem', { TableName: 'Things', Key: key('1') })).Item?.n).toEqual(N(1));
  await after.kernel.storage.close();
});

test('an added index is filled from what is there; other changes of keys are refused', async () => {
  const before = world(directory());
  const { ref } = provision(before, {
    GlobalSecondaryIndexes: [],
    AttributeDefinitions: things.AttributeDefinitions.slice(0, 2),
  });
  await before.call('PutItem', { TableName: ref, Item: { ...key('1'), team: S('red'), score: N(1) } });
  await before.call('PutItem', { TableName: ref, Item: { ...key('2'), team: S('red') } });
  const after = await before.restart();
  provision(after);
  const byTeam = {
    TableName: ref,
    IndexName: 'byTeam',
    KeyConditionExpression: 'team = :team',
    ExpressionAttributeValues: { ':team': S('red') },
  };
  expect((await after.call('Query', byTeam)).Items).toEqual([{ ...key('1'), team: S('red'), score: N(1) }]);
  expect(() =>
    provision(after, {
      KeySchema: [...things.KeySchema].slice(0, 1),
      AttributeDefinitions: properties.AttributeDefinitions.filter(({ AttributeName }) => AttributeName !== 'sk'),
    }),
  ).toThrow('The key schema of table');
  const narrower = { ...things.GlobalSecondaryIndexes[0], Projection: { ProjectionType: 'KEYS_ONLY' } };
  expect(() => provision(after, { GlobalSecondaryIndexes: [narrower] })).toThrow('Index byTeam of table');
  await after.kernel.storage.close();
});

test('a local index of the template belongs to its table from the start', () => {
  const made = world();
  const LocalSecondaryIndexes = [
    {
      IndexName: 'byScore',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'score', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ];
  provision(made, { LocalSecondaryIndexes });
  expect(() => provision(made)).toThrow('The local indexes of table');
});

test('a table elsewhere or with throughput to provision is not pretended', () => {
  const made = world();
  expect(() => provision(made, { Replicas: [{ Region: 'us-east-1' }] })).toThrow('replicas in us-east-1');
  expect(() => provision(made, { BillingMode: 'PROVISIONED' })).toThrow('PAY_PER_REQUEST');
});

test('tables are listed, described and deleted with their data', async () => {
  const { call, failure, db } = world();
  await call('CreateTable', things);
  await call('CreateTable', { ...things, TableName: 'Others' });
  expect((await failure('CreateTable', things)).code).toBe('ResourceInUseException');
  await call('PutItem', { TableName: 'Things', Item: key('1') });
  expect(await call('ListTables', { Limit: 1 })).toEqual({ TableNames: ['Others'], LastEvaluatedTableName: 'Others' });
  expect((await call('DescribeTable', { TableName: 'Things' })).Table).toMatchObject({
    TableStatus: 'ACTIVE',
    ItemCount: 1,
    TableSizeBytes: 6,
    KeySchema: things.KeySchema,
    GlobalSecondaryIndexes: [{ IndexName: 'byTeam', IndexStatus: 'ACTIVE' }],
  });
  await call('DeleteTable', { TableName: 'Things' });
  expect((await failure('DescribeTable', { TableName: 'Things' })).message).toBe(
    'Requested resource not found: Table: Things not found',
  );
  await call('CreateTable', things);
  expect((await call('Scan', { TableName: 'Things' })).Count).toBe(0);
  await expect(db.call('Nope', {}, { kind: 'operator' })).rejects.toMatchObject({ code: 'UnknownOperationException' });
});

test('every call is authorized for what it touches', async () => {
  const { call, failure, kernel } = world();
  await call('CreateTable', things);
  const arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Things';
  kernel.asked.length = 0;
  await call('TransactWriteItems', {
    TransactItems: [
      { Put: { TableName: 'Things', Item: key('1') } },
      { Delete: { TableName: 'Things', Key: key('2') } },
      { ConditionCheck: { TableName: 'Things', Key: key('3'), ConditionExpression: 'attribute_not_exists(pk)' } },
    ],
  });
  await call('Query', {
    TableName: 'Things',
    IndexName: 'byTeam',
    KeyConditionExpression: 'team = :t',
    ExpressionAttributeValues: { ':t': S('x') },
  });
  await call('BatchGetItem', { RequestItems: { Things: { Keys: [key('1')] } } });
  expect(kernel.asked.map(({ action, resource }) => [action, resource])).toEqual([
    ['dynamodb:PutItem', arn],
    ['dynamodb:DeleteItem', arn],
    ['dynamodb:ConditionCheckItem', arn],
    ['dynamodb:Query', `${arn}/index/byTeam`],
    ['dynamodb:BatchGetItem', arn],
  ]);
  expect(kernel.asked[0]?.context).toEqual({
    'dynamodb:LeadingKeys': ['1'],
    'dynamodb:EnclosingOperation': 'TransactWriteItems',
  });
  kernel.deny = ({ action }) => action === 'dynamodb:DeleteItem';
  const Delete = { TableName: 'Things', Key: key('1') };
  expect((await failure('DeleteItem', Delete)).code).toBe('AccessDeniedException');
  expect((await failure('TransactWriteItems', { TransactItems: [{ Delete }] })).code).toBe('AccessDeniedException');
  expect((await call('GetItem', { TableName: 'Things', Key: key('1') })).Item).toEqual(key('1'));
});
