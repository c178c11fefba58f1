import { expect, test } from 'vitest';
import { key, N, S, withThings } from './dynamodb-for-tests.ts';

test('a put item is read back with its numbers in the form DynamoDB keeps', async () => {
  const { call } = await withThings();
  const item = {
    ...key('1'),
    n: N('+001.50e1'),
    tiny: N('1E-130'),
    long: N('12345678901234567890123456789012345678'),
    list: { L: [S(''), { NULL: true }, { M: { deep: { BOOL: false } } }] },
    set: { NS: ['1.0', '2'] },
    bytes: { B: 'AAEC' },
  };
  await call('PutItem', { TableName: 'Things', Item: item });
  const { Item } = await call('GetItem', { TableName: 'Things', Key: key('1') });
  expect(Item).toEqual({ ...item, n: N('15'), tiny: N(`0.${'0'.repeat(129)}1`), set: { NS: ['1', '2'] } });
});

test('a failed condition names itself, leaves the item and returns it only when asked', async () => {
  const { call, failure } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: { ...key('1'), color: S('red') } });
  const again = {
    TableName: 'Things',
    Item: { ...key('1'), color: S('blue') },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
  expect(await failure('PutItem', again)).toMatchObject({
    code: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
    details: {},
  });
  const asking = await failure('PutItem', { ...again, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
  expect(asking.details).toEqual({ Item: { ...key('1'), color: S('red') } });
  expect((await call('GetItem', { TableName: 'Things', Key: key('1') })).Item?.color).toEqual(S('red'));
});

test('an update sets, counts, appends and removes by the positions of before', async () => {
  const { call } = await withThings();
  const list = { L: [S('0'), S('1'), S('2'), S('3')] };
  await call('PutItem', {
    TableName: 'Things',
    Item: { ...key('1'), list, tags: { SS: ['a', 'b'] }, m: { M: { x: N(1) } }, a: N(1), b: N(2) },
  });
  const { Attributes } = await call('UpdateItem', {
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression:
      'SET a = b, b = a, m.y = if_not_exists(m.y, :one) + :one, #l[9] = :tail, #l[0] = :head, fresh = list_append(:list, #l) ' +
      'REMOVE #l[1], #l[2], #l[7], m.nothing ADD n :one, tags :more DELETE unseen :more',
    ExpressionAttributeNames: { '#l': 'list' },
    ExpressionAttributeValues: {
      ':one': N(1),
      ':tail': S('tail'),
      ':head': S('head'),
      ':more': { SS: ['b', 'c'] },
      ':list': { L: [S('first')] },
    },
    ReturnValues: 'ALL_NEW',
  });
  expect(Attributes).toEqual({
    ...key('1'),
    a: N(2),
    b: N(1),
    n: N(1),
    m: { M: { x: N(1), y: N(2) } },
    list: { L: [S('head'), S('3'), S('tail')] },
    tags: { SS: ['a', 'b', 'c'] },
    fresh: { L: [S('first'), ...list.L] },
  });
});

test('an update returns what it touched, before or after', async () => {
  const { call } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: { ...key('1'), m: { M: { x: N(1), y: N(2) } }, z: N(3) } });
  const update = {
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression: 'SET m.x = m.x + :n REMOVE z',
    ExpressionAttributeValues: { ':n': N('0.1') },
  };
  const before = await call('UpdateItem', { ...update, ReturnValues: 'UPDATED_OLD' });
  expect(before.Attributes).toEqual({ m: { M: { x: N(1) } }, z: N(3) });
  const after = await call('UpdateItem', { ...update, ReturnValues: 'UPDATED_NEW' });
  expect(after.Attributes).toEqual({ m: { M: { x: N('1.2') } } });
});

