import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Location } from '../../domain/location.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { toAttributes } from './client.ts';
import { dynamoKnownSkus } from './inventory/known-skus.ts';
import { readBuckets } from './inventory/shard-rows.ts';
import { commitActions } from './inventory/stock-store.ts';
import { pk } from './keys.ts';
import { readLocations } from './locations.ts';
import { attempts, NetworkContention, versionUpdate } from './network-writes.ts';
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
      return readBuckets(client, table, await queryAll(client, table, pk.sku(sku), 'LOC#'), system);
    },

    ...dynamoKnownSkus(client, table, system),
  };
}
