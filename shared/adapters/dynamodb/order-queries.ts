import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { OrderId } from '../../domain/ids.ts';
import { FulfillmentStatus, OrderHead } from '../../domain/order.ts';
import type { FulfillmentFilter, ListedOrder, OrderFilter, OrderQueries, OrderStore } from '../../ports/order-store.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { indexPartitions, listShards, pk, sk } from './keys.ts';
import { type Found, fillPage, mergedQuery, type Source } from './merged-query.ts';

/** No order is older than the product. Where the listing of all orders ends. */
const firstMonth = '2026-01';

/** Listings by index. What the index finds is read again from the table, as of now, and dropped if it does not fit any more. */
export function dynamoOrderQueries(
  client: DynamoDBClient,
  table: string,
  store: Pick<OrderStore, 'load' | 'orderIdOfExternalId'>,
  system: System,
): OrderQueries {
  const listed = async (ids: readonly OrderId[], filter: OrderFilter): Promise<ListedOrder[]> => {
    const heads = await batchGet(
      client,
      table,
      ids.map((id) => toAttributes({ pk: pk.order(id), sk: sk.head })),
      system,
    );
    return heads.map(listedFromRow).filter((order) => fits(order, filter));
  };

  const byExternalId = async (externalId: string, { channel }: OrderFilter): Promise<OrderId[]> => {
    if (channel !== undefined) {
      const id = await store.orderIdOfExternalId(channel, externalId);
      return id ? [id] : [];
    }
    const source: Source = { index: 'gsi1', partition: indexPartitions.externalId(externalId), prefix: 'ord_' };
    // One a channel: a merchant has a handful.
    const { found } = await mergedQuery(client, table, [source], 100, undefined);
    return found.map(({ rank }) => OrderId.parse(`ord_${rank}`));
  };

  return {
    async orders(filter, page) {
      if (filter.externalId !== undefined) {
        return { items: await listed(await byExternalId(filter.externalId, filter), filter) };
      }
      const fixed = orderSources(filter);
      const thisMonth = isoNow(system).slice(0, 7);
      return fillPage(
        page,
        (limit, below, round) =>
          fixed
            ? candidates(client, table, fixed, limit, below)
            : candidatesByMonth(client, table, limit, below, round, thisMonth),
        async (found) => {
          const orders = await listed(found.map(orderIdOf), filter);
          const byId = new Map(orders.map((order) => [order.id, order]));
          return found.flatMap((one) => {
            const item = byId.get(orderIdOf(one));
            return item ? [item] : [];
          });
        },
      );
    },

    async fulfillments(filter, page) {
      const sources = fulfillmentSources(filter);
      return fillPage(
        page,
        (limit, below) => candidates(client, table, sources, limit, below),
        async (found) => {
          const ids = [...new Set(found.map(orderIdOf))];
          const orders = new Map(await Promise.all(ids.map(async (id) => [id, await store.load(id)] as const)));
          return found.flatMap((one) => {
            const order = orders.get(orderIdOf(one));
            const fulfillment = order?.fulfillments.find(({ id }) => sk.fulfillment(id) === one.sk);
            if (!order || !fulfillment) return [];
            const isAsked =
              (filter.locationId ?? fulfillment.locationId) === fulfillment.locationId &&
              (filter.status ?? fulfillment.status) === fulfillment.status;
            return isAsked ? [{ order, fulfillment }] : [];
          });
        },
      );
    },
  };
}

const orderIdOf = ({ pk: key }: Found): OrderId => OrderId.parse(key.slice('ORDER#'.length));

const shards = Array.from({ length: listShards }, (_, shard) => shard);

function orderSources({ customerId, status }: OrderFilter): Source[] | undefined {
  if (customerId !== undefined) {
    return [{ index: 'gsi1', partition: indexPartitions.customer(customerId), prefix: '' }];
  }
  if (status !== undefined) {
    return shards.map((shard) => ({
      index: 'gsi2',
      partition: indexPartitions.orderStatus(status, shard),
      prefix: '',
    }));
  }
  return undefined;
}

function fulfillmentSources({ locationId, status }: FulfillmentFilter): Source[] {
  const statuses = status === undefined ? FulfillmentStatus.options : [status];
  return statuses.flatMap((one): Source[] =>
    locationId === undefined
      ? shards.map((shard) => ({ index: 'gsi2', partition: indexPartitions.fulfillmentStatus(one, shard), prefix: '' }))
      : [{ index: 'gsi1', partition: indexPartitions.location(locationId), prefix: `${one}#` }],
  );
}

async function candidates(
  client: DynamoDBClient,
  table: string,
  sources: readonly Source[],
  limit: number,
  below: string | undefined,
): Promise<{ found: Found[]; next: string | undefined }> {
  const { found, hasMore } = await mergedQuery(client, table, sources, limit, below);
  return { found, next: hasMore ? found.at(-1)?.rank : undefined };
}

/** All orders: month by month backwards, twice as many months in each round, so that a quiet year costs few rounds. */
async function candidatesByMonth(
  client: DynamoDBClient,
  table: string,
  limit: number,
  below: string | undefined,
  round: number,
  thisMonth: string,
): Promise<{ found: Found[]; next: string | undefined }> {
  const start = below === undefined ? thisMonth : below.length > 7 ? below.slice(0, 7) : monthsBefore(below, 1);
  const months = Array.from({ length: 2 ** round }, (_, back) => monthsBefore(start, back)).filter(
    (month, index) => index === 0 || month >= firstMonth,
  );
  const oldest = months.at(-1) ?? start;
  const sources = months.flatMap((month) =>
    shards.map((shard): Source => ({ index: 'gsi3', partition: indexPartitions.month(month, shard), prefix: '' })),
  );
  const { found, hasMore } = await mergedQuery(client, table, sources, limit, below);
  if (hasMore) return { found, next: found.at(-1)?.rank };
  return { found, next: oldest > firstMonth ? oldest : undefined };
}

function monthsBefore(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 - count, 1)).toISOString().slice(0, 7);
}

const HeadRow = z.object({ status: z.string(), data: z.string() });

function listedFromRow(row: unknown): ListedOrder {
  const { status, data } = HeadRow.parse(row);
  return { ...OrderHead.parse(JSON.parse(data)), status };
}

const fits = (order: ListedOrder, { status, customerId, externalId, channel }: OrderFilter): boolean =>
  (status ?? order.status) === order.status &&
  (customerId ?? order.customer.id) === order.customer.id &&
  (externalId ?? order.externalId) === order.externalId &&
  (channel ?? order.channel) === order.channel;

type Key = Record<string, AttributeValue>;

/** Items by key, strongly consistent, in no order. BatchGetItem takes 100 keys; what it leaves out is asked for again, after a pause. */
async function batchGet(client: DynamoDBClient, table: string, keys: readonly Key[], system: System) {
  const rows: unknown[] = [];
  let left = [...keys];
  for (let incomplete = 0; left.length > 0; ) {
    if (incomplete > 0) await system.sleep(system.random() * Math.min(1000, 20 * 2 ** incomplete));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left.slice(0, 100), ConsistentRead: true } } }),
    );
    for (const item of Responses?.[table] ?? []) rows.push(fromAttributes(item));
    const again = UnprocessedKeys?.[table]?.Keys ?? [];
    incomplete = again.length > 0 ? incomplete + 1 : 0;
    left = [...again, ...left.slice(100)];
  }
  return rows;
}
