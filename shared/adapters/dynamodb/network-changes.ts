import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { NetworkChanges } from '../../ports/network.ts';
import { fromAttributes, toAttributes } from './client.ts';
import { networkSk, pk } from './keys.ts';

/** What was seen stands beside the version, which every change raises in its own transaction. */
export function dynamoNetworkChanges(client: DynamoDBClient, table: string): NetworkChanges {
  const address = { TableName: table, Key: toAttributes({ pk: pk.network, sk: networkSk.version }) };
  return {
    async unseen() {
      const { Item } = await client.send(new GetItemCommand({ ...address, ConsistentRead: true }));
      const { version = 0, seen = 0 } = Item ? fromAttributes(Item) : {};
      return Number(version) > Number(seen) ? Number(version) : undefined;
    },

    async seen(version) {
      try {
        await client.send(
          new UpdateItemCommand({
            ...address,
            UpdateExpression: 'SET seen = :version',
            ConditionExpression: 'attribute_not_exists(seen) OR seen < :version',
            ExpressionAttributeValues: { ':version': { N: String(version) } },
          }),
        );
      } catch (error) {
        // Another sweep has seen as much or more.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
