import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Sku } from '../../domain/ids.ts';
import { Location } from '../../domain/location.ts';
import { Bucket, emptyBucket } from '../../domain/stock.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { eventSk, pk } from './keys.ts';
import { versionUpdate } from './network-store.ts';
import type { Item } from './order-items.ts';
import { queryAll } from './order-store.ts';

/** The store stayed busy with the same SKU. Nothing was written; try again later. */
class InventoryContention extends Error {
  override readonly name = 'StoreContention';
}

const locationsKeptFor = 10_000;
const adjustAttempts = 8;

/** Stock and locations in the table `inventory`. Orders change buckets inside their own transactions (order-store.ts). */
export function dynamoInventory(client: DynamoDBClient, table: string, system: System): Inventory {
  let cached: { locations: Location[]; until: number } | undefined;

  const get = async (key: string, sortKey: string): Promise<Item | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toAttributes({ pk: key, sk: sortKey }), ConsistentRead: true }),
    );
    return Item && fromAttributes(Item);
  };

  const readLocations = async () =>
    (await queryAll(client, table, pk.locations, 'LOCATION#')).map((row) =>
      Location.parse(JSON.parse(String(row.data))),
    );

  const locations = async () => {
    if (!cached || cached.until < system.now()) {
      cached = { locations: await readLocations(), until: system.now() + locationsKeptFor };
    }
    return cached.locations;
  };

  return {
    locations,

    async putLocation(location) {
      const item = { pk: pk.locations, sk: `LOCATION#${location.id}`, data: JSON.stringify(location) };
      const actions = [{ Put: { TableName: table, Item: toAttributes(item) } }, versionUpdate(table)];
      await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
      cached = undefined;
    },

    async buckets(sku) {
      return (await queryAll(client, table, pk.sku(sku), 'LOC#')).map((row) => Bucket.parse(row));
    },

    async knownSkus(skus) {
      const known = new Set<Sku>();
      // BatchGetItem takes 100 keys; what it leaves unprocessed is asked for again.
      let left = skus.map((sku) => ({ pk: pk.sku(sku), sk: 'ITEM' }));
      for (let round = 0; left.length > 0; round++) {
        if (round > 0) await system.sleep(Math.min(1000, 20 * 2 ** round) * system.random());
        const asked = left.slice(0, 100);
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({
            RequestItems: { [table]: { Keys: asked.map(toAttributes), ProjectionExpression: 'sku' } },
          }),
        );
        for (const row of Responses?.[table] ?? []) known.add(String(fromAttributes(row).sku) as Sku);
        const again = (UnprocessedKeys?.[table]?.Keys ?? []).map((key) => ({
          pk: String(key.pk?.S),
          sk: String(key.sk?.S),
        }));
        left = [...again, ...left.slice(100)];
      }
      return known;
    },

    async setOnHand(sku, locationId, onHand, actor) {
      const isKnown = (list: readonly Location[]) => list.some(({ id }) => id === locationId);
      if (!isKnown(await locations())) {
        cached = undefined;
        if (!isKnown(await locations())) return { outcome: 'unknown_location' };
      }
      for (let attempt = 0; attempt < adjustAttempts; attempt++) {
        if (attempt > 0) await system.sleep(system.random() * 20 * 2 ** attempt);
        const [item, row] = await Promise.all([get(pk.sku(sku), 'ITEM'), get(pk.sku(sku), `LOC#${locationId}`)]);
        const at = isoNow(system);
        const before = row && Bucket.parse(row);
        if (before?.onHand === onHand) return { outcome: 'adjusted', bucket: before };
        const change = onHand - (before?.onHand ?? 0);
        if (before && before.available + change < 0) return { outcome: 'below_committed', bucket: before };
        const sequence = Number(item?.sequence ?? 0) + 1;
        const bucket: Bucket = before
          ? { ...before, onHand, available: before.available + change, updatedAt: at }
          : { ...emptyBucket(sku, locationId, at), onHand, available: onHand };
        const event = stockAdjusted(system, bucket, change, sequence, at, actor);
        const actions = [
          itemUpdate(table, sku, sequence),
          bucketWrite(table, before, bucket, change),
          { Put: { TableName: table, Item: toAttributes(event) } },
        ];
        if (await tryCommit(client, actions)) return { outcome: 'adjusted', bucket };
      }
      throw new InventoryContention(`${sku} at ${locationId}: every one of ${adjustAttempts} attempts met a conflict`);
    },
  };
}

function stockAdjusted(
  system: System,
  bucket: Bucket,
  change: number,
  sequence: number,
  at: string,
  actor: { id: string; role: string },
): Item {
  const { sku, locationId, onHand, available } = bucket;
  const id = system.eventId();
  return {
    pk: pk.sku(sku),
    sk: eventSk(sequence),
    id,
    type: 'stock.adjusted',
    sequence,
    version: sequence,
    at,
    actor: JSON.stringify(actor),
    correlationId: id,
    causationId: id,
    data: JSON.stringify({ sku, locationId, onHand, available, change }),
  };
}

/** The SKU's own row: it exists once the SKU has ever had stock, and numbers its events without gaps. */
const itemUpdate = (table: string, sku: Sku, sequence: number): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: toAttributes({ pk: pk.sku(sku), sk: 'ITEM' }),
    UpdateExpression: 'SET sku = :sku, #sequence = :next',
    ConditionExpression: sequence === 1 ? 'attribute_not_exists(pk)' : '#sequence = :last',
    ExpressionAttributeNames: { '#sequence': 'sequence' },
    ExpressionAttributeValues: {
      ':sku': { S: sku },
      ':next': { N: String(sequence) },
      ...(sequence > 1 && { ':last': { N: String(sequence - 1) } }),
    },
  },
});

/** A count moves onHand and available together; reservations made meanwhile are kept, as only the difference is written. */
function bucketWrite(table: string, before: Bucket | undefined, after: Bucket, change: number): TransactWriteItem {
  if (!before) {
    return {
      Put: {
        TableName: table,
        ConditionExpression: 'attribute_not_exists(pk)',
        Item: toAttributes({ pk: pk.sku(after.sku), sk: `LOC#${after.locationId}`, ...after }),
      },
    };
  }
  return {
    Update: {
      TableName: table,
      Key: toAttributes({ pk: pk.sku(after.sku), sk: `LOC#${after.locationId}` }),
      UpdateExpression: 'SET onHand = :onHand, updatedAt = :at ADD available :change',
      ConditionExpression: 'onHand = :before AND available >= :least',
      ExpressionAttributeValues: {
        ':onHand': { N: String(after.onHand) },
        ':at': { S: after.updatedAt },
        ':change': { N: String(change) },
        ':before': { N: String(before.onHand) },
        ':least': { N: String(Math.max(0, -change)) },
      },
    },
  };
}

async function tryCommit(client: DynamoDBClient, actions: TransactWriteItem[]): Promise<boolean> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return true;
  } catch (error) {
    if (['TransactionCanceledException', 'TransactionInProgressException'].includes((error as Error).name))
      return false;
    throw error;
  }
}
