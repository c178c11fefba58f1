import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  type Chunk,
  chunksOf,
  Feed,
  FeedId,
  type FeedRow,
  FeedState,
  feedExpiresAt,
  mostRowsPerPart,
  type RowError,
  rowsPerChunk,
} from '../../../domain/stock/feed.ts';
import { chunkKey, type FeedProgress, type FeedStore } from '../../../ports/feeds.ts';
import { isoNow, type System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { feedSk, onlySk, pk, stockIndexKeys, stockPartitions } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { queryRange } from '../order-store.ts';
import { answerPut } from './commit-actions.ts';
import { indexPage } from './index-page.ts';
import { getRow, getRows } from './rows.ts';

const chunksPerPart = mostRowsPerPart / rowsPerChunk;
const attempts = 8;

const HeadRow = z.object({
  data: z.string(),
  state: FeedState,
  version: z.number(),
  applied: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  chunksDone: z.number(),
  restarts: z.number(),
  updatedAt: z.string(),
});

const progressOf = (row: Item): FeedProgress => {
  const { data, ...head } = HeadRow.parse(row);
  return { ...Feed.parse(JSON.parse(data)), ...head };
};

const partSk = (part: number): string => `${feedSk.part}${String(part).padStart(2, '0')}`;
const isRunning = (state: FeedState): boolean => state === 'VALIDATING' || state === 'APPLYING';

const errorsIn = (row: Item | undefined): RowError[] => (row ? (JSON.parse(String(row.data)) as RowError[]) : []);

/** Written by `putPart` as FeedRow: not checked again, row by row. */
function rowsIn(id: FeedId, chunk: Chunk, row: Item | undefined): FeedRow[] {
  const rows = JSON.parse(String(row?.data ?? '[]')) as FeedRow[];
  if (rows.length !== chunk.rows) throw new Error(`${id}: chunk ${chunkKey(chunk)} has ${rows.length} rows`);
  return rows;
}

const appliedIn = (row: Item | undefined): { version: number; rows: number[] } =>
  row ? { version: Number(row.version), rows: String(row.rows).split(' ').map(Number) } : { version: 0, rows: [] };

/** Feeds of stock, in the table `inventory`: a head, and their rows by the chunk. */
export function dynamoFeeds(client: DynamoDBClient, table: string, system: System): FeedStore {
  /** Every row of a feed goes at the same time. */
  const put = (
    feed: Pick<Feed, 'id' | 'createdAt'>,
    sk: string,
    item: Item,
    condition?: string,
  ): TransactWriteItem => ({
    Put: {
      TableName: table,
      Item: toAttributes({
        pk: pk.feed(feed.id),
        sk,
        ...item,
        expiresAt: feedExpiresAt(feed),
      }),
      ...(condition !== undefined && { ConditionExpression: condition }),
    },
  });
  const headKey = (id: FeedId) => toAttributes({ pk: pk.feed(id), sk: onlySk });
  const remove = (id: FeedId, sk: string): TransactWriteItem => ({
    Delete: { TableName: table, Key: toAttributes({ pk: pk.feed(id), sk }) },
  });
  /** The head is as it was read, whatever was counted since. */
  const unchanged = ({ version }: { version: number }) => ({
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  });
  const unchangedHead = (before: FeedProgress): TransactWriteItem => ({
    ConditionCheck: { TableName: table, Key: headKey(before.id), ...unchanged(before) },
  });

  /** False: a condition does not hold. Conflicts with others that write the same feed pass: parts may be sent side by side. */
  const commit = async (actions: TransactWriteItem[]): Promise<boolean> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
        return true;
      } catch (error) {
        const codes = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons?.map(
          ({ Code }) => Code,
        );
        if (codes?.includes('ConditionalCheckFailed')) return false;
        if (!codes?.includes('TransactionConflict') || attempt === attempts) throw error;
        await system.sleep(system.random() * 20 * 2 ** attempt);
      }
    }
  };

  const keysUnder = async (id: FeedId, prefix: string): Promise<string[]> => {
    const keys: string[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': { S: pk.feed(id) }, ':sk': { S: prefix } },
          ProjectionExpression: 'sk',
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      keys.push(...(page.Items ?? []).map(({ sk }) => String(sk?.S)));
      start = page.LastEvaluatedKey;
    } while (start);
    return keys;
  };

  const store: FeedStore = {
    create(feed, answer) {
      const head = {
        data: JSON.stringify(feed),
        state: 'DRAFT',
        version: 1,
        ...{ applied: 0, unchanged: 0, failed: 0, chunksDone: 0, restarts: 0 },
        updatedAt: feed.createdAt,
        ...stockIndexKeys.feed(feed.createdAt, feed.id),
      };
      return commit([
        ...(answer ? [{ Put: answerPut(table, answer) }] : []),
        put(feed, onlySk, head, 'attribute_not_exists(pk)'),
      ]);
    },

    async load(id) {
      const row = await getRow(client, table, { pk: pk.feed(id), sk: onlySk });
      return row && progressOf(row);
    },

    putPart(feed, part, rows) {
      const chunks = chunksOf([rows.length]).map((one) => ({ ...one, part }));
      const gone = Array.from({ length: chunksPerPart - chunks.length }, (_, n) => ({
        part,
        index: chunks.length + n,
      }));
      return commit([
        {
          Update: {
            TableName: table,
            Key: headKey(feed.id),
            // Whoever submits what was read before is told by the version.
            UpdateExpression: 'SET updatedAt = :at ADD #version :one',
            ConditionExpression: '#state = :draft',
            ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
            ExpressionAttributeValues: {
              ':draft': { S: 'DRAFT' },
              ':at': { S: isoNow(system) },
              ':one': { N: '1' },
            },
          },
        },
        put(feed, partSk(part), { rows: rows.length }),
        ...chunks.map((chunk) =>
          put(feed, feedSk.chunk + chunkKey(chunk), {
            data: JSON.stringify(rows.slice(chunk.from - 1, chunk.from - 1 + chunk.rows)),
          }),
        ),
        ...gone.map((chunk) => remove(feed.id, feedSk.chunk + chunkKey(chunk))),
      ]);
    },

    async parts(id) {
      const rows = await queryRange(client, table, pk.feed(id), feedSk.part, `${feedSk.part}~`);
      return rows.map((row) => ({ part: Number(String(row.sk).slice(feedSk.part.length)), rows: Number(row.rows) }));
    },

    change(before, { state, ...feed }, { failed, errors = new Map() } = {}) {
      const running = stockIndexKeys.runningFeed(feed.submittedAt ?? feed.createdAt, feed.id);
      const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = unchanged(before);
      return commit([
        {
          Update: {
            TableName: table,
            Key: headKey(before.id),
            UpdateExpression: `SET #data = :data, #state = :state, updatedAt = :at, restarts = :zero${failed === undefined ? '' : ', failed = :failed'}${isRunning(state) ? ', gsi2pk = :pk, gsi2sk = :sk' : ' REMOVE gsi2pk, gsi2sk'} ADD #version :one`,
            ConditionExpression,
            ExpressionAttributeNames: { ...ExpressionAttributeNames, '#data': 'data', '#state': 'state' },
            ExpressionAttributeValues: {
              ...ExpressionAttributeValues,
              ':data': { S: JSON.stringify(Feed.parse(feed)) },
              ':state': { S: state },
              ':at': { S: isoNow(system) },
              ':one': { N: '1' },
              ':zero': { N: '0' },
              ...(failed !== undefined && { ':failed': { N: String(failed) } }),
              ...(isRunning(state) && { ':pk': { S: running.gsi2pk }, ':sk': { S: running.gsi2sk } }),
            },
          },
        },
        ...[...errors].map(([chunk, found]) =>
          put(before, feedSk.errors + chunkKey(chunk), { data: JSON.stringify(found) }),
        ),
      ]);
    },

    async noteRestart(before) {
      const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = unchanged(before);
      await commit([
        {
          Update: {
            TableName: table,
            Key: headKey(before.id),
            UpdateExpression: 'SET updatedAt = :at ADD restarts :one',
            ConditionExpression,
            ExpressionAttributeNames,
            ExpressionAttributeValues: {
              ...ExpressionAttributeValues,
              ':one': { N: '1' },
              ':at': { S: isoNow(system) },
            },
          },
        },
      ]);
    },

    rows: async (id, chunk) =>
      rowsIn(id, chunk, await getRow(client, table, { pk: pk.feed(id), sk: feedSk.chunk + chunkKey(chunk) })),

    async work(id, chunk) {
      const key = chunkKey(chunk);
      const [found, marks] = await Promise.all([
        getRows(
          client,
          table,
          [feedSk.chunk, feedSk.errors].map((prefix) => ({ pk: pk.feed(id), sk: prefix + key })),
          system,
        ),
        // `$` is the character after `#`.
        queryRange(client, table, pk.feed(id), `${feedSk.applied}${key}#`, `${feedSk.applied}${key}$`),
      ]);
      return {
        rows: rowsIn(
          id,
          chunk,
          found.find(({ sk }) => sk === feedSk.chunk + key),
        ),
        errors: errorsIn(found.find(({ sk }) => sk === feedSk.errors + key)),
        applied: new Map(marks.map((row) => [String(row.sk).slice(feedSk.applied.length), appliedIn(row)])),
      };
    },

    applied: async (id, batch) =>
      appliedIn(await getRow(client, table, { pk: pk.feed(id), sk: feedSk.applied + batch })),

    async keepErrors(before, errors) {
      const wanted = new Map([...errors].map(([chunk, found]) => [feedSk.errors + chunkKey(chunk), found]));
      const stale = (await keysUnder(before.id, feedSk.errors)).filter((sk) => !wanted.has(sk));
      const actions = [
        ...stale.map((sk) => put(before, sk, { data: '[]' })),
        ...[...wanted].map(([sk, found]) => put(before, sk, { data: JSON.stringify(found) })),
      ];
      // A chunk of nothing but errors has 100 KB: 20 of them are below the 4 MB of a transaction.
      for (let n = 0; n < actions.length; n += 20) {
        if (!(await commit([unchangedHead(before), ...actions.slice(n, n + 20)]))) return false;
      }
      return true;
    },

    done: async (id) => new Set((await keysUnder(id, feedSk.finished)).map((sk) => sk.slice(feedSk.finished.length))),

    async finishChunk(feed, chunk, { applied, unchanged: same, errors, refused }) {
      const key = chunkKey(chunk);
      await commit([
        put(feed, feedSk.finished + key, {}, 'attribute_not_exists(pk)'),
        ...(errors.length > 0 ? [put(feed, feedSk.errors + key, { data: JSON.stringify(errors) })] : []),
        {
          Update: {
            TableName: table,
            Key: headKey(feed.id),
            UpdateExpression:
              'SET updatedAt = :at, restarts = :zero ADD applied :applied, unchanged :same, failed :refused, chunksDone :one',
            ExpressionAttributeValues: {
              ':at': { S: isoNow(system) },
              ':zero': { N: '0' },
              ':one': { N: '1' },
              ':applied': { N: String(applied) },
              ':same': { N: String(same) },
              ':refused': { N: String(refused) },
            },
          },
        },
      ]);
    },

    async remove(before) {
      const head = { TableName: table, Key: headKey(before.id), ...unchanged(before) };
      if (!(await commit([{ Delete: head }]))) return false;
      // What a crash leaves behind here, nobody finds, and it expires.
      const rows = [...(await keysUnder(before.id, feedSk.part)), ...(await keysUnder(before.id, feedSk.chunk))];
      for (let n = 0; n < rows.length; n += 100) {
        await commit(rows.slice(n, n + 100).map((sk) => remove(before.id, sk)));
      }
      return true;
    },

    async running(limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi2',
          KeyConditionExpression: 'gsi2pk = :running',
          ExpressionAttributeValues: { ':running': { S: stockPartitions.runningFeeds } },
          Limit: limit,
        }),
      );
      return Items.map((item) => FeedId.parse(String(item.pk?.S).slice(pk.feed('').length)));
    },

    list({ state }, page) {
      const range = { index: 'gsi1', partition: stockPartitions.feeds, isAscending: false } as const;
      return indexPage(client, table, range, page, async (found) => {
        const rows = await getRows(
          client,
          table,
          found.map(({ pk: key, sk }) => ({ pk: key, sk })),
          system,
        );
        const byKey = new Map(rows.map((row) => [row.pk, row]));
        return found.flatMap(({ pk: key }) => {
          const row = byKey.get(key);
          const feed = row && progressOf(row);
          return feed && (state === undefined || feed.state === state) ? [feed] : [];
        });
      });
    },

    async errors(id, { limit, after }) {
      const found: RowError[] = [];
      let from: Pick<RowError, 'part' | 'row'> = { part: Number(after?.part ?? 1), row: Number(after?.row ?? 0) };
      let first =
        feedSk.errors + chunkKey({ part: from.part, index: Math.floor(Math.max(0, from.row - 1) / rowsPerChunk) });
      for (;;) {
        // One chunk more than is needed says whether there is a next page.
        const chunks = await queryRange(client, table, pk.feed(id), first, `${feedSk.errors}~`, 2);
        for (const chunk of chunks) {
          found.push(
            ...errorsIn(chunk).filter(({ part, row }) => part > from.part || (part === from.part && row > from.row)),
          );
        }
        if (found.length > limit) {
          const last = found[limit - 1];
          return { items: found.slice(0, limit), next: { part: String(last?.part), row: String(last?.row) } };
        }
        if (chunks.length < 2) return { items: found };
        first = `${chunks.at(-1)?.sk}~`;
        from = found.at(-1) ?? from;
      }
    },
  };
  return store;
}
