import { type DynamoDBClient, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Sku } from '../../../domain/ids.ts';
import { StockLevel } from '../../../domain/stock/level.ts';
import type { StockLevels } from '../../../ports/stock-store.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { pk, stockIndexKeys, stockSk } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { queryRange } from '../order-store.ts';
import { pastTransactions } from '../past-transactions.ts';
import { eventPut, itemUpdate } from './commit-actions.ts';
import { closedRows } from './reshard.ts';
import { getRow, getRows, itemOf } from './rows.ts';
import { bucketKeyOf, readBuckets, shardCount, shardHints } from './shard-rows.ts';
import { commitActions } from './stock-store.ts';

/**
 * What was announced of a bucket stands on it as `announced`, absent while there is enough, and its SKU's threshold as `lowAt`: the
 * stream's filter sees both, so that only changes that may be news reach the reader.
 */
export function dynamoStockLevels(client: DynamoDBClient, table: string, system: System): StockLevels {
  return {
    async level(sku, locationId) {
      const keys = [{ pk: pk.sku(sku), sk: stockSk.item }, bucketKeyOf(sku, locationId)];
      const rows = await getRows(client, table, keys, system);
      const itemRow = rows.find((row) => row.sk === stockSk.item);
      const bucketRow = rows.find((row) => row.sk !== stockSk.item);
      if (!itemRow || !bucketRow) return undefined;
      const item = itemOf(itemRow);
      const announced = StockLevel.parse(bucketRow.announced ?? 'in');
      const { lowAt } = item;
      const [bucket] = await readBuckets(client, table, [bucketRow], system);
      return bucket && { item, bucket, announced, ...(lowAt !== undefined && { lowAt }) };
    },

    async announce({ sku, locationId, from, to, item, event }) {
      const key = bucketKeyOf(sku, locationId);
      const Update = levelUpdate(table, key, from, to, stockIndexKeys.level(to, sku, locationId));
      const shards = shardHints(client, table).of(sku, locationId);
      const isGone = to === 'out' && shards > 1;
      if (isGone) markToo(Update, shards);
      const actions: TransactWriteItem[] = [
        ...(item ? [itemUpdate(table, item)] : []),
        ...(event ? [eventPut(table, event)] : []),
        { Update },
        ...(isGone ? closedRows(table, sku, locationId, shards) : []),
      ];
      return (await commitActions(client, actions, false)).outcome === 'committed';
    },

    async setThreshold(sku, lowAt) {
      // Buckets carry a copy. It is made again when somebody set another threshold meanwhile: the last one set is on all of them.
      let wanted = lowAt;
      const set = (key: Item) => pastTransactions(system, () => setLowAt(client, table, key, wanted));
      if (!(await set({ pk: pk.sku(sku), sk: stockSk.item }))) return false;
      for (;;) {
        const buckets = await queryRange(client, table, pk.sku(sku), stockSk.location, `${stockSk.location}~`);
        for (const row of buckets) {
          for (let shard = 0; shard < shardCount(row); shard++) {
            await set(bucketKeyOf(sku, String(row.locationId), shard));
          }
        }
        const now = await thresholdOf(client, table, sku);
        if (now === wanted) return true;
        wanted = now;
      }
    },
  };
}

async function thresholdOf(client: DynamoDBClient, table: string, sku: Sku): Promise<number | undefined> {
  const row = await getRow(client, table, { pk: pk.sku(sku), sk: stockSk.item });
  return row && itemOf(row).lowAt;
}

async function setLowAt(client: DynamoDBClient, table: string, key: Item, lowAt: number | undefined): Promise<boolean> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toAttributes(key),
        ConditionExpression: 'attribute_exists(pk)',
        ...(lowAt === undefined
          ? { UpdateExpression: 'REMOVE lowAt' }
          : { UpdateExpression: 'SET lowAt = :lowAt', ExpressionAttributeValues: { ':lowAt': { N: String(lowAt) } } }),
      }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/**
 * A split bucket is announced as out together with its marks: what comes back to any of its rows then changes the first one, too, and the stream's
 * filter lets that pass. Other rows say nothing of what was announced.
 */
function markToo(update: ReturnType<typeof levelUpdate>, shards: number): void {
  update.UpdateExpression += ', soldOut = :yes';
  update.ConditionExpression += ' AND available = :none AND shards = :shards';
  update.ExpressionAttributeValues = {
    ...update.ExpressionAttributeValues,
    ...toAttributes({ ':yes': 'yes', ':none': 0, ':shards': shards }),
  };
}

function levelUpdate(
  TableName: string,
  key: Item,
  from: StockLevel,
  to: StockLevel,
  { gsi2pk, gsi2sk }: { gsi2pk: string; gsi2sk: string },
) {
  const values = {
    ...(from !== 'in' && { ':from': from }),
    ...(to !== 'in' && { ':to': to, ':gsi2pk': gsi2pk, ':gsi2sk': gsi2sk }),
  };
  return {
    TableName,
    Key: toAttributes(key),
    UpdateExpression:
      to === 'in' ? 'REMOVE announced, gsi2pk, gsi2sk' : 'SET announced = :to, gsi2pk = :gsi2pk, gsi2sk = :gsi2sk',
    ConditionExpression:
      from === 'in' ? 'attribute_exists(pk) AND attribute_not_exists(announced)' : 'announced = :from',
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: toAttributes(values) }),
  };
}
