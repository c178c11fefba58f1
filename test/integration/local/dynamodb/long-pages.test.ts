import { describe, expect, test } from 'vitest';
import { key, S, withThings } from './dynamodb-for-tests.ts';

/** `count` items of one partition, `000` and so on. */
async function partitionOf(count: number) {
  const { call } = await withThings();
  const sorts = Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
  for (const sk of sorts) await call('PutItem', { TableName: 'Things', Item: { pk: key('1').pk, sk: S(sk) } });
  const query = (more: Record<string, unknown>) =>
    call('Query', {
      TableName: 'Things',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': key('1').pk },
      ...more,
    });
  return { sorts, query };
}

// Pages are read in two parts, the first of 32 rows.
describe.each([31, 32, 33, 64, 65])('a partition of %i items', (count) => {
  test('comes whole and in order, forward and backward', async () => {
    const { sorts, query } = await partitionOf(count);
    const forward = await query({});
    expect(forward.Items?.map(({ sk }) => sk?.S)).toEqual(sorts);
    expect(forward.LastEvaluatedKey).toBeUndefined();
    const backward = await query({ ScanIndexForward: false });
    expect(backward.Items?.map(({ sk }) => sk?.S)).toEqual(sorts.toReversed());
  });

  test.each([1, 31, 32, 33, 40])('comes in pages of %i without a gap', async (Limit) => {
    const { sorts, query } = await partitionOf(count);
    const seen: (string | undefined)[] = [];
    for (let start: object | undefined, first = true; first || start; first = false) {
      const page = await query({ Limit, ...(start && { ExclusiveStartKey: start }) });
      expect(page.Items!.length).toBeLessThanOrEqual(Limit);
      seen.push(...page.Items!.map(({ sk }) => sk?.S));
      start = page.LastEvaluatedKey;
    }
    expect(seen).toEqual(sorts);
  });
});
