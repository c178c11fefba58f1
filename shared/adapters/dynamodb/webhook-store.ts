import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  type DueDelivery,
  EventFilter,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
  type WebhookStore,
} from '../../ports/webhooks.ts';
import { fromAttributes, toAttributes } from './client.ts';
import type { Item } from './order-items.ts';

/**
 * Webhooks in the table `delivery`.
 *
 * pk PARTNER#default       sk ENDPOINT#<id>        one partition: a deployment serves one merchant, who has tens of endpoints; for some days
 *                                                  after its deletion an endpoint's row says only `deletedAt`
 * pk ENDPOINT#<id>         sk DELIVERY#<eventId>   sorted by time, as event ids are
 * gsi1 DUE#<shard>         nextAttemptAt           only while a row waits longer than SQS can delay
 */
const partner = 'PARTNER#default';
const endpointKey = (id: string) => ({ pk: partner, sk: `ENDPOINT#${id}` });
/** Of an endpoint's row: it is one, and not the note of a deletion. */
const isThere = 'attribute_exists(pk) AND attribute_not_exists(deletedAt)';
const deliveryKey = ({ endpointId, eventId }: { endpointId: string; eventId: string }) => ({
  pk: `ENDPOINT#${endpointId}`,
  sk: `DELIVERY#${eventId}`,
});

const dueShards = 4;
const dueKey = (shard: number) => `DUE#${shard}`;
/** The end of an event id is chance. */
const shardOf = (eventId: string) => (eventId.codePointAt(eventId.length - 1) ?? 0) % dueShards;

export function dynamoWebhookStore(client: DynamoDBClient, table: string): WebhookStore {
  const get = async (key: Item): Promise<Item | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true }),
    );
    return Item && fromAttributes(Item);
  };

  return {
    async createEndpoint({ eventTypes, ...rest }) {
      const item = { ...endpointKey(rest.id), ...rest, eventTypes: JSON.stringify(eventTypes) };
      const put = new PutItemCommand({
        TableName: table,
        Item: toAttributes(defined(item)),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      return (await whenConditionHolds(() => client.send(put))) ? 'created' : 'taken';
    },

    async endpoint(id) {
      const row = await get(endpointKey(id));
      return row && row.deletedAt === undefined ? endpointFromRow(row) : undefined;
    },

    async endpoints() {
      // Tens of small rows and as many of deleted ones: far below the megabyte of a page, of which there may be more all the same.
      const found: WebhookEndpoint[] = [];
      let after: Record<string, AttributeValue> | undefined;
      do {
        const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await client.send(
          new QueryCommand({
            TableName: table,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            FilterExpression: 'attribute_not_exists(deletedAt)',
            ExpressionAttributeValues: { ':pk': { S: partner }, ':prefix': { S: 'ENDPOINT#' } },
            ...(after && { ExclusiveStartKey: after }),
          }),
        );
        found.push(...Items.map((item) => endpointFromRow(fromAttributes(item))));
        after = LastEvaluatedKey;
      } while (after);
      return found;
    },

    async updateEndpoint(id, { eventTypes, ...changes }, at) {
      const values = { ...changes, ...(eventTypes && { eventTypes: JSON.stringify(eventTypes) }), updatedAt: at };
      const row = await whenConditionHolds(() =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: toAttributes(endpointKey(id)),
            ...setAndRemove(values),
            ConditionExpression: isThere,
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return row?.Attributes && endpointFromRow(fromAttributes(row.Attributes));
    },

    async deleteEndpoint(id, at, forgetAt) {
      const put = new PutItemCommand({
        TableName: table,
        Item: toAttributes({ ...endpointKey(id), deletedAt: at, expiresAt: forgetAt }),
        ConditionExpression: isThere,
      });
      return (await whenConditionHolds(() => client.send(put))) !== undefined;
    },

    async createDelivery({ attempts, ...rest }) {
      const item = { ...deliveryKey(rest), ...rest, attempts: JSON.stringify(attempts) };
      const put = new PutItemCommand({
        TableName: table,
        Item: toAttributes(defined(item)),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      return (await whenConditionHolds(() => client.send(put))) ? 'created' : 'exists';
    },

    async delivery(endpointId, eventId) {
      const row = await get(deliveryKey({ endpointId, eventId }));
      return row && deliveryFromRow(row);
    },

    async deliveries(endpointId, { limit, after }) {
      const { Items = [], LastEvaluatedKey: last } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': { S: `ENDPOINT#${endpointId}` }, ':prefix': { S: 'DELIVERY#' } },
          ScanIndexForward: false,
          Limit: limit,
          ...(after && { ExclusiveStartKey: toAttributes(after) }),
        }),
      );
      return {
        items: Items.map((item) => deliveryFromRow(fromAttributes(item))),
        ...(last && { next: { pk: String(last.pk?.S), sk: String(last.sk?.S) } }),
      };
    },

    async claimDelivery(due, now, { until, messageId, receiveCount }) {
      const update = new UpdateItemCommand({
        TableName: table,
        Key: toAttributes(deliveryKey(due)),
        UpdateExpression: 'SET leaseUntil = :until, leaseMessage = :message, leaseReceive = :receive',
        ConditionExpression:
          'nextAttemptAt = :due AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now OR (leaseMessage = :message AND leaseReceive < :receive))',
        ExpressionAttributeValues: toAttributes({
          ':until': until,
          ':message': messageId,
          ':receive': receiveCount,
          ':due': due.due,
          ':now': now,
        }),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        const { Attributes = {} } = await client.send(update);
        return { outcome: 'claimed', delivery: deliveryFromRow(fromAttributes(Attributes)) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const row = error.Item && fromAttributes(error.Item);
        if (row?.nextAttemptAt === due.due) return { outcome: 'leased', until: Number(row.leaseUntil) };
        return { outcome: 'out_of_date', delivery: row && deliveryFromRow(row) };
      }
    },

    async saveAttempt(delivery, lease, { shelve }) {
      const { status, attempts, endReason = null, nextAttemptAt = null } = delivery;
      const isShelved = shelve && nextAttemptAt !== null;
      const update = setAndRemove({
        status,
        attempts: JSON.stringify(attempts),
        endReason,
        nextAttemptAt,
        leaseUntil: null,
        leaseMessage: null,
        leaseReceive: null,
        gsi1pk: isShelved ? dueKey(shardOf(delivery.eventId)) : null,
        gsi1sk: isShelved ? nextAttemptAt : null,
      });
      const saved = await whenConditionHolds(() =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: toAttributes(deliveryKey(delivery)),
            ...update,
            ConditionExpression: 'leaseUntil = :until AND leaseMessage = :message AND leaseReceive = :receive',
            ExpressionAttributeValues: {
              ...update.ExpressionAttributeValues,
              ...toAttributes({ ':until': lease.until, ':message': lease.messageId, ':receive': lease.receiveCount }),
            },
          }),
        ),
      );
      return saved !== undefined;
    },

    async dueDeliveries(now, limit) {
      const ofShard = async (shard: number): Promise<DueDelivery[]> => {
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: 'gsi1',
            KeyConditionExpression: 'gsi1pk = :pk AND gsi1sk <= :now',
            ExpressionAttributeValues: { ':pk': { S: dueKey(shard) }, ':now': { S: now } },
            Limit: Math.ceil(limit / dueShards),
          }),
        );
        return Items.map(dueFromKeys);
      };
      return (await Promise.all(Array.from({ length: dueShards }, (_, shard) => ofShard(shard)))).flat();
    },

    async unshelve(due) {
      await whenConditionHolds(() =>
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: toAttributes(deliveryKey(due)),
            UpdateExpression: 'REMOVE gsi1pk, gsi1sk',
            ConditionExpression: 'gsi1sk = :due',
            ExpressionAttributeValues: { ':due': { S: due.due } },
          }),
        ),
      );
    },
  };
}

