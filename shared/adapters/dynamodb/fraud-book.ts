import { BatchGetItemCommand, type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { VelocityKind } from '../../domain/fraud/facts.ts';
import type { FraudBook } from '../../ports/fraud-book.ts';
import type { System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { entryFromRow, entryKey, readFraudConfig } from './fraud-settings.ts';
import { indexPartitions, pk } from './keys.ts';

/** Seconds that a row outlives the longest window, so that no order of it is missing because clocks differ. */
const grace = 24 * 3600;

const countPk = (kind: VelocityKind, subject: string) => pk.fraud(`COUNT#${kind}#${subject}`);

/**
 * A row an order and subject, not a counter: counted twice it is one row, and every rule may look back as far as it likes. An attack of thousands
 * of orders with one card costs no more to count than the rule's limit.
 */
export function dynamoFraudBook(client: DynamoDBClient, table: string, system: System): FraudBook {
  return {
    config: () => readFraudConfig(client, table),

    async entriesAmong(ids) {
      const rows: Record<string, unknown>[] = [];
      let keys = ids.map((id) => toAttributes(entryKey(id)));
      for (let round = 0; keys.length > 0; round++) {
        if (round > 0) await system.sleep(system.random() * Math.min(1000, 20 * 2 ** round));
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
        );
        rows.push(...(Responses?.[table] ?? []).map(fromAttributes));
        keys = (UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
      }
      return rows.map(entryFromRow).sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async record({ kind, subject, orderId, placedAt, keptFor }) {
      const expiresAt = Math.floor(Date.parse(placedAt) / 1000) + keptFor + grace;
      const item = { pk: countPk(kind, subject), sk: `${placedAt}#${orderId}`, expiresAt };
      await client.send(new PutItemCommand({ TableName: table, Item: toAttributes(item) }));
    },

    async countSince(kind, subject, since, most) {
      const { Count = 0 } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk >= :since',
          ExpressionAttributeValues: { ':pk': { S: countPk(kind, subject) }, ':since': { S: since } },
          Select: 'COUNT',
          Limit: most,
        }),
      );
      return Count;
    },

    async hasEarlierOrder(customerId, placedAt, orderId) {
      const { Count = 0 } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk < :this',
          ExpressionAttributeValues: {
            ':pk': { S: indexPartitions.customer(customerId) },
            ':this': { S: `${placedAt}#${orderId}` },
          },
          Select: 'COUNT',
          Limit: 1,
        }),
      );
      return Count > 0;
    },
  };
}
