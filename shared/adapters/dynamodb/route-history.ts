import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { OrderId } from '../../domain/ids.ts';
import { RoutingInput } from '../../domain/routing/input.ts';
import type { RouteHistory } from '../../ports/simulations.ts';
import { indexPartitions, listShards, pk, sk } from './keys.ts';
import { queryRange } from './order-store.ts';
import { unpack } from './route-log.ts';

/** Routed more often than this, an order is beyond comparison. */
const mostDecisions = 20;

/** Found through the index that lists orders by time of placement: decisions are kept beside their order, so that they need no index of their own. */
export function dynamoRouteHistory(client: DynamoDBClient, table: string): RouteHistory {
  const range = (day: string, shard: number, after?: string) => ({
    TableName: table,
    IndexName: 'gsi3',
    KeyConditionExpression: 'gsi3pk = :month AND gsi3sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':month': { S: indexPartitions.month(day.slice(0, 7), shard) },
      // The least that is greater than `after`: its own key is not read again.
      ':from': { S: after === undefined ? `${day}T` : `${after} ` },
      ':to': { S: `${day}T~` },
    },
  });

  const countIn = async (day: string, shard: number): Promise<number> => {
    let count = 0;
    let start: Record<string, AttributeValue> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({ ...range(day, shard), Select: 'COUNT', ...(start && { ExclusiveStartKey: start }) }),
      );
      count += page.Count ?? 0;
      start = page.LastEvaluatedKey;
    } while (start);
    return count;
  };

  return {
    shards: listShards,

    async placedOn({ day, shard, after }, limit) {
      const { Items = [] } = await client.send(new QueryCommand({ ...range(day, shard, after), Limit: limit }));
      return Items.map((item) => ({
        orderId: OrderId.parse(String(item.pk?.S).slice('ORDER#'.length)),
        at: String(item.gsi3sk?.S),
      }));
    },

    async countOn(day) {
      const counts = await Promise.all(Array.from({ length: listShards }, (_, shard) => countIn(day, shard)));
      return counts.reduce((sum, count) => sum + count, 0);
    },

    async inputs(orderId) {
      const rows = await queryRange(
        client,
        table,
        pk.order(orderId),
        sk.routeInput,
        `${sk.routeInput}~`,
        mostDecisions,
      );
      return rows.map((row) => ({
        version: Number(row.version),
        input: RoutingInput.safeParse(unpack(row.data)).data,
      }));
    },
  };
}
