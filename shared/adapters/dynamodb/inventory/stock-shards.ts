import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { LocationId, Sku } from '../../../domain/ids.ts';
import type { StockShards } from '../../../ports/stock-shards.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { commitStep } from '../commit-step.ts';
import { pk, stockSk } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { queryRange } from '../order-store.ts';
import { pastTransactions } from '../past-transactions.ts';
import { carryOutMoves } from './even-rows.ts';
import { addRows, listed, removeRow, splitSkusPk } from './reshard.ts';
import { getRow, getRows } from './rows.ts';
import { bucketKeyOf, readShards } from './shard-rows.ts';

/** Rows of hot SKUs, in the table `inventory`: see reshard.ts for what each step is. */
export function dynamoStockShards(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'now' | 'sleep' | 'random'>,
): StockShards {
  const itemKey = (sku: Sku): Item => ({ pk: pk.sku(sku), sk: stockSk.item });

  return {
    async splitSkus(limit) {
      const rows = await queryRange(client, table, splitSkusPk, ' ', '~', limit);
      return rows.map((row) => ({
        sku: Sku.parse(row.sku),
        splits: Number(row.splits),
        sample: row.at === undefined ? undefined : { taken: Number(row.taken), at: Number(row.at) },
      }));
    },

    async planOf(sku) {
      const row = await getRow(client, table, itemKey(sku));
      if (!row) return undefined;
      const { expectedPeak, wantedShards } = row;
      return {
        ...(expectedPeak !== undefined && { expectedPeak: Number(expectedPeak) }),
        ...(wantedShards !== undefined && { shards: Number(wantedShards) }),
      };
    },

    async setPlan(sku, { expectedPeak, shards }) {
      const values = {
        ...(expectedPeak !== undefined && { expectedPeak }),
        ...(shards !== undefined && { wantedShards: shards }),
      };
      const removed = ['expectedPeak', 'wantedShards'].filter((name) => !(name in values));
      const isKnown = await update(system, client, table, itemKey(sku), values, removed, true);
      if (!isKnown) return false;
      // An operator decides: what is measured does not count while that is so.
      const isFixed = Object.keys(values).length > 0;
      for (const base of await queryRange(client, table, pk.sku(sku), stockSk.location, `${stockSk.location}~`)) {
        const key = { pk: String(base.pk), sk: String(base.sk) };
        await update(
          system,
          client,
          table,
          key,
          isFixed ? { isPlanned: 'yes' } : {},
          isFixed ? [] : ['isPlanned'],
          true,
        );
      }
      // Who tends split SKUs carries the plan out, if this process dies before it does.
      while (!(await commitStep(client, [listed(table, sku)]))) await system.sleep(system.random() * 50);
      return true;
    },

    async buckets(sku) {
      const bases = await queryRange(client, table, pk.sku(sku), stockSk.location, `${stockSk.location}~`);
      const read = await readShards(client, table, bases, system);
      return read.map(({ base, shards, taken }) => ({
        sku: Sku.parse(base.sku),
        locationId: LocationId.parse(base.locationId),
        shards,
        taken: taken.reduce((sum, one) => sum + one, 0),
      }));
    },

    async resize({ sku, locationId, shards }, wanted) {
      const [base] = await getRows(client, table, [bucketKeyOf(sku, locationId)], system);
      const last = shards.at(-1);
      if (!base || !last) return false;
      if (wanted > shards.length)
        return Number(base.shards ?? 1) === shards.length && addRows(client, table, base, wanted);
      const [row] = await getRows(client, table, [bucketKeyOf(sku, locationId, last.index)], system);
      return last.index > 0 && removeRow(client, table, last, row);
    },

    evenOut: (bucket) => carryOutMoves(client, table, bucket, bucket.shards),

    noteRate: async (sku, sample) => {
      await update(system, client, table, { pk: splitSkusPk, sk: sku }, sample, [], true);
    },

    async forget(sku, splits) {
      await commitStep(client, [
        {
          Delete: {
            TableName: table,
            Key: toAttributes({ pk: splitSkusPk, sk: sku }),
            ConditionExpression: 'splits = :splits',
            ExpressionAttributeValues: toAttributes({ ':splits': splits }),
          },
        },
      ]);
    },
  };
}

const update = (system: Pick<System, 'sleep' | 'random'>, ...given: Parameters<typeof updateOnce>): Promise<boolean> =>
  pastTransactions(system, () => updateOnce(...given));

async function updateOnce(
  client: DynamoDBClient,
  table: string,
  key: Item,
  values: Item,
  removed: readonly string[],
  mustExist: boolean,
): Promise<boolean> {
  const names = Object.keys(values);
  const set = names.length > 0 ? `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}` : '';
  const remove = removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : '';
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toAttributes(key),
        UpdateExpression: `${set}${remove}`.trim(),
        ...(mustExist && { ConditionExpression: 'attribute_exists(pk)' }),
        ...(names.length > 0 && {
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: toAttributes(
            Object.fromEntries(names.map((name) => [`:${name}`, values[name] ?? ''])),
          ),
        }),
      }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
