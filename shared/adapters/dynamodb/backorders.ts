import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';

/** Ids of the orders that wait for a SKU, placed first first, at most `limit`. */
export async function ordersWaitingFor(
  client: DynamoDBClient,
  table: string,
  sku: string,
  limit: number,
): Promise<string[]> {
  const ids: string[] = [];
  let start: Record<string, { S: string }> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'gsi1',
        KeyConditionExpression: 'gsi1pk = :sku',
        ExpressionAttributeValues: { ':sku': { S: `BACKORDER#${sku}` } },
        Limit: Math.min(1000, limit - ids.length),
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) ids.push(String(item.pk?.S).slice('ORDER#'.length));
    start = page.LastEvaluatedKey as typeof start;
  } while (start && ids.length < limit);
  return ids;
}
