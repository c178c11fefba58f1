import { gunzipSync } from 'node:zlib';
import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { RoutingDecision } from '../../domain/routing/decision.ts';
import { RoutingInput } from '../../domain/routing/input.ts';
import type { RouteLog } from '../../ports/route-log.ts';
import { fromAttributes } from './client.ts';
import { pk, sk } from './keys.ts';
import { queryRange } from './order-store.ts';
import { numbered } from './route-items.ts';

export const unpack = (text: unknown): unknown =>
  JSON.parse(gunzipSync(Buffer.from(String(text), 'base64')).toString());

const Body = z.object({
  at: z.iso.datetime(),
  decision: RoutingDecision,
  leftOut: z.object({ candidates: z.int(), reasons: z.int() }),
});

export const dynamoRouteLog = (client: DynamoDBClient, table: string): RouteLog => ({
  async decisions(orderId, limit) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :route)',
        ExpressionAttributeValues: { ':pk': { S: pk.order(orderId) }, ':route': { S: sk.route } },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items.map(fromAttributes).map((row) => ({ version: Number(row.version), ...Body.parse(unpack(row.data)) }));
  },

  async input(orderId, version) {
    const sortKey = numbered(sk.routeInput, version);
    const [row] = await queryRange(client, table, pk.order(orderId), sortKey, sortKey);
    return row && RoutingInput.parse(unpack(row.data));
  },
});
