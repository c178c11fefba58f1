import { expect, test } from 'vitest';
import { key, N, S, withThings } from './dynamodb-for-tests.ts';

const indexed = { team: S('red'), score: N(1), color: S('crimson') };
const detail = { ReturnConsumedCapacity: 'INDEXES' };

test('a write costs a unit for each KB of the larger of before and after, on the table and on each index it changes', async () => {
  const { call } = await withThings();
  const cost = async (operation: string, input: Record<string, unknown>) => {
    const answer = await call(operation, { TableName: 'Things', ...detail, ...input });
    const { CapacityUnits, Table, GlobalSecondaryIndexes } = answer.ConsumedCapacity as {
      CapacityUnits: number;
      Table: { CapacityUnits: number };
      GlobalSecondaryIndexes?: { byTeam: { CapacityUnits: number } };
    };
    return [CapacityUnits, Table.CapacityUnits, GlobalSecondaryIndexes?.byTeam.CapacityUnits];
  };
  const set = (expression: string, value: unknown) =>
    cost('UpdateItem', {
      Key: key('1'),
      UpdateExpression: expression,
      ExpressionAttributeValues: { ':v': value },
    });
  expect(await cost('PutItem', { Item: { ...key('1'), ...indexed } })).toEqual([2, 1, 1]);
  // Not projected: the index is left alone.
  expect(await set('SET note = :v', S('x'.repeat(1500)))).toEqual([2, 2, undefined]);
  expect(await set('SET color = :v', S('scarlet'))).toEqual([3, 2, 1]);
  // A new key in the index: one entry deleted, one put.
  expect(await set('SET team = :v', S('blue'))).toEqual([4, 2, 2]);
  expect(await set('SET team = :v', S('blue'))).toEqual([2, 2, undefined]);
  expect(await cost('DeleteItem', { Key: key('1') })).toEqual([3, 2, 1]);
  expect(await cost('DeleteItem', { Key: key('1') })).toEqual([1, 1, undefined]);
});

test('a transaction doubles what the table costs, and nothing else: its indexes cost what they cost without', async () => {
  const { call } = await withThings();
  const cost = async (action: Record<string, unknown>) => {
    const answer = await call('TransactWriteItems', { TransactItems: [action], ...detail });
    const [{ CapacityUnits, Table, GlobalSecondaryIndexes } = {}] = answer.ConsumedCapacity as {
      CapacityUnits?: number;
      Table?: { CapacityUnits: number };
      GlobalSecondaryIndexes?: { byTeam: { CapacityUnits: number } };
    }[];
    return [CapacityUnits, Table?.CapacityUnits, GlobalSecondaryIndexes?.byTeam.CapacityUnits];
  };
  const thing = { TableName: 'Things', Key: key('1') };
  expect(await cost({ Put: { TableName: 'Things', Item: { ...key('1'), ...indexed } } })).toEqual([3, 2, 1]);
  const UpdateExpression = 'SET team = :v';
  const moved = { ...thing, UpdateExpression, ExpressionAttributeValues: { ':v': S('blue') } };
  expect(await cost({ Update: moved })).toEqual([4, 2, 2]);
  expect(await cost({ Delete: thing })).toEqual([3, 2, 1]);
});

test('a read costs half a unit for 4 KB, a consistent one a whole unit, one in a transaction two', async () => {
  const { call } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: { ...key('1'), ...indexed, text: S('x'.repeat(5000)) } });
  const units = async (operation: string, input: Record<string, unknown>) => {
    const answer = await call(operation, { ...detail, ...input });
    const [first] = [answer.ConsumedCapacity].flat() as { CapacityUnits: number }[];
    return first?.CapacityUnits;
  };
  const Get = { TableName: 'Things', Key: key('1') };
  expect(await units('GetItem', Get)).toBe(1);
  expect(await units('GetItem', { ...Get, ConsistentRead: true })).toBe(2);
  expect(await units('GetItem', { ...Get, Key: key('2') })).toBe(0.5);
  expect(await units('TransactGetItems', { TransactItems: [{ Get }] })).toBe(4);
  // The text is not in the index.
  const query = { KeyConditionExpression: 'team = :t', ExpressionAttributeValues: { ':t': S('red') } };
  expect(await units('Query', { TableName: 'Things', IndexName: 'byTeam', ...query })).toBe(0.5);
});

test('the meter counts everything, also what failed, and transactions twice', async () => {
  const { call, failure, db } = await withThings();
  const Put = { TableName: 'Things', Item: key('1'), ConditionExpression: 'attribute_not_exists(pk)' };
  const answer = await call('TransactWriteItems', { TransactItems: [{ Put }], ReturnConsumedCapacity: 'TOTAL' });
  expect(answer.ConsumedCapacity).toEqual([{ TableName: 'Things', CapacityUnits: 2, WriteCapacityUnits: 2 }]);
  await failure('TransactWriteItems', { TransactItems: [{ Put }] });
  await failure('PutItem', Put);
  await call('GetItem', { TableName: 'Things', Key: key('1') });
  expect(db.meter()).toEqual({
    readUnits: 0.5,
    writeUnits: 5,
    byTable: { Things: { readUnits: 0.5, writeUnits: 5 } },
  });
});
