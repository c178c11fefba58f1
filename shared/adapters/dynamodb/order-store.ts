import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { CapacityDay } from '../../domain/capacity.ts';
import { OrderId } from '../../domain/ids.ts';
import type { Commit, CommitOutcome, IdempotencyRecord, OrderCommits, OrderStore } from '../../ports/order-store.ts';
import type { System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { eventFromRow } from './event-rows.ts';
import { byOrderPuts } from './inventory/buckets.ts';
import { capacityAction } from './inventory/capacity-rows.ts';
import { makeFit, mostActions } from './inventory/even-rows.ts';
import { conversionActions } from './inventory/kept-holds.ts';
import { refusedOf, splitBuckets } from './inventory/split-buckets.ts';
import type { BucketAction } from './inventory/split-writes.ts';
import { eventSk, indexKeys, onlySk, pk, sk } from './keys.ts';
import { changedItems, eventItem, type Item, orderFromItems } from './order-items.ts';
import { routeItems } from './route-items.ts';
import { countShadows } from './shadow-totals.ts';
import { Turns } from './turns.ts';

export interface Tables {
  orders: string;
  inventory: string;
}

/** What a failed action of the transaction means. */
type Role =
  | { kind: 'head' }
  | { kind: 'externalId' }
  | { kind: 'cartHold' }
  | { kind: 'number' }
  | { kind: 'idempotency' }
  | { kind: 'bucket'; sku: string; locationId: string }
  | { kind: 'capacity'; day: CapacityDay }
  | { kind: 'other' };

/** The events of orders, for who needs nothing else. */
export const dynamoOrderEvents = (client: DynamoDBClient, table: string): Pick<OrderStore, 'events'> => ({
  async events(id, { afterSequence = 0, limit } = {}) {
    const rows = await queryRange(client, table, pk.order(id), eventSk(afterSequence + 1), `${sk.event}~`, limit);
    return rows.map(eventFromRow);
  },
});

type StoreSystem = Pick<System, 'now' | 'sleep' | 'random'>;

/** The store of record. One command is one `TransactWriteItems`: version guard, changed items, events, stock guard, idempotency row. */
export const dynamoOrderStore = (client: DynamoDBClient, tables: Tables, system: StoreSystem): OrderStore => ({
  ...dynamoOrderCommits(client, tables, system),
  ...dynamoOrderEvents(client, tables.orders),
});

/** For who changes orders, and reads no event: the schemas of all events stay out of his bundle. */
export function dynamoOrderCommits(client: DynamoDBClient, tables: Tables, system: StoreSystem): OrderCommits {
  const split = splitBuckets(client, tables.inventory, system);
  const get = async (key: string): Promise<Item | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tables.orders,
        Key: toAttributes({ pk: key, sk: onlySk }),
        ConsistentRead: true,
      }),
    );
    return Item && fromAttributes(Item);
  };

  return {
    async load(id) {
      return orderFromItems(await queryAll(client, tables.orders, pk.order(id), sk.state));
    },

    async commit(commit) {
      let tried = split.guess(commit.stock);
      for (let round = 0; round < bucketRounds; round++) {
        const buckets = split.actions(tried, commit.after.updatedAt, { isReservation: true });
        const actions = actionsOf(commit, tables, buckets);
        if (actions.length > mostActions) {
          await makeFit(client, tables.inventory, system, actions.length, buckets);
          return { outcome: 'contention' };
        }
        try {
          const command = new TransactWriteItemsCommand({ TransactItems: actions.map(({ action }) => action) });
          await turns.take(rowsOf(buckets), () => client.send(command));
          await split.tend(tried);
          if (commit.route) await countShadows(client, tables.orders, commit.after.id, commit.route);
          return { outcome: 'committed' };
        } catch (error) {
          const outcome = outcomeOf(
            error,
            actions.map(({ role }) => role),
          );
          if (outcome.outcome !== 'stock_short') return outcome;
          const next = await split.again(tried, refusedOf(error, bucketsAt(actions)));
          if ('short' in next) {
            return { outcome: 'stock_short', buckets: next.short.map(({ sku, locationId }) => ({ sku, locationId })) };
          }
          tried = next.tried;
        }
      }
      return { outcome: 'contention' };
    },

    async lastNumber(series) {
      return Number((await get(pk.number(series)))?.last ?? 0);
    },

    async orderIdOfExternalId(channel, externalId) {
      const row = await get(pk.externalId(channel, externalId));
      return row && OrderId.parse(row.orderId);
    },

    async idempotencyRecord(owner, key) {
      const row = await get(pk.idempotency(owner, key));
      return row && (JSON.parse(String(row.data)) as IdempotencyRecord);
    },

    async keepIdempotencyRecord(record) {
      try {
        await client.send(new PutItemCommand({ TableName: tables.orders, ...idempotencyPut(record) }));
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      }
    },
  };
}

/** Rows of split buckets that had enough when they were read, and had not when they were written: as often as this. */
const bucketRounds = 10;

/** Only orders of the same rows of stock meet often enough to wait for each other. */
const turns = new Turns();

const rowsOf = (buckets: readonly BucketAction[]) => buckets.map(({ action }) => JSON.stringify(action.Update?.Key));

const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };

const bucketsAt = (actions: readonly { role: Role }[]) =>
  new Map(actions.flatMap(({ role }, index) => (role.kind === 'bucket' ? [[index, role] as const] : [])));

