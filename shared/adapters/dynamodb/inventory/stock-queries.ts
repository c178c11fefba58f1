import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { Actor } from '../../../domain/actor.ts';
import { LocationId, Sku } from '../../../domain/ids.ts';
import { stockAdjustedData } from '../../../domain/stock/entry.ts';
import { Supply } from '../../../domain/stock/supply.ts';
import { Transfer } from '../../../domain/stock/transfer.ts';
import type { LedgerLine, StockQueries } from '../../../ports/stock-store.ts';
import type { System } from '../../../ports/system.ts';
import { pk, stockPartitions, stockSk } from '../keys.ts';
import type { Found } from '../merged-query.ts';
import type { Item } from '../order-items.ts';
import { queryRange } from '../order-store.ts';
import { type IndexRange, indexPage } from './index-page.ts';
import { getRows, itemOf } from './rows.ts';
import { readBuckets } from './shard-rows.ts';

/** Listings of stock by index. What the index finds is read again from the table, as of now, and dropped if it does not fit any more. */
export function dynamoStockQueries(client: DynamoDBClient, table: string, system: System): StockQueries {
  /** In the order they were found. */
  const rowsOf = async (found: readonly Found[]): Promise<Item[]> => {
    const keys = found.map(({ pk: key, sk }) => ({ pk: key, sk }));
    const rows = await getRows(client, table, keys, system);
    const byKey = new Map(rows.map((row) => [`${row.pk} ${row.sk}`, row]));
    return found.flatMap(({ pk: key, sk }) => {
      const row = byKey.get(`${key} ${sk}`);
      return row ? [row] : [];
    });
  };

  const documents = async <T>(found: readonly Found[], schema: z.ZodType<T>): Promise<T[]> =>
    (await rowsOf(found)).map((row) => schema.parse(JSON.parse(String(row.data))));

  const stockOf = async (sku: Sku) => {
    const rows = await queryRange(client, table, pk.sku(sku), stockSk.item, `${stockSk.location}~`);
    const buckets = rows.filter((row) => String(row.sk).startsWith(stockSk.location));
    const item = rows.find((row) => row.sk === stockSk.item);
    const { lowAt } = item ? itemOf(item) : {};
    return {
      sku,
      ...(lowAt !== undefined && { lowAt }),
      ...(item?.category !== undefined && { category: String(item.category) }),
      buckets: await readBuckets(client, table, buckets, system),
      announced: new Map(buckets.map((row) => [String(row.locationId), String(row.announced ?? 'in')])),
    };
  };

  return {
    ledger({ sku, locationId, from, to }, page) {
      const where = { from, to, isAscending: false } as const;
      const range: IndexRange =
        locationId === undefined
          ? { index: 'gsi1', partition: stockPartitions.ledger(sku), ...where }
          : { index: 'gsi2', partition: stockPartitions.ledgerAt(sku, locationId), ...where };
      return indexPage(client, table, range, page, async (found) => (await rowsOf(found)).flatMap(ledgerLine));
    },

    skus({ locationId, level }, page) {
      const range = skuRange(locationId, level);
      return indexPage(client, table, range, page, async (found) => {
        // A SKU that is low at several locations is found at each, side by side.
        const skus = [...new Set(found.map((one) => Sku.parse(one.pk.slice(pk.sku('').length))))];
        const all = await Promise.all(skus.map(stockOf));
        const isAt = (one: (typeof all)[number]) =>
          one.buckets.some(
            (bucket) =>
              (locationId === undefined || bucket.locationId === locationId) &&
              (level === undefined || one.announced.get(bucket.locationId) === level),
          );
        return all.filter((one) => isAt(one)).map(({ announced: _, ...one }) => one);
      });
    },

    async sku(sku) {
      const { announced: _, ...one } = await stockOf(sku);
      return one;
    },

    transfers({ status, locationId }, page) {
      const range: IndexRange =
        status === undefined
          ? { index: 'gsi1', partition: stockPartitions.transfers, isAscending: false }
          : { index: 'gsi2', partition: stockPartitions.transferStatus(status), isAscending: false };
      return indexPage(client, table, range, page, async (found) =>
        (await documents(found, Transfer)).filter(
          (one) =>
            (status === undefined || one.status === status) &&
            (locationId === undefined || one.from === locationId || one.to === locationId),
        ),
      );
    },

    listSupplies({ sku, locationId, status }, page) {
      const range: IndexRange =
        sku === undefined
          ? { index: 'gsi2', partition: stockPartitions.supplyStatus(status ?? 'expected'), isAscending: true }
          : { index: 'gsi1', partition: stockPartitions.supplies(sku), isAscending: true };
      const wanted = status ?? 'expected';
      return indexPage(client, table, range, page, async (found) =>
        (await documents(found, Supply)).filter(
          (one) => one.status === wanted && (locationId === undefined || one.locationId === locationId),
        ),
      );
    },

    async expectedSupplies(sku) {
      const expected: Supply[] = [];
      let after: { below: string } | undefined;
      do {
        const range: IndexRange = { index: 'gsi1', partition: stockPartitions.supplies(sku), isAscending: true };
        const page = await indexPage(client, table, range, { limit: 100, after }, async (found) =>
          (await documents(found, Supply)).filter(({ status }) => status === 'expected'),
        );
        expected.push(...page.items);
        after = page.next?.below === undefined ? undefined : { below: page.next.below };
      } while (after);
      return expected;
    },
  };
}

/** By SKU, ascending. With a location, its level is looked up in the SKU. */
function skuRange(locationId: string | undefined, level: 'low' | 'out' | undefined): IndexRange {
  if (locationId !== undefined) {
    return { index: 'gsi1', partition: stockPartitions.location(locationId), isAscending: true };
  }
  return level === undefined
    ? { index: 'gsi1', partition: stockPartitions.skus, isAscending: true }
    : { index: 'gsi2', partition: stockPartitions.level(level), isAscending: true };
}

const EntryRow = z.object({
  id: z.string(),
  type: z.literal('stock.adjusted'),
  at: z.string(),
  sequence: z.number(),
  actor: z.string(),
  data: z.string(),
  note: z.string().optional(),
});
const OrderRow = z.object({
  sku: Sku,
  locationId: LocationId,
  at: z.string(),
  orderId: z.string(),
  sequence: z.number(),
  change: z.number(),
});

function ledgerLine(row: Item): LedgerLine[] {
  const byOrder = OrderRow.safeParse(row);
  if (byOrder.success) {
    const { sku, locationId, at, ...order } = byOrder.data;
    return [{ id: `${order.orderId}.${order.sequence}.${locationId}`, at, sku, locationId, order }];
  }
  // Levels that were crossed stand in the log, too, and move nothing.
  if (row.type !== 'stock.adjusted') return [];
  const { id, at, sequence, actor, data: text, note } = EntryRow.parse(row);
  const data = stockAdjustedData.parse(JSON.parse(text));
  const entry = { data, sequence, actor: Actor.parse(JSON.parse(actor)), ...(note !== undefined && { note }) };
  return [{ id, at, sku: data.sku, locationId: data.locationId, entry }];
}
