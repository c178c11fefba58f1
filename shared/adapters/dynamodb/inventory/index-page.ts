import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Page, Position } from '../../../ports/order-store.ts';
import type { Found } from '../merged-query.ts';

/** A part of an index: the items of one partition with ranks from `from` to `to`, both included. */
export interface IndexRange {
  index: 'gsi1' | 'gsi2';
  partition: string;
  from?: string | undefined;
  to?: string | undefined;
  isAscending: boolean;
}

/** Rounds of queries that one page may cost: then it is partial, and the next one goes on. */
const mostRounds = 5;

/**
 * A page of a listing by index: candidates are read in rounds until enough of them pass `resolve`. Ranks are unique within a partition, so
 * that the last one says where to go on, whatever was inserted or deleted meanwhile.
 * @param resolve reads the items, in the order given, and keeps those that fit
 */
export async function indexPage<T>(
  client: DynamoDBClient,
  table: string,
  range: IndexRange,
  page: { limit: number; after?: Position | undefined },
  resolve: (found: Found[]) => Promise<T[]>,
): Promise<Page<T>> {
  const items: T[] = [];
  let last = page.after?.below;
  for (let round = 0; round < mostRounds; round++) {
    const { found, hasMore } = await candidates(client, table, range, page.limit - items.length, last);
    items.push(...(await resolve(found)));
    if (!hasMore) return { items };
    last = found.at(-1)?.rank ?? last;
    if (items.length >= page.limit) break;
  }
  return last === undefined ? { items } : { items, next: { below: last } };
}

async function candidates(
  client: DynamoDBClient,
  table: string,
  { index, partition, from = ' ', to = '~', isAscending }: IndexRange,
  limit: number,
  last: string | undefined,
): Promise<{ found: Found[]; hasMore: boolean }> {
  const [first, end] = isAscending ? [last ?? from, to] : [from, last ?? to];
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': `${index}pk`, '#sk': `${index}sk` },
      ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: first }, ':to': { S: end } },
      ScanIndexForward: isAscending,
      // BETWEEN has no open end: the item that the last page ended with comes once more. And one tells whether there is more.
      Limit: limit + 2,
    }),
  );
  const found = Items.map((item) => ({
    pk: String(item.pk?.S),
    sk: String(item.sk?.S),
    rank: String(item[`${index}sk`]?.S),
  })).filter(({ rank }) => rank !== last);
  return { found: found.slice(0, limit), hasMore: found.length > limit || LastEvaluatedKey !== undefined };
}
