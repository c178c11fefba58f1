import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Network, NetworkReader } from '../../ports/network.ts';
import type { System } from '../../ports/system.ts';
import { toAttributes } from './client.ts';
import { commitStep } from './commit-step.ts';
import { networkSk, pk } from './keys.ts';
import { dynamoNetworkReader } from './network-reader.ts';

/** Others kept changing the network. Nothing was written; try again later. */
export class NetworkContention extends Error {
  override readonly name = 'StoreContention';
}

/** Pauses of 20 ms doubling to 640, with full jitter: two seconds on average in all. */
export const attempts = 12;

/** What a change makes of the network as it is. No actions: nothing is written. */
interface Change<T> {
  actions: TransactWriteItem[];
  answer: T;
}

export interface NetworkWrites {
  reader: NetworkReader;
  /** Writes what `change` makes of the network as it is, unless somebody was faster: then of the network as it is by then. */
  write<T>(change: (now: Network) => Change<T> | Promise<Change<T>>): Promise<T>;
}

export function networkWrites(client: DynamoDBClient, table: string, system: System): NetworkWrites {
  const reader = dynamoNetworkReader(client, table, system);
  return {
    reader,
    async write(change) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        if (attempt > 0) await system.sleep(system.random() * 20 * 2 ** Math.min(attempt, 5));
        const now = await reader.network();
        const { actions, answer } = await change(now);
        if (actions.length === 0) return answer;
        if (await commitStep(client, [...actions, versionUpdate(table, now.version)])) return answer;
      }
      throw new NetworkContention(`every one of ${attempts} attempts met another change`);
    },
  };
}

/** Part of every change of what `Network` holds: readers learn from it that they have to read again. `from`: refuse if it was changed since. */
export const versionUpdate = (table: string, from?: number): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: toAttributes({ pk: pk.network, sk: networkSk.version }),
    UpdateExpression: 'ADD version :one',
    ...(from !== undefined && { ConditionExpression: from === 0 ? 'attribute_not_exists(pk)' : 'version = :from' }),
    ExpressionAttributeValues: { ':one': { N: '1' }, ...(from && { ':from': { N: String(from) } }) },
  },
});