function actionsOf(
  commit: Commit,
  tables: Tables,
  buckets: readonly BucketAction[],
): { action: TransactWriteItem; role: Role }[] {
  const { before, after, events, stock, timers, idempotency } = commit;
  const { head, put, remove } = changedItems(before, after, timers);
  const TableName = tables.orders;
  const other = { kind: 'other' } as const;
  const actions: { action: TransactWriteItem; role: Role }[] = [
    {
      role: { kind: 'head' },
      action: {
        Put: {
          TableName,
          Item: toAttributes(head),
          ...(before
            ? {
                ConditionExpression: 'version = :v',
                ExpressionAttributeValues: { ':v': { N: String(before.version) } },
              }
            : isNew),
        },
      },
    },
    ...put.map((item) => ({ role: other, action: { Put: { TableName, Item: toAttributes(item) } } })),
    ...remove.map((sortKey) => ({
      role: other,
      action: { Delete: { TableName, Key: toAttributes({ pk: pk.order(after.id), sk: sortKey }) } },
    })),
    ...events.map((event) => ({
      role: other,
      action: {
        Put: { TableName, Item: toAttributes(eventItem(event)), ...isNew },
      },
    })),
    ...buckets.map(({ sku, locationId, action }) => ({ role: { kind: 'bucket', sku, locationId } as const, action })),
    ...(commit.capacity ?? []).map((change) => ({
      role: { kind: 'capacity', day: { locationId: change.locationId, day: change.day } } as const,
      action: capacityAction(tables.inventory, change),
    })),
    ...byOrderPuts(tables.inventory, stock, { orderId: after.id, sequence: after.sequence, at: after.updatedAt }).map(
      (action) => ({ role: other, action }),
    ),
  ];
  if (!before) {
    const item = {
      pk: pk.externalId(after.channel, after.externalId),
      sk: onlySk,
      orderId: after.id,
      ...indexKeys.externalId(after.externalId, after.id),
    };
    actions.push({
      role: { kind: 'externalId' },
      action: { Put: { TableName, Item: toAttributes(item), ...isNew } },
    });
  }
  for (const item of commit.route ? routeItems(after, commit.route) : []) {
    actions.push({ role: other, action: { Put: { TableName, Item: toAttributes(item) } } });
  }
  if (commit.cartHold) {
    const [hold, ...rows] = conversionActions(tables.inventory, commit.cartHold.before, commit.cartHold.after);
    if (hold) actions.push({ role: { kind: 'cartHold' }, action: hold });
    actions.push(...rows.map((action) => ({ role: other, action })));
  }
  if (commit.number) {
    const { series, value } = commit.number;
    const guard =
      value === 1
        ? isNew
        : {
            ConditionExpression: '#last = :previous',
            ExpressionAttributeNames: { '#last': 'last' },
            ExpressionAttributeValues: { ':previous': { N: String(value - 1) } },
          };
    const item = { pk: pk.number(series), sk: onlySk, last: value };
    actions.push({ role: { kind: 'number' }, action: { Put: { TableName, Item: toAttributes(item), ...guard } } });
  }
  if (idempotency) {
    actions.push({ role: { kind: 'idempotency' }, action: { Put: { TableName, ...idempotencyPut(idempotency) } } });
  }
  return actions;
}

const idempotencyPut = (record: IdempotencyRecord) => ({
  Item: toAttributes({
    pk: pk.idempotency(record.owner, record.key),
    sk: onlySk,
    data: JSON.stringify(record),
    expiresAt: record.expiresAt,
  }),
  ...isNew,
});

function outcomeOf(error: unknown, roles: Role[]): CommitOutcome {
  const { name, CancellationReasons: reasons } = error as { name?: string; CancellationReasons?: { Code?: string }[] };
  if (name === 'TransactionInProgressException') return { outcome: 'contention' };
  if (name !== 'TransactionCanceledException' || !reasons) throw error;
  const failed = (code: string) => roles.filter((_, index) => reasons[index]?.Code === code);
  const refused = failed('ConditionalCheckFailed');
  const has = (kind: Role['kind']) => refused.some((role) => role.kind === kind);
  // The key first: a request sent twice fails on everything it did the first time.
  if (has('idempotency')) return { outcome: 'idempotency_key_taken' };
  if (has('externalId')) return { outcome: 'duplicate_external_id' };
  if (has('cartHold')) return { outcome: 'cart_hold_changed' };
  const busy = failed('TransactionConflict');
  const busyAt = (kind: Role['kind']) => busy.some((role) => role.kind === kind);
  // Who meets another document at the counter meets its number, too; and who meets another command at the order, its version.
  if (has('number') || busyAt('number')) {
    return has('head') ? { outcome: 'version_conflict' } : { outcome: 'number_taken' };
  }
  if (has('head') || has('other') || busyAt('head')) return { outcome: 'version_conflict' };
  const full = refused.flatMap((role) => (role.kind === 'capacity' ? [role.day] : []));
  if (full.length > 0) return { outcome: 'capacity_short', days: full };
  const short = refused.flatMap((role) =>
    role.kind === 'bucket' ? [{ sku: role.sku, locationId: role.locationId }] : [],
  );
  if (short.length > 0) return { outcome: 'stock_short', buckets: short };
  const throttled = [...failed('ThrottlingError'), ...failed('ProvisionedThroughputExceeded')];
  if (busy.length + throttled.length > 0) return { outcome: 'contention' };
  throw error;
}

export const queryAll = (client: DynamoDBClient, table: string, key: string, prefix: string): Promise<Item[]> =>
  queryRange(client, table, key, prefix, `${prefix}~`);

/** Items of a partition with `from <= sk <= to`, strongly consistent, every page. */
export async function queryRange(
  client: DynamoDBClient,
  table: string,
  key: string,
  from: string,
  to: string,
  limit?: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, { S: string } | { N: string }> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: key }, ':from': { S: from }, ':to': { S: to } },
        ...(limit !== undefined && { Limit: limit - items.length }),
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) items.push(fromAttributes(item));
    start = page.LastEvaluatedKey as typeof start;
  } while (start && (limit === undefined || items.length < limit));
  return items;
}