test.each([
  ['SET b = :n, a = absent', 'The provided expression refers to an attribute that does not exist in the item'],
  ['SET a = s + :n', 'An operand in the update expression has an incorrect data type'],
  ['ADD s :n', 'An operand in the update expression has an incorrect data type'],
  ['SET m.x = :n', 'The document path provided in the update expression is invalid for update'],
  [
    'SET pk = :n',
    'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
  ],
  [
    'SET a = :n, a.b = :n',
    'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
  ],
  ['SET a = :n REMOVE', 'Invalid UpdateExpression: Syntax error; '],
  ['SET size = :n', 'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: size'],
  [
    'SET a = :other',
    'Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :other',
  ],
  ['REMOVE a', 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:n}'],
  ['SET score = :s', ''],
])('update %s is refused in the words of AWS', async (UpdateExpression, message) => {
  const { call, failure } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: { ...key('1'), s: S('text') } });
  const ExpressionAttributeValues = UpdateExpression.includes(':s') ? { ':s': S('x') } : { ':n': N(1) };
  const error = await failure('UpdateItem', {
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression,
    ExpressionAttributeValues,
  });
  expect(error.code).toBe('ValidationException');
  expect(error.message).toContain(
    message || 'Type mismatch for Index Key score Expected: N Actual: S IndexName: byTeam',
  );
  expect((await call('GetItem', { TableName: 'Things', Key: key('1') })).Item).toEqual({ ...key('1'), s: S('text') });
});

test.each<[string, Record<string, unknown>, string]>([
  ['no such table', { TableName: 'Nothing' }, 'Requested resource not found'],
  ['half a key', { Key: { pk: S('1') } }, 'The provided key element does not match the schema'],
  ['a key of the wrong type', { Key: { pk: N(1), sk: S('a') } }, 'The provided key element does not match the schema'],
  ['an empty key', { Key: key('') }, 'cannot contain an empty string value. Key: pk'],
  ['a long hash key', { Key: key('x'.repeat(2049)) }, 'Size of hashkey has exceeded the maximum size limit'],
  ['a long range key', { Key: key('1', 'é'.repeat(513)) }, 'Aggregated size of all range keys has exceeded'],
  ['a value of two types', { Key: { pk: { S: '1', N: '1' }, sk: S('a') } }, 'more than one datatypes set'],
  ['a legacy parameter', { Expected: {} }, 'Expected is not supported'],
])('a get with %s is refused', async (_name, change, message) => {
  const { failure } = await withThings();
  expect((await failure('GetItem', { TableName: 'Things', Key: key('1'), ...change })).message).toContain(message);
});

test.each<[Record<string, unknown>, string]>([
  [{ n: N('1e126') }, 'Number overflow'],
  [{ n: N('1e-131') }, 'Number underflow'],
  [{ n: N('1'.repeat(39)) }, 'more than 38 significant digits'],
  [{ n: N('twelve') }, 'The parameter cannot be converted to a numeric value: twelve'],
  [{ s: { SS: [] } }, 'An string set  may not be empty'],
  [{ s: { NS: ['1', '1.0'] } }, 'contains duplicates'],
  [{ x: {} }, 'must contain exactly one of the supported datatypes'],
  [{ score: S('1') }, 'Type mismatch for Index Key score Expected: N Actual: S IndexName: byTeam'],
  [{ team: S('') }, 'IndexName: byTeam, IndexKey: team'],
  [{ big: S('x'.repeat(400 * 1024)) }, 'Item size has exceeded the maximum allowed size'],
])('an item that breaks a rule is refused (%#)', async (attributes, message) => {
  const { failure } = await withThings();
  const error = await failure('PutItem', { TableName: 'Things', Item: { ...key('1'), ...attributes } });
  expect(error).toMatchObject({ code: 'ValidationException', message: expect.stringContaining(message) });
});

test('a batch writes and reads many items, and refuses the same key twice', async () => {
  const { call, failure } = await withThings();
  const put = (pk: string) => ({ PutRequest: { Item: key(pk) } });
  await call('BatchWriteItem', { RequestItems: { Things: [put('1'), put('2'), put('3')] } });
  await call('BatchWriteItem', { RequestItems: { Things: [{ DeleteRequest: { Key: key('2') } }] } });
  const got = await call('BatchGetItem', {
    RequestItems: { Things: { Keys: [key('1'), key('2'), key('3')], ProjectionExpression: 'pk' } },
  });
  expect(got).toMatchObject({ Responses: { Things: [{ pk: S('1') }, { pk: S('3') }] }, UnprocessedKeys: {} });
  const twice = await failure('BatchWriteItem', { RequestItems: { Things: [put('1'), put('1')] } });
  expect(twice.message).toBe('Provided list of item keys contains duplicates');
});
