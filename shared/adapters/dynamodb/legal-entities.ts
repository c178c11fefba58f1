import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type LogoType, logoTypes } from '../../documents/logo.ts';
import { defaultEntityId, defaultLegalEntity } from '../../domain/default-legal-entity.ts';
import { LegalEntity } from '../../domain/legal-entity.ts';
import type { LegalEntities, Logos } from '../../ports/legal-entities.ts';
import type { System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { networkSk, onlySk, pk } from './keys.ts';
import type { Item } from './order-items.ts';

/** Milliseconds that a warm function goes on with what it knows: who sells changes once in years, and is asked for each invoice. */
const remembered = 60_000;

/** Of a storefront, what is needed here. */
const Selling = z.object({ legalEntityId: LegalEntity.shape.id.optional() });

/** Who sells in which storefront, in the table `inventory`. Two small reads the first time. */
export function dynamoSellers(client: DynamoDBClient, table: string, system: Pick<System, 'now'>): LegalEntities {
  const known = new Map<string, { seller: LegalEntity; until: number }>();
  return {
    async sellerIn(channel) {
      const before = known.get(channel);
      if (before && system.now() < before.until) return before.seller;
      const row = await readRow(client, table, { pk: pk.network, sk: networkSk.storefront(channel) });
      const { legalEntityId = defaultEntityId } = row ? Selling.parse(row) : {};
      // Absent: taken away at this very moment. The next reader finds the storefront changed, too.
      const seller = (await readEntity(client, table, legalEntityId)) ?? (await defaultEntity(client, table));
      if (known.size >= 1000) known.clear();
      known.set(channel, { seller, until: system.now() + remembered });
      return seller;
    },
  };
}

const defaultEntity = async (client: DynamoDBClient, table: string): Promise<LegalEntity> =>
  (await readEntity(client, table, defaultEntityId)) ?? defaultLegalEntity;

export async function readEntity(client: DynamoDBClient, table: string, id: string): Promise<LegalEntity | undefined> {
  const row = await readRow(client, table, entityKey(id));
  if (row !== undefined) return LegalEntity.parse(row);
  return id === defaultEntityId ? defaultLegalEntity : undefined;
}

async function readRow(client: DynamoDBClient, table: string, key: Item): Promise<unknown> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
  );
  return Item && JSON.parse(String(fromAttributes(Item).data));
}

export const entityKey = (id: string): Item => ({ pk: pk.network, sk: networkSk.legalEntity(id) });

/** Alone in its partition: whoever reads the network or the entities does not read 200 KB of pixels besides. */
export const logoKey = (entityId: string): Item => ({ pk: pk.logo(entityId), sk: onlySk });

export const dynamoLogos = (client: DynamoDBClient, table: string): Logos => ({
  async logo(entityId) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toAttributes(logoKey(entityId)), ConsistentRead: true }),
    );
    if (!Item) return undefined;
    const { type, bytes } = fromAttributes(Item);
    const known = logoTypes.find((one): one is LogoType => one === type);
    return known && { type: known, bytes: Buffer.from(String(bytes), 'base64') };
  },
});
