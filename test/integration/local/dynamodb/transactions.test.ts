import { expect, test } from 'vitest';
import { key, N, S, type World, withThings } from './dynamodb-for-tests.ts';

const put = (pk: string, more: Record<string, unknown> = {}) => ({
  Put: { TableName: 'Things', Item: { ...key(pk), n: N(1) }, ...more },
});
const fresh = { ConditionExpression: 'attribute_not_exists(pk)' };

async function present({ call }: World, ...pks: string[]) {
  const found = await Promise.all(pks.map((pk) => call('GetItem', { TableName: 'Things', Key: key(pk) })));
  return pks.filter((_pk, index) => found[index]?.Item);
}

test('a transaction writes everything, or nothing with a reason for each action', async () => {
  const world = await withThings();
  await world.call('TransactWriteItems', { TransactItems: [put('1'), put('2')] });
  const error = await world.failure('TransactWriteItems', {
    TransactItems: [
      put('3'),
      put('1', { ...fresh, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      { Delete: { TableName: 'Things', Key: key('2') } },
      {
        Update: {
          TableName: 'Things',
          Key: key('4'),
          UpdateExpression: 'SET a = b',
        },
      },
      { ConditionCheck: { TableName: 'Things', Key: key('5'), ConditionExpression: 'attribute_exists(pk)' } },
    ],
  });
  expect(error.code).toBe('TransactionCanceledException');
  expect(error.message).toBe(
    'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
      '[None, ConditionalCheckFailed, None, ValidationError, ConditionalCheckFailed]',
  );
  expect(error.details.CancellationReasons).toEqual([
    { Code: 'None' },
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { ...key('1'), n: N(1) } },
    { Code: 'None' },
    {
      Code: 'ValidationError',
      Message: 'The provided expression refers to an attribute that does not exist in the item',
    },
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
  ]);
  expect(await present(world, '1', '2', '3', '4')).toEqual(['1', '2']);
});

test('requests for an item of a transaction that is not on disk yet conflict, and succeed once it is', async () => {
  const world = await withThings();
  const { call, failure, kernel } = world;
  const first = call('TransactWriteItems', { TransactItems: [put('1'), put('2')] });
  const second = failure('TransactWriteItems', { TransactItems: [put('2'), put('3')] });
  const single = failure('UpdateItem', { TableName: 'Things', Key: key('1') });
  const get = failure('TransactGetItems', { TransactItems: [{ Get: { TableName: 'Things', Key: key('1') } }] });
  const batch = call('BatchWriteItem', {
    RequestItems: { Things: [{ DeleteRequest: { Key: key('1') } }, { PutRequest: { Item: key('9') } }] },
  });
  const elsewhere = call('TransactWriteItems', { TransactItems: [put('4')] });
  await Promise.all([first, elsewhere]);
  expect(await second).toMatchObject({
    code: 'TransactionCanceledException',
    details: {
      CancellationReasons: [
        { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
        { Code: 'None' },
      ],
    },
  });
  expect(await single).toMatchObject({
    code: 'TransactionConflictException',
    message: 'Transaction is ongoing for the item',
  });
  expect((await get).code).toBe('TransactionCanceledException');
  expect((await batch).UnprocessedItems).toEqual({ Things: [{ DeleteRequest: { Key: key('1') } }] });
  await kernel.storage.flush();
  await call('TransactWriteItems', { TransactItems: [put('2'), put('3')] });
  expect(await present(world, '1', '2', '3', '4', '9')).toEqual(['1', '2', '3', '4', '9']);
});

test('writes of single items do not conflict with each other, nor with a transaction that was canceled', async () => {
  const world = await withThings();
  const add = {
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': N(1) },
  };
  const canceled = world.failure('TransactWriteItems', {
    TransactItems: [put('1'), put('2', { ConditionExpression: 'attribute_exists(pk)' })],
  });
  await Promise.all(Array.from({ length: 10 }, () => world.call('UpdateItem', add)));
  await canceled;
  expect((await world.call('GetItem', { TableName: 'Things', Key: key('1') })).Item?.n).toEqual(N(10));
});

test('a token makes a repeated transaction happen once, for ten minutes, and refuses another payload', async () => {
  const { call, failure, kernel } = await withThings();
  const count = {
    ClientRequestToken: 'token-1',
    TransactItems: [
      {
        Update: {
          TableName: 'Things',
          Key: key('1'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': N(1) },
        },
      },
    ],
  };
  const n = async () => (await call('GetItem', { TableName: 'Things', Key: key('1') })).Item?.n;
  const [, during] = await Promise.all([call('TransactWriteItems', count), failure('TransactWriteItems', count)]);
  expect(during.code).toBe('TransactionInProgressException');
  await call('TransactWriteItems', count);
  expect(await n()).toEqual(N(1));
  expect((await failure('TransactWriteItems', { ...count, TransactItems: [put('1')] })).code).toBe(
    'IdempotentParameterMismatchException',
  );
  await kernel.clock.advance(10 * 60_000);
  await call('TransactWriteItems', count);
  expect(await n()).toEqual(N(2));
  await kernel.clock.advance(30 * 60_000);
  expect(kernel.storage.db.prepare('SELECT count(*) AS n FROM ddb_tokens').get()?.n).toBe(0);
  expect(kernel.reports).toEqual([]);
});

test('what no transaction may hold is refused as a whole', async () => {
  const { failure } = await withThings();
  const refused = async (TransactItems: unknown[]) => (await failure('TransactWriteItems', { TransactItems })).message;
  expect(await refused([put('1'), { Delete: { TableName: 'Things', Key: key('1') } }])).toBe(
    'Transaction request cannot include multiple operations on one item',
  );
  expect(await refused(Array.from({ length: 101 }, (_, index) => put(String(index))))).toContain(
    'Member must have length less than or equal to 100',
  );
  const large = { ...key('x'), s: S('x'.repeat(399 * 1024)) };
  const eleven = Array.from({ length: 11 }, (_, index) => ({
    Put: { TableName: 'Things', Item: { ...large, pk: S(String(index)) } },
  }));
  expect(await refused(eleven)).toContain('4 MB');
  expect(await refused([{ Put: put('1').Put, Delete: { TableName: 'Things', Key: key('2') } }])).toContain('only');
});

test('a transaction reads several items at one moment, missing ones as empty', async () => {
  const { call } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: { ...key('1'), n: N(1), s: S('x') } });
  const get = (pk: string) => ({ Get: { TableName: 'Things', Key: key(pk), ProjectionExpression: 'n' } });
  const answer = await call('TransactGetItems', { TransactItems: [get('1'), get('2')] });
  expect(answer.Responses).toEqual([{ Item: { n: N(1) } }, {}]);
});

test('a transaction that is sent again with its maps in another order is the same one, and costs what reading its items does', async () => {
  const { call } = await withThings();
  const send = (Item: Record<string, unknown>) =>
    call('TransactWriteItems', {
      ClientRequestToken: 'again',
      ReturnConsumedCapacity: 'TOTAL',
      TransactItems: [{ Put: { TableName: 'Things', Item } }],
    });
  const first = await send({ ...key('1'), n: N(1), m: { M: { a: N(1), b: N(2) } } });
  const second = await send({ m: { M: { b: N(2), a: N(1) } }, n: N(1), ...key('1') });
  expect(first.ConsumedCapacity).toEqual([{ TableName: 'Things', CapacityUnits: 2, WriteCapacityUnits: 2 }]);
  expect(second.ConsumedCapacity).toEqual([{ TableName: 'Things', CapacityUnits: 2, ReadCapacityUnits: 2 }]);
});
