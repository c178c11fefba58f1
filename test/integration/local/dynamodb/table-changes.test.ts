import { expect, test } from 'vitest';
import { key, N, S, things, withThings, world } from './dynamodb-for-tests.ts';

const { BillingMode: _, GlobalSecondaryIndexes, ...plain } = things;
const throughput = { ReadCapacityUnits: 4, WriteCapacityUnits: 2 };
const [byTeam] = GlobalSecondaryIndexes;

test('throughput is kept and described, and goes with the billing mode', async () => {
  const { call, failure } = world();
  const provisioned = { ...byTeam, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } };
  const table = { ...plain, ProvisionedThroughput: throughput, GlobalSecondaryIndexes: [provisioned] };
  expect((await failure('CreateTable', { ...table, ProvisionedThroughput: undefined })).message).toContain(
    'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
  );
  expect((await failure('CreateTable', { ...table, BillingMode: 'PAY_PER_REQUEST' })).message).toContain('Neither');
  expect((await failure('CreateTable', { ...table, GlobalSecondaryIndexes })).message).toContain('for index: byTeam');
  const made = await call('CreateTable', table);
  expect(made.TableDescription).toMatchObject({
    TableStatus: 'CREATING',
    ProvisionedThroughput: throughput,
    GlobalSecondaryIndexes: [{ ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }],
  });
  const onDemand = await call('UpdateTable', { TableName: 'Things', BillingMode: 'PAY_PER_REQUEST' });
  expect(onDemand.TableDescription).toMatchObject({
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  });
});

test('UpdateTable adds an index over what is there and takes it away', async () => {
  const { call, failure } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: { ...key('1'), color: S('red') } });
  const Create = {
    IndexName: 'byColor',
    KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  };
  const add = {
    TableName: 'Things',
    AttributeDefinitions: [{ AttributeName: 'color', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [{ Create }],
  };
  expect((await failure('UpdateTable', { ...add, AttributeDefinitions: undefined })).message).toContain(
    'Keys: [color]',
  );
  await call('UpdateTable', add);
  const query = {
    TableName: 'Things',
    IndexName: 'byColor',
    KeyConditionExpression: 'color = :c',
    ExpressionAttributeValues: { ':c': S('red') },
  };
  expect((await call('Query', query)).Items).toEqual([{ ...key('1'), color: S('red') }]);
  expect((await failure('UpdateTable', add)).message).toBe('Attempting to create an index which already exists');
  await call('UpdateTable', {
    TableName: 'Things',
    GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byColor' } }],
  });
  expect((await failure('Query', query)).message).toContain('does not have the specified index');
  expect((await failure('UpdateTable', { TableName: 'Things' })).message).toContain('At least one of');
  expect((await failure('UpdateTable', { TableName: 'Things', ReplicaUpdates: [] })).message).toContain(
    'ReplicaUpdates',
  );
});

test('a protected table is not deleted, and a stream is switched by itself', async () => {
  const { call, failure } = await withThings();
  await call('UpdateTable', { TableName: 'Things', DeletionProtectionEnabled: true });
  expect((await failure('DeleteTable', { TableName: 'Things' })).message).toBe(
    "1 validation error detected: Table 'Things' can't be deleted while DeletionProtectionEnabled is set to True",
  );
  const stream = (StreamEnabled: boolean) => ({
    TableName: 'Things',
    StreamSpecification: { StreamEnabled, ...(StreamEnabled ? { StreamViewType: 'KEYS_ONLY' } : {}) },
  });
  expect((await failure('UpdateTable', stream(true))).message).toContain('already has an enabled stream');
  const off = await call('UpdateTable', stream(false));
  expect(off.TableDescription).not.toHaveProperty('LatestStreamArn');
  expect(off.TableDescription).toHaveProperty('DeletionProtectionEnabled', true);
  await call('UpdateTable', { TableName: 'Things', DeletionProtectionEnabled: false });
  await call('DeleteTable', { TableName: 'Things' });
});