/** The result, or undefined when the write's condition did not hold. */
async function whenConditionHolds<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

const defined = (item: Record<string, string | number | undefined>): Item =>
  Object.fromEntries(
    Object.entries(item).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );

/** An update that sets each value and removes what is null. Names go through placeholders: `status` and `url` are reserved words. */
function setAndRemove(values: Record<string, string | number | null | undefined>) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  const set = entries.filter((entry): entry is [string, string | number] => entry[1] !== null);
  const remove = entries.filter(([, value]) => value === null);
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map(([name]) => `#${name}`).join(', ')}`] : []),
  ];
  return {
    UpdateExpression: clauses.join(' '),
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: toAttributes(Object.fromEntries(set.map(([name, value]) => [`:${name}`, value]))),
  };
}

const parsed = (text: string | number | undefined): unknown => JSON.parse(String(text));

const endpointFromRow = (row: Item): WebhookEndpoint =>
  WebhookEndpoint.parse({ ...row, eventTypes: z.array(EventFilter).parse(parsed(row.eventTypes)) });

const deliveryFromRow = (row: Item): WebhookDelivery =>
  WebhookDelivery.parse({ ...row, attempts: z.array(WebhookAttempt).parse(parsed(row.attempts)) });

const dueFromKeys = (keys: Record<string, AttributeValue>): DueDelivery => ({
  endpointId: String(keys.pk?.S).slice('ENDPOINT#'.length),
  eventId: String(keys.sk?.S).slice('DELIVERY#'.length),
  due: String(keys.gsi1sk?.S),
});
