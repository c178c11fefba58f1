import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { ListEntry, type ListEntryId } from '../../domain/fraud/list-entry.ts';
import { FraudRule, FraudThresholds, noRules } from '../../domain/fraud/rules.ts';
import type { FraudConfig, FraudSettings } from '../../ports/fraud-book.ts';
import type { System } from '../../ports/system.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { commitStep } from './commit-step.ts';
import { fraudConfigKey, pk } from './keys.ts';

const listPk = pk.fraud('LIST');
export const entryKey = (id: ListEntryId) => ({ pk: listPk, sk: id });

/** Mapped by its name to 503 with Retry-After. */
class StoreContention extends Error {
  override readonly name = 'StoreContention';
}

const Rules = z.object({ rules: z.array(FraudRule), thresholds: FraudThresholds });

/** Rounds that a write may lose against others before it gives up, after pauses of up to 10 ms, 20 ms, … 800 ms. */
const mostRounds = 12;

export async function readFraudConfig(client: DynamoDBClient, table: string): Promise<FraudConfig> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: toAttributes(fraudConfigKey), ConsistentRead: true }),
  );
  const row = Item && fromAttributes(Item);
  const entries = Number(row?.entries ?? 0);
  if (row?.data === undefined) return { rules: noRules, entries };
  const rules = Rules.parse(JSON.parse(String(row.data)));
  return { rules: { ...rules, version: Number(row.version), updatedAt: String(row.updatedAt) }, entries };
}

export const entryFromRow = (row: Record<string, unknown>): ListEntry => ListEntry.parse(JSON.parse(String(row.data)));

export function dynamoFraudSettings(client: DynamoDBClient, table: string, system: System): FraudSettings {
  /** An entry and how many there are change together: orders are screened only while there is something to screen them by. */
  const counting = (change: 1 | -1) => ({
    Update: {
      TableName: table,
      Key: toAttributes(fraudConfigKey),
      UpdateExpression: 'ADD entries :change',
      ExpressionAttributeValues: { ':change': { N: String(change) } },
    },
  });
  const unless = async (write: () => Promise<unknown>): Promise<boolean> => {
    try {
      await write();
      return true;
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      return false;
    }
  };

  return {
    config: () => readFraudConfig(client, table),

    async putRules({ rules, thresholds }, updatedAt) {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toAttributes(fraudConfigKey),
          UpdateExpression: 'SET #data = :data, updatedAt = :at, ruleCount = :count ADD #version :one',
          ExpressionAttributeNames: { '#data': 'data', '#version': 'version' },
          ExpressionAttributeValues: {
            ':data': { S: JSON.stringify({ rules, thresholds }) },
            ':at': { S: updatedAt },
            ':count': { N: String(rules.length) },
            ':one': { N: '1' },
          },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return { rules, thresholds, version: Number(Attributes?.version?.N), updatedAt };
    },

    async putEntry(entry) {
      const row = { TableName: table, Item: toAttributes({ ...entryKey(entry.id), data: JSON.stringify(entry) }) };
      for (let round = 0; round < mostRounds; round++) {
        if (round > 0) await system.sleep(system.random() * Math.min(800, 10 * 2 ** round));
        const isNew = { ...row, ConditionExpression: 'attribute_not_exists(pk)' };
        if (await commitStep(client, [{ Put: isNew }, counting(1)])) return 'created';
        const isThere = new PutItemCommand({ ...row, ConditionExpression: 'attribute_exists(pk)' });
        if (await unless(() => client.send(isThere))) return 'replaced';
      }
      throw new StoreContention('the lists are being changed by many at once');
    },

    async deleteEntry(id) {
      const key = toAttributes(entryKey(id));
      for (let round = 0; round < mostRounds; round++) {
        if (round > 0) await system.sleep(system.random() * Math.min(800, 10 * 2 ** round));
        const isThere = { TableName: table, Key: key, ConditionExpression: 'attribute_exists(pk)' };
        if (await commitStep(client, [{ Delete: isThere }, counting(-1)])) return true;
        const gone = new DeleteItemCommand({
          TableName: table,
          Key: key,
          ConditionExpression: 'attribute_not_exists(pk)',
        });
        if (await unless(() => client.send(gone))) return false;
      }
      throw new StoreContention('the lists are being changed by many at once');
    },

    async entries({ kind, limit, after }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: kind ? 'pk = :pk AND begins_with(sk, :kind)' : 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: listPk }, ...(kind && { ':kind': { S: `${kind}-` } }) },
          ...(after && { ExclusiveStartKey: toAttributes({ pk: listPk, sk: String(after.id) }) }),
          Limit: limit,
        }),
      );
      const items = Items.map((item) => entryFromRow(fromAttributes(item)));
      const last = items.at(-1);
      return { items, ...(LastEvaluatedKey && last && { next: { id: last.id } }) };
    },
  };
}