test('tags are kept with the table, and gone with it', async () => {
  const { call, failure } = world();
  const made = await call('CreateTable', { ...things, Tags: [{ Key: 'a', Value: '1' }] });
  const { TableArn } = made.TableDescription as { TableArn: string };
  await call('TagResource', { ResourceArn: TableArn, Tags: [{ Key: 'b', Value: '2' }] });
  await call('UntagResource', { ResourceArn: TableArn, TagKeys: ['a'] });
  expect(await call('ListTagsOfResource', { ResourceArn: TableArn })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
  await call('DeleteTable', { TableName: TableArn });
  expect((await failure('ListTagsOfResource', { ResourceArn: TableArn })).code).toBe('ResourceNotFoundException');
  await call('CreateTable', things);
  expect(await call('ListTagsOfResource', { ResourceArn: TableArn })).toEqual({ Tags: [] });
});

test('a table is found by its ARN, and not by that of another place', async () => {
  const { call, failure } = await withThings();
  const TableName = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Things';
  await call('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: key('1') } }] });
  const found = await call('BatchGetItem', { RequestItems: { [TableName]: { Keys: [key('1')] } } });
  expect(found.Responses).toEqual({ [TableName]: [key('1')] });
  const elsewhere = { TableName: TableName.replace('eu-west-1', 'us-east-1') };
  expect((await failure('Scan', elsewhere)).code).toBe('ResourceNotFoundException');
});

const byScore = {
  IndexName: 'byScore',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'score', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

test('a local index orders a partition, is read consistently, and fetches what it does not hold at its cost', async () => {
  const { call } = world();
  const made = await call('CreateTable', { ...things, LocalSecondaryIndexes: [byScore] });
  expect(made.TableDescription).toMatchObject({ LocalSecondaryIndexes: [{ IndexName: 'byScore' }] });
  for (const [sk, score] of [
    ['a', 3],
    ['b', 1],
    ['c', 2],
  ] as const) {
    await call('PutItem', {
      TableName: 'Things',
      Item: { ...key('1', sk), score: N(score), color: S(`color of ${sk}`) },
    });
  }
  await call('PutItem', { TableName: 'Things', Item: key('1', 'without') });
  const query = {
    TableName: 'Things',
    IndexName: 'byScore',
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :p AND score > :s',
    ExpressionAttributeValues: { ':p': S('1'), ':s': N(1) },
    ReturnConsumedCapacity: 'INDEXES',
  };
  expect(await call('Query', query)).toMatchObject({
    Items: [
      { ...key('1', 'c'), score: N(2) },
      { ...key('1', 'a'), score: N(3) },
    ],
    ConsumedCapacity: { Table: { CapacityUnits: 0 }, LocalSecondaryIndexes: { byScore: { CapacityUnits: 1 } } },
  });
  expect(await call('Query', { ...query, ProjectionExpression: 'color' })).toMatchObject({
    Items: [{ color: S('color of c') }, { color: S('color of a') }],
    ConsumedCapacity: { Table: { CapacityUnits: 2 }, LocalSecondaryIndexes: { byScore: { CapacityUnits: 1 } } },
  });
  expect((await call('Query', { ...query, Select: 'ALL_ATTRIBUTES' })).Items?.[0]).toHaveProperty('color');
});

test('the size of an item collection is refused where there is one', async () => {
  const { call, failure } = await withThings();
  const put = { TableName: 'Things', Item: key('1'), ReturnItemCollectionMetrics: 'SIZE' };
  expect(await call('PutItem', put)).toEqual({});
  await call('CreateTable', { ...things, TableName: 'Others', LocalSecondaryIndexes: [byScore] });
  expect((await failure('PutItem', { ...put, TableName: 'Others' })).message).toContain('ReturnItemCollectionMetrics');
});

test('KeyConditions and AttributesToGet mean what the expressions do', async () => {
  const { call, failure } = await withThings();
  for (const sk of ['a1', 'a2', 'b1'])
    await call('PutItem', { TableName: 'Things', Item: { ...key('1', sk), n: N(1) } });
  const equals = { ComparisonOperator: 'EQ', AttributeValueList: [S('1')] };
  const query = {
    TableName: 'Things',
    KeyConditions: { pk: equals, sk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [S('a')] } },
  };
  expect((await call('Query', { ...query, AttributesToGet: ['sk'] })).Items).toEqual([
    { sk: S('a1') },
    { sk: S('a2') },
  ]);
  expect(await call('GetItem', { TableName: 'Things', Key: key('1', 'a1'), AttributesToGet: ['n', 'none'] })).toEqual({
    Item: { n: N(1) },
  });
  const both = { ...query, KeyConditionExpression: 'pk = :p' };
  expect((await failure('Query', both)).message).toContain('Can not use both expression and non-expression');
  const unknown = {
    ...query,
    KeyConditions: { pk: equals, sk: { ComparisonOperator: 'NE', AttributeValueList: [S('a')] } },
  };
  expect((await failure('Query', unknown)).message).toContain('not an indexable operation');
});

test('an empty expression is refused also after a request without one', async () => {
  const { call, failure } = await withThings();
  await call('Scan', { TableName: 'Things' });
  expect((await failure('Scan', { TableName: 'Things', FilterExpression: '' })).message).toBe(
    'Invalid FilterExpression: The expression can not be empty;',
  );
});
