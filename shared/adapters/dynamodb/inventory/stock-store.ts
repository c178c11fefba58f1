import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { LocationId, Sku } from '../../../domain/ids.ts';
import { bucketKey } from '../../../domain/stock/decision.ts';
import { stockAdjustedData } from '../../../domain/stock/entry.ts';
import { Supply } from '../../../domain/stock/supply.ts';
import { Transfer } from '../../../domain/stock/transfer.ts';
import type { StockAnswer, StockCommitOutcome, StockStore } from '../../../ports/stock-store.ts';
import type { System } from '../../../ports/system.ts';
import { fromAttributes } from '../client.ts';
import { byOrderFrom, documentSk, onlySk, pk, sk, stockSk } from '../keys.ts';
import { queryRange } from '../order-store.ts';
import { answerPut, stockActions } from './commit-actions.ts';
import { makeFit, mostActions } from './even-rows.ts';
import { getRow, getRows, itemOf } from './rows.ts';
import { bucketKeyOf, readBuckets } from './shard-rows.ts';
import { bucketWrites } from './split-writes.ts';

/** Stock as operators change it, in the table `inventory`. */
export function dynamoStockStore(client: DynamoDBClient, table: string, system: System): StockStore {
  const documents = async (keys: readonly string[]) =>
    (
      await getRows(
        client,
        table,
        keys.map((key) => ({ pk: key, sk: documentSk })),
        system,
      )
    ).map((row) => JSON.parse(String(row.data)) as unknown);

  return {
    knowsLocation: async (id) =>
      (await getRow(client, table, { pk: pk.locations, sk: `LOCATION#${id}` })) !== undefined,

    async read(asked) {
      const keys = asked.flatMap(({ sku, locationId }) => [
        { pk: pk.sku(sku), sk: stockSk.item },
        bucketKeyOf(sku, locationId),
      ]);
      const rows = await getRows(client, table, keys, system);
      const items = rows.filter((row) => row.sk === stockSk.item).map((row) => itemOf(row));
      const bases = rows.filter((row) => row.sk !== stockSk.item);
      const buckets = await readBuckets(client, table, bases, system);
      return {
        items: new Map(items.map((item) => [item.sku, item])),
        buckets: new Map(buckets.map((bucket) => [bucketKey(bucket.sku, bucket.locationId), bucket])),
      };
    },

    async movedByOrders(sku, locationId, after) {
      const rows = await queryRange(
        client,
        table,
        pk.sku(sku),
        // A movement at that very moment was seen by who counted; `$` is the character after `#`.
        `${byOrderFrom(locationId, after)}$`,
        byOrderFrom(locationId, '~'),
      );
      return rows.reduce((sum, row) => sum + Number(row.change), 0);
    },

    movedByOperators: (sku, after) => movedByOperators(client, table, sku, after),

    async transfer(id) {
      const [found] = await documents([pk.transfer(id)]);
      return found === undefined ? undefined : Transfer.parse(found);
    },

    supplies: async (ids) => (await documents(ids.map(pk.supply))).map((one) => Supply.parse(one)),

    async commit(commit) {
      const buckets = await bucketWrites(client, table, system, commit.buckets, commit.at);
      if (!buckets) return { outcome: 'conflict' };
      const actions = stockActions(
        table,
        commit,
        buckets.map(({ action }) => action),
      );
      if (actions.length > mostActions) {
        // Rows of a feed are tried again in smaller batches: nobody's rows need to be merged for them.
        const isOneOfMany = commit.applied !== undefined && commit.buckets.length > 1;
        if (!isOneOfMany) await makeFit(client, table, system, actions.length, buckets);
        return { outcome: 'conflict' };
      }
      return commitActions(client, actions, commit.answer !== undefined);
    },

    async answer(owner, key) {
      const row = await getRow(client, table, { pk: pk.idempotency(owner, key), sk: onlySk });
      return row && (JSON.parse(String(row.data)) as StockAnswer);
    },

    async keepAnswer(answer) {
      try {
        await client.send(new PutItemCommand(answerPut(table, answer)));
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      }
    },
  };
}

/** The entries of the SKU's own log, newest first, until they are as old as the count: times never go back within a SKU. */
async function movedByOperators(client: DynamoDBClient, table: string, sku: Sku, after: string) {
  const moved = new Map<LocationId, number>();
  let start: Record<string, { S: string }> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :event)',
        ExpressionAttributeValues: { ':pk': { S: pk.sku(sku) }, ':event': { S: sk.event } },
        ScanIndexForward: false,
        Limit: 100,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const row of (page.Items ?? []).map(fromAttributes)) {
      if (String(row.at) <= after) return moved;
      if (row.type !== 'stock.adjusted') continue;
      const { locationId, change } = stockAdjustedData.parse(JSON.parse(String(row.data)));
      moved.set(locationId, (moved.get(locationId) ?? 0) + change);
    }
    start = page.LastEvaluatedKey as typeof start;
  } while (start);
  return moved;
}

/** @param keyed the first action keeps the answer of an Idempotency-Key */
export async function commitActions(
  client: DynamoDBClient,
  actions: TransactWriteItem[],
  keyed: boolean,
): Promise<StockCommitOutcome> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return { outcome: 'committed' };
  } catch (error) {
    const { name, CancellationReasons } = error as { name?: string; CancellationReasons?: { Code?: string }[] };
    if (name === 'TransactionInProgressException') return { outcome: 'conflict' };
    if (name !== 'TransactionCanceledException' || !CancellationReasons) throw error;
    if (keyed && CancellationReasons[0]?.Code === 'ConditionalCheckFailed') return { outcome: 'idempotency_key_taken' };
    const passing = [
      'ConditionalCheckFailed',
      'TransactionConflict',
      'ThrottlingError',
      'ProvisionedThroughputExceeded',
    ];
    if (CancellationReasons.some(({ Code }) => passing.includes(Code ?? ''))) return { outcome: 'conflict' };
    throw error;
  }
}
