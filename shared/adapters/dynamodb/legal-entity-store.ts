import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { defaultEntityId, defaultLegalEntity } from '../../domain/default-legal-entity.ts';
import { LegalEntity } from '../../domain/legal-entity.ts';
import type { DeleteEntityOutcome, LegalEntityStore } from '../../ports/legal-entities.ts';
import type { System } from '../../ports/system.ts';
import { toAttributes } from './client.ts';
import { networkSk, pk } from './keys.ts';
import { entityKey, logoKey, readEntity } from './legal-entities.ts';
import { networkWrites } from './network-writes.ts';
import { queryRange } from './order-store.ts';

/** Who sells, as administrators change it: in the table `inventory`, beside the storefronts. */
export function dynamoLegalEntities(client: DynamoDBClient, table: string, system: System): LegalEntityStore {
  const { write } = networkWrites(client, table, system);
  return {
    async all() {
      const rows = await queryRange(client, table, pk.network, networkSk.legalEntity(''), networkSk.legalEntity('~'));
      const put = rows.map(({ data }) => LegalEntity.parse(JSON.parse(String(data))));
      const all = put.some(({ id }) => id === defaultEntityId) ? put : [...put, defaultLegalEntity];
      return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },

    find: (id) => readEntity(client, table, id),

    async put(entity) {
      const item = toAttributes({ ...entityKey(entity.id), data: JSON.stringify(entity) });
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
    },

    remove: (id) =>
      write<DeleteEntityOutcome>(async ({ storefronts }) => {
        const found = await readEntity(client, table, id);
        if (!found || found === defaultLegalEntity) return { actions: [], answer: { outcome: 'not_found' } };
        const users = [...storefronts.values()].filter(({ legalEntityId = defaultEntityId }) => legalEntityId === id);
        if (users.length > 0) {
          return { actions: [], answer: { outcome: 'in_use', storefronts: users.map((one) => one.id) } };
        }
        const keys = [entityKey(id), logoKey(id)];
        const actions = keys.map((key) => ({ Delete: { TableName: table, Key: toAttributes(key) } }));
        return { actions, answer: { outcome: 'deleted' } };
      }),

    async putLogo(id, { type, bytes }) {
      if (!(await readEntity(client, table, id))) return false;
      const item = toAttributes({ ...logoKey(id), type, bytes: bytes.toString('base64') });
      await client.send(new PutItemCommand({ TableName: table, Item: item }));
      return true;
    },

    async removeLogo(id) {
      try {
        const key = toAttributes(logoKey(id));
        const ConditionExpression = 'attribute_exists(pk)';
        await client.send(new DeleteItemCommand({ TableName: table, Key: key, ConditionExpression }));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
