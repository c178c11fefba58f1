import {
  DeleteItemCommand,
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { Sku } from '../../../domain/ids.ts';
import { Component } from '../../../domain/kit.ts';
import type { Kit, KitStore, PutKitOutcome } from '../../../ports/kits.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { pk, stockIndexKeys, stockPartitions, stockSk } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { indexPage } from './index-page.ts';
import { getRow, getRows } from './rows.ts';

/** Others kept changing the SKUs. Nothing was written; try again later. */
export class KitContention extends Error {
  override readonly name = 'StoreContention';
}

const Body = z.object({ sku: Sku, components: z.array(Component), updatedAt: z.string() });

/** What is kept of a kit, in its row beside the SKU's stock. */
export const kitOf = (row: Item): Kit => Body.parse(JSON.parse(String(row.data)));

const keyOf = (sku: string): Item => ({ pk: pk.sku(sku), sk: stockSk.kit });

/** What placing an order asks: apart from the rest, which its function need not carry. */
export const dynamoKitsAmong = (
  client: DynamoDBClient,
  table: string,
  system: System,
): Pick<KitStore, 'kitsAmong'> => ({
  async kitsAmong(skus) {
    const rows = await getRows(client, table, skus.map(keyOf), system);
    return new Map(rows.map(kitOf).map(({ sku, components }) => [sku, components]));
  },
});

/** Pauses of 20 ms doubling, with full jitter: the stock of a component moves all the time. */
const attempts = 10;

/** Definitions of kits, in the table `inventory`. */
export function dynamoKits(client: DynamoDBClient, table: string, system: System): KitStore {
  return {
    ...dynamoKitsAmong(client, table, system),

    async kit(sku) {
      const row = await getRow(client, table, keyOf(sku));
      return row && kitOf(row);
    },

    async putKit(kit) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        if (attempt > 0) await system.sleep(system.random() * 20 * 2 ** Math.min(attempt, 5));
        const outcome = await put(client, table, kit);
        if (outcome !== 'conflict') return outcome;
      }
      throw new KitContention(`${kit.sku}: every one of ${attempts} attempts met another change`);
    },

    async deleteKit(sku) {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ TableName: table, Key: toAttributes(keyOf(sku)), ReturnValues: 'ALL_OLD' }),
      );
      return Attributes !== undefined;
    },

    kits: (page) =>
      indexPage(
        client,
        table,
        { index: 'gsi1', partition: stockPartitions.kits, isAscending: true },
        page,
        async (found) => {
          const rows = await getRows(
            client,
            table,
            found.map((one) => ({ pk: one.pk, sk: one.sk })),
            system,
          );
          return rows.map(kitOf).sort((a, b) => (a.sku < b.sku ? -1 : 1));
        },
      ),
  };
}

/** The components' rows are looked at in the same transaction: none may become a kit meanwhile, or never have been heard of. */
async function put(client: DynamoDBClient, TableName: string, kit: Kit): Promise<PutKitOutcome | 'conflict'> {
  const check = (Key: Item, ConditionExpression: string): TransactWriteItem => ({
    ConditionCheck: { TableName, Key: toAttributes(Key), ConditionExpression },
  });
  const skus = kit.components.map(({ sku }) => sku);
  const item = { ...keyOf(kit.sku), data: JSON.stringify(kit), ...stockIndexKeys.kit(kit.sku) };
  const actions = [
    ...skus.map((sku) => check({ pk: pk.sku(sku), sk: stockSk.item }, 'attribute_exists(pk)')),
    ...skus.map((sku) => check(keyOf(sku), 'attribute_not_exists(pk)')),
    { Put: { TableName, Item: toAttributes(item) } },
  ];
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return { outcome: 'saved' };
  } catch (error) {
    const { name, CancellationReasons: reasons } = error as {
      name?: string;
      CancellationReasons?: { Code?: string }[];
    };
    if (name === 'TransactionInProgressException') return 'conflict';
    if (name !== 'TransactionCanceledException' || !reasons) throw error;
    const refused = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
    if (refused < 0) return 'conflict';
    return refused < skus.length
      ? { outcome: 'unknown_component', index: refused }
      : { outcome: 'component_is_kit', index: refused - skus.length };
  }
}
