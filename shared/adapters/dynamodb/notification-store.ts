import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { NotificationKey, NotificationStore } from '../../ports/notifications.ts';
import { toAttributes } from './client.ts';
import { onlySk } from './keys.ts';

const keyOf = ({ eventId, channel }: NotificationKey) => ({ pk: `NOTIFICATION#${eventId}#${channel}`, sk: onlySk });

/** Claims of notifications in the table `delivery`: no address and no text, only that it was sent and under which id. */
export function dynamoNotificationStore(client: DynamoDBClient, table: string): NotificationStore {
  return {
    async claim(key, { orderId, now, leaseUntil, expiresAt, by }) {
      const lease = { leaseUntil, leaseMessage: by.messageId, leaseReceive: by.receiveCount };
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: toAttributes({ ...keyOf(key), orderId, ...lease, expiresAt }),
            ConditionExpression:
              'attribute_not_exists(pk) OR (attribute_not_exists(messageId) AND (leaseUntil < :now OR (leaseMessage = :message AND leaseReceive < :receive)))',
            ExpressionAttributeValues: toAttributes({
              ':now': now,
              ':message': by.messageId,
              ':receive': by.receiveCount,
            }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'claimed';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item?.messageId ? 'sent' : 'leased';
      }
    },

    async recordSent(key, { messageId, at }) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toAttributes(keyOf(key)),
          UpdateExpression: 'SET messageId = :id, sentAt = :at',
          ExpressionAttributeValues: toAttributes({ ':id': messageId, ':at': at }),
        }),
      );
    },

    async release(key, leaseUntil) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: toAttributes(keyOf(key)),
            UpdateExpression: 'SET leaseUntil = :none',
            ConditionExpression: 'leaseUntil = :mine AND attribute_not_exists(messageId)',
            ExpressionAttributeValues: toAttributes({ ':none': 0, ':mine': leaseUntil }),
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
