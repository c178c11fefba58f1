import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../../shared/adapters/dynamodb/client.ts';
import { bucketPut } from '../../shared/adapters/dynamodb/inventory/buckets.ts';
import { pk, stockIndexKeys, stockSk } from '../../shared/adapters/dynamodb/keys.ts';
import { bucketChanges } from '../../shared/domain/stock.ts';
import { locationOf, type Scale, skuOf, unitsAt } from './distribution.ts';

type Row = Record<string, AttributeValue>;

/** Calls DynamoDB: a client's, or this process's own. */
export type CallDynamoDb = (operation: 'BatchWriteItem' | 'GetItem', input: object) => Promise<Record<string, unknown>>;

export interface Loading {
  call: CallDynamoDb;
  table: string;
  scale: Scale;
  /** Hears how far it is: SKUs that are done, and rows that were written by this run. */
  progress(skus: number, rows: number): void;
}

/** SKUs that are written together. Their own rows come last: a block whose last SKU has its row is done. */
const blockSize = 100;
/** What BatchWriteItem takes. */
const batchSize = 25;
const lanes = 8;

/** A moment long ago, so that a count of today knows that nothing has moved since. */
const loadedAt = '2026-01-01T00:00:00.000Z';

/**
 * Writes the stock of a scale as it would be taken over from another system: opening balances, without entries in the ledger and without
 * events. Cut off, it goes on with the block that is not done; what is done is never written again, as orders may have moved it.
 * @returns rows that were written by this run
 */
export async function bulkLoad(loading: Loading): Promise<number> {
  const { scale, progress } = loading;
  const blocks = Math.ceil(scale.skus / blockSize);
  let rows = 0;
  for (let block = await firstToDo(loading, blocks); block < blocks; block++) {
    const end = Math.min(scale.skus, (block + 1) * blockSize);
    const numbers = Array.from({ length: end - block * blockSize }, (_, n) => block * blockSize + n);
    const buckets = numbers.flatMap((n) => bucketsOf(loading, n));
    await writeAll(loading, buckets);
    // One after the other: the last one says that the block is done.
    const items = numbers.map(itemOf);
    await writeAll(loading, items.slice(0, -1));
    await writeAll(loading, items.slice(-1));
    rows += buckets.length + items.length;
    progress(end, rows);
  }
  return rows;
}

function bucketsOf({ scale, table }: Loading, n: number): Row[] {
  const sku = skuOf(n);
  return Array.from({ length: scale.locations }, (_, location) => location).flatMap((location) => {
    const quantity = unitsAt(scale, n, location);
    if (quantity === 0) return [];
    const locationId = locationOf(location);
    const [change] = bucketChanges([{ sku, locationId, from: 'EXTERNAL', to: 'AVAILABLE', quantity }]);
    const row = change && bucketPut(table, change, loadedAt).Put?.Item;
    return row ? [row] : [];
  });
}

/** Without a sequence: the first event of the SKU has number 1. */
const itemOf = (n: number): Row => {
  const sku = skuOf(n);
  return toAttributes({ pk: pk.sku(sku), sk: stockSk.item, sku, lastAt: loadedAt, ...stockIndexKeys.item(sku) });
};

/** Blocks are done one after the other: the first that is not is found by halving. */
async function firstToDo({ call, table, scale }: Loading, blocks: number): Promise<number> {
  let [low, high] = [0, blocks];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const last = Math.min(scale.skus, (middle + 1) * blockSize) - 1;
    const Key = toAttributes({ pk: pk.sku(skuOf(last)), sk: stockSk.item });
    const { Item } = await call('GetItem', { TableName: table, Key, ConsistentRead: true });
    if (Item) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function writeAll({ call, table }: Loading, rows: readonly Row[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, n) =>
    rows.slice(n * batchSize, (n + 1) * batchSize).map((Item) => ({ PutRequest: { Item } })),
  );
  const lane = async (): Promise<void> => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      let left: unknown[] = batch;
      for (let round = 0; left.length > 0; round++) {
        if (round > 0)
          await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(5000, 50 * 2 ** round)));
        const { UnprocessedItems } = await call('BatchWriteItem', { RequestItems: { [table]: left } });
        left = (UnprocessedItems as Record<string, unknown[]> | undefined)?.[table] ?? [];
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
