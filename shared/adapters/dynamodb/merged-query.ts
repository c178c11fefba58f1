import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Page, Position } from '../../ports/order-store.ts';

/** A range of an index: the items of one partition whose sort key begins with `prefix`. What follows the prefix orders the listing. */
export interface Source {
  index: 'gsi1' | 'gsi2' | 'gsi3';
  partition: string;
  prefix: string;
}

/** What the index says of an item: its table key and where it stands in the order of the listing. */
export interface Found {
  pk: string;
  sk: string;
  rank: string;
}

/**
 * Items of several ranges as one listing, highest rank first. Ranks are unique and have the same form in every range, so that a rank alone
 * says where to go on, whatever was inserted or deleted meanwhile.
 * @param below only ranks below this one
 */
export async function mergedQuery(
  client: DynamoDBClient,
  table: string,
  sources: readonly Source[],
  limit: number,
  below: string | undefined,
): Promise<{ found: Found[]; hasMore: boolean }> {
  // One more than asked for from each: whether there is more is known without asking again.
  const pages = await Promise.all(sources.map((source) => queryRange(client, table, source, limit + 1, below)));
  const merged = pages
    .flat()
    .sort((a, b) => (a.rank < b.rank ? 1 : -1))
    // An item that moves from one range to another while they are read is found in both.
    .filter(({ rank }, index, all) => rank !== all[index - 1]?.rank);
  return { found: merged.slice(0, limit), hasMore: merged.length > limit };
}

/** Above every rank: those begin with a year. */
const highest = '~';

async function queryRange(
  client: DynamoDBClient,
  table: string,
  { index, partition, prefix }: Source,
  limit: number,
  below = highest,
): Promise<Found[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': `${index}pk`, '#sk': `${index}sk` },
      ExpressionAttributeValues: {
        ':pk': { S: partition },
        ':from': { S: prefix === '' ? '0' : prefix },
        ':to': { S: `${prefix}${below}` },
      },
      ScanIndexForward: false,
      // BETWEEN has no open end: the item that the last page ended with comes once more.
      Limit: limit + 1,
    }),
  );
  return Items.flatMap((item) => {
    const rank = String(item[`${index}sk`]?.S).slice(prefix.length);
    return rank === below ? [] : [{ pk: String(item.pk?.S), sk: String(item.sk?.S), rank }];
  });
}

/** Rounds of queries that one page may cost. */
const mostRounds = 5;

/**
 * Fills a page: reads rounds of candidates until it has enough that pass `resolve`, the candidates end, or the rounds do; then the page is
 * partial and its `next` goes on where the last round stopped.
 * @param candidates the next ones below a rank; `next` is the rank to go on below, undefined when there is nothing more
 * @param resolve reads the items and keeps those that still fit
 */
export async function fillPage<T>(
  page: { limit: number; after?: Position | undefined },
  candidates: (
    limit: number,
    below: string | undefined,
    round: number,
  ) => Promise<{ found: Found[]; next: string | undefined }>,
  resolve: (found: Found[]) => Promise<T[]>,
): Promise<Page<T>> {
  const items: T[] = [];
  let below = page.after?.below;
  for (let round = 0; round < mostRounds; round++) {
    const { found, next } = await candidates(page.limit - items.length, below, round);
    items.push(...(await resolve(found)));
    below = next;
    if (below === undefined || items.length >= page.limit) break;
  }
  return { items, ...(below !== undefined && { next: { below } }) };
}
