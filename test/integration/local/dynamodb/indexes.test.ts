import { expect, test } from 'vitest';
import type { Item } from '../../../../local/dynamodb/attribute-value.ts';
import { key, N, S, things, type World, withThings } from './dynamodb-for-tests.ts';

const put = ({ call }: World, item: Item) => call('PutItem', { TableName: 'Things', Item: item });

const byTeam = (team: string, more: Record<string, unknown> = {}) => ({
  TableName: 'Things',
  IndexName: 'byTeam',
  KeyConditionExpression: 'team = :team',
  ExpressionAttributeValues: { ':team': S(team) },
  ...more,
});

test('only items with all its keys are in an index, and only with what it projects', async () => {
  const world = await withThings();
  await put(world, { ...key('1'), team: S('red'), score: N(1), color: S('crimson'), secret: S('x') });
  await put(world, { ...key('2'), team: S('red') });
  await put(world, { ...key('3'), score: N(2) });
  const only = { ...key('1'), team: S('red'), score: N(1), color: S('crimson') };
  expect((await world.call('Query', byTeam('red'))).Items).toEqual([only]);
  expect((await world.call('Scan', { TableName: 'Things', IndexName: 'byTeam' })).Items).toEqual([only]);
  await world.call('UpdateItem', { TableName: 'Things', Key: key('1'), UpdateExpression: 'REMOVE team' });
  expect(await world.call('Query', byTeam('red'))).toEqual({ Items: [], Count: 0, ScannedCount: 0 });
});

test('an item moves in the index when its keys change, and leaves it when it is deleted', async () => {
  const world = await withThings();
  await put(world, { ...key('1'), team: S('red'), score: N(1) });
  await put(world, { ...key('1'), team: S('blue'), score: N(1) });
  expect((await world.call('Query', byTeam('red'))).Count).toBe(0);
  expect((await world.call('Query', byTeam('blue'))).Count).toBe(1);
  await world.call('DeleteItem', { TableName: 'Things', Key: key('1') });
  expect((await world.call('Query', byTeam('blue'))).Count).toBe(0);
});

test.each([true, false])(
  'pages of an index with many equal keys add up to all items once (forward: %s)',
  async (forward) => {
    const world = await withThings();
    const all: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      await put(world, { ...key(`p${n % 7}`, `s${n}`), team: S('red'), score: N(n % 3) });
      all.push(`p${n % 7}s${n}`);
    }
    const seen: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await world.call('Query', {
        ...byTeam('red', { Limit: 7, ScanIndexForward: forward }),
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      seen.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
      // What was read already may be gone by the time of the next page.
      if (start) await world.call('DeleteItem', { TableName: 'Things', Key: { pk: start.pk, sk: start.sk } });
    } while (start);
    expect(seen.map(({ pk, sk }) => `${pk?.S}${sk?.S}`).sort()).toEqual(all.sort());
    const scores = seen.map(({ score }) => Number(score?.N));
    expect(scores).toEqual([...scores].sort((a, b) => (forward ? a - b : b - a)));
  },
);

test('a query reads the range it names, either way, with a filter after the limit', async () => {
  const { call } = await withThings();
  for (const sk of ['a', 'b', 'b1', 'b2', 'c']) {
    await call('PutItem', { TableName: 'Things', Item: { ...key('1', sk), color: S(sk < 'b2' ? 'red' : 'blue') } });
  }
  const query = async (condition: string, values: Record<string, unknown>, more: Record<string, unknown> = {}) => {
    const answer = await call('Query', {
      TableName: 'Things',
      KeyConditionExpression: `pk = :pk AND ${condition}`,
      ExpressionAttributeValues: { ':pk': S('1'), ...values },
      ...more,
    });
    return answer.Items?.map(({ sk }) => sk?.S).join(' ');
  };
  expect(await query('begins_with(sk, :b)', { ':b': S('b') })).toBe('b b1 b2');
  expect(await query('sk BETWEEN :a AND :b', { ':a': S('a'), ':b': S('b') })).toBe('a b');
  expect(await query('sk > :b', { ':b': S('b') }, { ScanIndexForward: false })).toBe('c b2 b1');
  expect(await query(':b >= sk', { ':b': S('b') })).toBe('a b');
  expect(await query('sk = :b', { ':b': S('b') })).toBe('b');
  const start = { ExclusiveStartKey: key('1', 'b1') };
  expect(await query('sk >= :b', { ':b': S('b') }, start)).toBe('b2 c');
  expect(await query('begins_with(sk, :b)', { ':b': S('b') }, { ...start, ScanIndexForward: false })).toBe('b');
  const filter = { FilterExpression: 'color = :blue', Limit: 4 };
  expect(await query('sk >= :a', { ':a': S('a'), ':blue': S('blue') }, filter)).toBe('b2');
});

