import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Sku } from '../../domain/ids.ts';
import type { Location } from '../../domain/location.ts';
import { Bucket } from '../../domain/stock.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { commitActions } from './inventory/stock-store.ts';
import { pk } from './keys.ts';
import { readLocations } from './locations.ts';
import { attempts, NetworkContention, versionUpdate } from './network-store.ts';
import { queryAll } from './order-store.ts';

const locationsKeptFor = 10_000;

/** Locations, and stock to be read, in the table `inventory`. Orders change it in their own transactions (order-store.ts), operators through inventory/stock-store.ts. */
export function dynamoInventory(client: DynamoDBClient, table: string, system: System): Inventory {
  let cached: { locations: Location[]; until: number } | undefined;

  const locations = async () => {
    if (!cached || cached.until < system.now()) {
      cached = {
        locations: await readLocations(client, table, isoNow(system)),
        until: system.now() + locationsKeptFor,
      };
    }
    return cached.locations;
  };

  return {
    locations,

    async putLocation(location) {
      const { outage: _, ...kept } = location;
      const item = { pk: pk.locations, sk: `LOCATION#${location.id}`, data: JSON.stringify(kept) };
      const actions = [{ Put: { TableName: table, Item: toAttributes(item) } }, versionUpdate(table)];
      // Locations that are put at the same moment raise the same version: one after the other.
      for (let attempt = 1; (await commitActions(client, actions, false)).outcome === 'conflict'; attempt++) {
        if (attempt === attempts)
          throw new NetworkContention(`${location.id}: every one of ${attempts} attempts met a conflict`);
        await system.sleep(system.random() * 20 * 2 ** Math.min(attempt, 5));
      }
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
  };
}
