import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { operator } from '../../../local/kernel/kernel.ts';
import { startWire } from '../../../local/kernel/wire.ts';
import { dynamoBackorderQueue } from '../../../shared/adapters/dynamodb/backorders.ts';
import { toAttributes } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoStockLevels } from '../../../shared/adapters/dynamodb/inventory/levels.ts';
import { dynamoStockQueries } from '../../../shared/adapters/dynamodb/inventory/stock-queries.ts';
import { dynamoStockStore } from '../../../shared/adapters/dynamodb/inventory/stock-store.ts';
import { dynamoInventory } from '../../../shared/adapters/dynamodb/inventory-store.ts';
import { dynamoNetwork } from '../../../shared/adapters/dynamodb/network-store.ts';
import { dynamoOrderStore } from '../../../shared/adapters/dynamodb/order-store.ts';
import { memoryWorld } from '../../../shared/adapters/memory/world.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import type { Bucket } from '../../../shared/domain/stock.ts';
import type { BackorderQueue } from '../../../shared/ports/backorder-queue.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import type { NetworkStore } from '../../../shared/ports/network.ts';
import type { OrderStore } from '../../../shared/ports/order-store.ts';
import type { StockLevels, StockQueries, StockStore } from '../../../shared/ports/stock-store.ts';
import type { System } from '../../../shared/ports/system.ts';
import { executeStock } from '../../../shared/use-cases/stock/execute-stock.ts';
import { locations, networkOf, planningNetwork, seeded, testSystem } from '../../model/world.ts';
import { world } from '../local/dynamodb/dynamodb-for-tests.ts';

export interface Stores {
  orders: OrderStore;
  inventory: Inventory;
  network: Pick<NetworkStore, 'network' | 'sku' | 'capacity'>;
  backorders: BackorderQueue;
  stock: StockStore;
  levels: StockLevels;
  system: System;
  bucket(sku: string, locationId: string): Promise<Bucket | undefined>;
  stop(): Promise<void>;
}

const table = (name: string, indexes: number) => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    'pk',
    'sk',
    ...Array.from({ length: indexes }, (_, n) => [`gsi${n + 1}pk`, `gsi${n + 1}sk`]).flat(),
  ].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  ...(indexes > 0 && {
    GlobalSecondaryIndexes: Array.from({ length: indexes }, (_, n) => ({
      IndexName: `gsi${n + 1}`,
      KeySchema: [
        { AttributeName: `gsi${n + 1}pk`, KeyType: 'HASH' },
        { AttributeName: `gsi${n + 1}sk`, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  }),
});

/** The DynamoDB adapters over the wire, by the unmodified SDK, on the one-machine DynamoDB. @param directory keeps it on disk: transactions that meet conflict */
export async function dynamoStores(
  buckets: readonly Bucket[],
  directory?: string,
): Promise<Stores & { client: DynamoDBClient; stockQueries: StockQueries; later(milliseconds: number): void }> {
  const { db, call, kernel } = world(directory);
  await call('CreateTable', table('orders', 3));
  await call('CreateTable', table('inventory', 2));
  const wire = await startWire('127.0.0.1', 0, (where, error) => kernel.report(where, error));
  wire.serve([db], () => operator);
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${wire.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  for (const bucket of buckets) {
    const item = { pk: `SKU#${bucket.sku}`, sk: `LOC#${bucket.locationId}`, ...bucket };
    await client.send(new PutItemCommand({ TableName: 'inventory', Item: toAttributes(item) }));
  }
  const system = testSystem(seeded(1));
  const inventory = dynamoInventory(client, 'inventory', system);
  for (const location of locations) await inventory.putLocation(location);
  return {
    client,
    later: system.advance,
    orders: dynamoOrderStore(client, { orders: 'orders', inventory: 'inventory' }, system),
    inventory,
    network: dynamoNetwork(client, 'inventory', system),
    backorders: dynamoBackorderQueue(client, 'orders', system),
    stock: dynamoStockStore(client, 'inventory', system),
    levels: dynamoStockLevels(client, 'inventory', system),
    stockQueries: dynamoStockQueries(client, 'inventory', system),
    system,
    bucket: async (sku, locationId) =>
      (await inventory.buckets(Sku.parse(sku))).find((one) => one.locationId === locationId),
    async stop() {
      client.destroy();
      await wire.stop();
      await db.stop?.();
      await kernel.storage.close();
    },
  };
}

export async function memoryStores(buckets: readonly Bucket[]): Promise<Stores> {
  const memory = memoryWorld(buckets);
  return {
    orders: memory.store,
    network: planningNetwork(() => networkOf(), memory.buckets),
    backorders: memory.backorders,
    stock: memory.stock.store,
    levels: memory.stock.levels,
    inventory: {
      buckets: async (sku) => [...memory.buckets.values()].filter((one) => one.sku === sku),
      knownSkus: async (skus) => new Set(skus),
      locations: async () => locations,
      putLocation: async () => undefined,
    },
    system: testSystem(seeded(1)),
    bucket: async (sku, locationId) => memory.buckets.get(`${sku} ${locationId}`),
    stop: async () => undefined,
  };
}

/** What was counted is what there is. */
export async function count(
  stores: Pick<Stores, 'stock' | 'system'>,
  sku: string,
  locationId: string,
  counted: number,
): Promise<void> {
  const place = { sku: Sku.parse(sku), locationId: LocationId.parse(locationId) };
  const command = { type: 'count', ...place, counted, onMissing: 'refuse', onlyDifference: true } as const;
  const actor = { id: 'test', role: 'admin' } as const;
  const done = await executeStock(stores, command, { actor, correlationId: 'test', causationId: 'test' });
  if (done.outcome !== 'done') throw new Error(`${sku} at ${locationId}: ${done.outcome}`);
}
