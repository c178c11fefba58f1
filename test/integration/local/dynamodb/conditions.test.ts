import { expect, test } from 'vitest';
import { key, N, S, withThings } from './dynamodb-for-tests.ts';

const item = {
  ...key('1'),
  n: N(10),
  s: S('hello'),
  umlaut: S('\uffee'),
  bin: { B: 'AAEC' },
  tags: { SS: ['x', 'y'] },
  nums: { NS: ['1', '2'] },
  list: { L: [S('x'), N(2), { M: { in: S('deep') } }] },
  m: { M: { a: N(1), b: { L: [N(5)] } } },
  yes: { BOOL: true },
  nothing: { NULL: true },
};

const values = {
  ':n5': N(5),
  ':n10': N('10.0'),
  ':n20': N(20),
  ':s': S('hello'),
  ':he': S('he'),
  ':x': S('x'),
  ':deep': S('deep'),
  ':grin': S('\u{1f600}'),
  ':tags': { SS: ['y', 'x'] },
  ':bin': { B: 'AAE=' },
  ':type': S('SS'),
  ':three': N(3),
  ':yes': { BOOL: true },
  ':two': N(2),
};

test.each([
  ['n = :n10', true],
  ['n <> :n10', false],
  ['absent <> :n10', true],
  ['absent = :n10', false],
  ['absent = alsoAbsent', false],
  ['n < :n20 AND n > :n5', true],
  ['n <= :n5 OR n >= :n20', false],
  ['NOT n = :n5', true],
  ['n = :s', false],
  ['n < :s', false],
  ['n BETWEEN :n5 AND :n20', true],
  ['s IN (:x, :s)', true],
  ['n IN (:n5, :n20)', false],
  ['begins_with(s, :he)', true],
  ['begins_with(bin, :bin)', true],
  ['contains(s, :he)', true],
  ['contains(tags, :x)', true],
  ['contains(#list, :x)', true],
  ['contains(#list, :deep)', false],
  ['contains(nums, :two)', true],
  ['contains(nums, :x)', false],
  ['tags = :tags', true],
  ['attribute_exists(m.b[0])', true],
  ['attribute_not_exists(m.b[1])', true],
  ['attribute_exists(toString)', false],
  ['attribute_type(tags, :type)', true],
  ['size(tags) = :two', true],
  ['size(bin) = :three', true],
  ['size(#list) >= :three', true],
  ['size(absent) > :two', false],
  ['m.b[0] = :n5', true],
  ['#list[2].#in = :deep', true],
  ['yes = :yes', true],
  // By bytes, an emoji is above U+FFEE; by UTF-16 units it would be below.
  ['umlaut < :grin', true],
  ['n = :n5 OR n = :n10 AND s = :x', false],
  ['(n = :n5 OR n = :n10) AND s = :s', true],
])('%s is %s', async (ConditionExpression, holds) => {
  const { call, failure } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: item });
  const used = (all: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => new RegExp(`${name}(?![a-z0-9])`).test(ConditionExpression)),
    );
  const names = used({ '#list': 'list', '#in': 'in' });
  const used_ = used(values);
  const request = {
    TableName: 'Things',
    Key: key('1'),
    ConditionExpression,
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    ...(Object.keys(used_).length > 0 ? { ExpressionAttributeValues: used_ } : {}),
  };
  if (holds) await call('DeleteItem', request);
  else expect((await failure('DeleteItem', request)).code).toBe('ConditionalCheckFailedException');
});

test('bounds and type names are checked for every request, also when its expression is known', async () => {
  const { call, failure } = await withThings();
  await call('PutItem', { TableName: 'Things', Item: item });
  const between = (low: number, high: number) => ({
    TableName: 'Things',
    Key: key('1'),
    UpdateExpression: 'SET seen = :low',
    ConditionExpression: 'n BETWEEN :low AND :high',
    ExpressionAttributeValues: { ':low': N(low), ':high': N(high) },
  });
  await call('UpdateItem', between(1, 10));
  expect((await failure('UpdateItem', between(10, 1))).message).toBe(
    '1 validation error detected: Invalid ConditionExpression: ' +
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
      'lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:1}',
  );
  const ofNothing = {
    TableName: 'Things',
    FilterExpression: 'n BETWEEN :low AND :high',
    ExpressionAttributeValues: { ':low': { NULL: true }, ':high': N(10) },
  };
  expect((await failure('Scan', ofNothing)).message).toBe(
    'Invalid FilterExpression: Incorrect operand type for operator or function; operator or function: BETWEEN, ' +
      'operand type: NULL',
  );
  const typed = (type: string) => ({
    TableName: 'Things',
    Key: key('1'),
    ConditionExpression: 'attribute_type(n, :t)',
    ExpressionAttributeValues: { ':t': S(type) },
  });
  expect((await failure('DeleteItem', typed('S'))).code).toBe('ConditionalCheckFailedException');
  expect((await failure('DeleteItem', typed('T'))).message).toContain('Invalid attribute type name found; type: T');
});
