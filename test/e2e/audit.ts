import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { fromAttributes } from '../../shared/adapters/dynamodb/client.ts';
import { keyOfRow } from '../../shared/adapters/dynamodb/inventory/capacity-rows.ts';
import { shardOfRow } from '../../shared/adapters/dynamodb/inventory/shard-rows.ts';
import { pk } from '../../shared/adapters/dynamodb/keys.ts';
import { dynamoOrderStore } from '../../shared/adapters/dynamodb/order-store.ts';
import { realSystem } from '../../shared/adapters/system.ts';
import { CapacityUse } from '../../shared/domain/capacity.ts';
import { OrderId } from '../../shared/domain/ids.ts';
import { auditOrder, bucketsBalance, capacityMatches, commitmentsMatch } from '../../shared/domain/invariants.ts';
import type { Order } from '../../shared/domain/order.ts';
import { sumShards } from '../../shared/domain/stock/shards.ts';
import { Bucket } from '../../shared/domain/stock.ts';
import type { Violation } from '../../shared/domain/violation.ts';
import type { OrderStore } from '../../shared/ports/order-store.ts';

export interface Audit {
  orders: Order[];
  buckets: Bucket[];
  violations: Violation[];
}

/** Reads the whole shop through the AWS endpoint, as the auditor does, and checks every invariant. */
export async function auditShop(awsUrl: string, tables: { orders: string; inventory: string }): Promise<Audit> {
  const client = new DynamoDBClient({
    endpoint: awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  try {
    const store = dynamoOrderStore(client, tables, realSystem());
    const rows = await scan(client, tables.orders);
    const ids = rows
      .filter(({ sk }) => sk === 'STATE#HEAD')
      .map(({ pk }) => OrderId.parse(String(pk).slice('ORDER#'.length)));
    const orders: Order[] = [];
    const violations: Violation[] = [];
    for (const id of ids) {
      const { order, events } = await readUnchanged(store, id);
      if (!order) continue;
      orders.push(order);
      violations.push(...auditOrder(order, events));
    }
    const bucketRows = (await scan(client, tables.inventory)).filter(({ sk }) => String(sk).startsWith('LOC#'));
    // Each row of a bucket that is split balances by itself; what is promised is in all of them together.
    violations.push(...bucketRows.flatMap((row) => bucketsBalance(Bucket.parse(row))));
    const buckets = [...Map.groupBy(bucketRows, ({ sku, locationId }) => `${sku} ${locationId}`).values()].map((rows) =>
      sumShards(rows.map((row) => shardOfRow(row, Number(String(row.sk).split('#')[2] ?? 0)))),
    );
    violations.push(...commitmentsMatch(orders, buckets));
    const days = (await scan(client, tables.inventory)).filter((row) => String(row.pk).startsWith(pk.capacity('')));
    violations.push(...capacityMatches(orders, new Map(days.map((row) => [keyOfRow(row), CapacityUse.parse(row)]))));
    return { orders, buckets, violations };
  } finally {
    client.destroy();
  }
}

/** An order and its log as they are together: both are read again if the order was changed meanwhile, as a background step may do at any time. */
async function readUnchanged(store: Pick<OrderStore, 'load' | 'events'>, id: OrderId) {
  for (let attempt = 0; ; attempt += 1) {
    const order = await store.load(id);
    const events = await store.events(id);
    const after = await store.load(id);
    if (after?.version === order?.version) return { order, events };
    if (attempt === 20) throw new Error(`${id} does not come to rest`);
  }
}

async function scan(client: DynamoDBClient, table: string) {
  const rows = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    );
    rows.push(...(page.Items ?? []).map(fromAttributes));
    start = page.LastEvaluatedKey;
  } while (start);
  return rows;
}