test('a page ends at 1 MB and says where; a count reads as much and returns no items', async () => {
  const { call } = await withThings();
  for (let n = 0; n < 4; n += 1) {
    await call('PutItem', { TableName: 'Things', Item: { ...key('1', `s${n}`), text: S('x'.repeat(390_000)) } });
  }
  const all = {
    TableName: 'Things',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': S('1') },
  };
  const first = await call('Query', { ...all, Select: 'COUNT' });
  expect(first).toEqual({ Count: 3, ScannedCount: 3, LastEvaluatedKey: key('1', 's2') });
  const rest = await call('Query', { ...all, ExclusiveStartKey: first.LastEvaluatedKey });
  expect(rest).toMatchObject({ Count: 1 });
  expect(rest.LastEvaluatedKey).toBeUndefined();
});

test('the segments of a scan share all items between them', async () => {
  const world = await withThings();
  for (let n = 0; n < 50; n += 1) await put(world, key(`p${n}`));
  const counts: number[] = [];
  for (let Segment = 0; Segment < 3; Segment += 1) {
    let start: Item | undefined;
    let count = 0;
    do {
      const page = await world.call('Scan', {
        TableName: 'Things',
        Segment,
        TotalSegments: 3,
        Limit: 4,
        ...(start ? { ExclusiveStartKey: start } : {}),
      });
      count += page.Count ?? 0;
      start = page.LastEvaluatedKey;
    } while (start);
    counts.push(count);
  }
  expect(counts.reduce((sum, count) => sum + count)).toBe(50);
  expect(counts.every((count) => count > 0)).toBe(true);
});

test.each<[Record<string, unknown>, string]>([
  [{ IndexName: 'nope' }, 'The table does not have the specified index: nope'],
  [{ ConsistentRead: true }, 'Consistent reads are not supported on global secondary indexes'],
  [{ Select: 'ALL_ATTRIBUTES' }, 'Select type ALL_ATTRIBUTES is not supported for global secondary index byTeam'],
  [{ ProjectionExpression: 'secret' }, 'Global secondary index byTeam does not project [secret]'],
  [{ KeyConditionExpression: 'score = :team' }, 'Query condition missed key schema element: team'],
  [{ KeyConditionExpression: 'team > :team' }, 'Query key condition not supported'],
  [{ ExpressionAttributeValues: { ':team': N(1) } }, 'Condition parameter type does not match schema type'],
  [{ ExclusiveStartKey: key('1') }, 'The provided starting key is invalid'],
  [
    { ExclusiveStartKey: { ...key('1'), team: S('blue'), score: N(1) } },
    'The provided starting key is outside query boundaries based on provided conditions',
  ],
])('a query that makes no sense is refused (%#)', async (change, message) => {
  const { failure } = await withThings();
  expect(await failure('Query', { ...byTeam('red'), ...change })).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining(message),
  });
});

test('a table whose indexes can not be is refused', async () => {
  const { failure } = await withThings();
  const other = { ...things, TableName: 'Other' };
  const unnamed = [{ ...things.GlobalSecondaryIndexes[0], IndexName: 'by"team' }];
  expect((await failure('CreateTable', { ...other, GlobalSecondaryIndexes: unnamed })).message).toContain('indexName');
  const twice = [...things.GlobalSecondaryIndexes, { ...things.GlobalSecondaryIndexes[0], IndexName: 'BYTEAM' }];
  expect((await failure('CreateTable', { ...other, GlobalSecondaryIndexes: twice })).message).toContain('Duplicate');
  const elsewhere = [{ ...things.GlobalSecondaryIndexes[0], IndexName: 'local' }];
  expect((await failure('CreateTable', { ...other, LocalSecondaryIndexes: elsewhere })).message).toContain(
    'does not have the same leading hash key as table KeySchema for index: local',
  );
});
