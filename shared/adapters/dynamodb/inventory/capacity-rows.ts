import { BatchGetItemCommand, type DynamoDBClient, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type CapacityChange, type CapacityDay, CapacityUse } from '../../../domain/capacity.ts';
import { fromAttributes, toAttributes } from '../client.ts';
import { pk } from '../keys.ts';

const keyOf = ({ locationId, day }: CapacityDay) => toAttributes({ pk: pk.capacity(locationId), sk: day });

/** A row a location and day: the guard is a condition on the stored number, `used <= limit - wanted`, checked and applied in one step. */
export function capacityAction(table: string, change: CapacityChange): TransactWriteItem {
  const { orders, units, limits } = change;
  const { ordersPerDay, unitsPerDay } = limits;
  const guards: string[] = [];
  const most: Record<string, number> = {};
  if (orders > 0 && ordersPerDay !== undefined) {
    guards.push('(attribute_not_exists(orders) OR orders <= :mostOrders)');
    most[':mostOrders'] = ordersPerDay - orders;
  }
  if (units > 0 && unitsPerDay !== undefined) {
    guards.push('(attribute_not_exists(units) OR units <= :mostUnits)');
    most[':mostUnits'] = unitsPerDay - units;
  }
  const tooLarge = Object.values(most).some((left) => left < 0);
  return {
    Update: {
      TableName: table,
      Key: keyOf(change),
      UpdateExpression: 'ADD orders :orders, units :units',
      // A new row has no number to compare: what alone is more than a day takes is refused by a condition that no row meets.
      ...(guards.length > 0 && {
        ConditionExpression: tooLarge ? 'attribute_exists(pk) AND attribute_not_exists(pk)' : guards.join(' AND '),
      }),
      ExpressionAttributeValues: toAttributes({ ':orders': orders, ':units': units, ...(tooLarge ? {} : most) }),
    },
  };
}

/** DynamoDB reads at most 100 items at once. */
const perBatch = 100;

export async function readCapacity(
  client: DynamoDBClient,
  table: string,
  days: readonly CapacityDay[],
): Promise<Map<string, CapacityUse>> {
  const used = new Map<string, CapacityUse>();
  for (let start = 0; start < days.length; start += perBatch) {
    let keys = days.slice(start, start + perBatch).map(keyOf);
    while (keys.length > 0) {
      const request = { RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(request));
      for (const row of (Responses?.[table] ?? []).map(fromAttributes)) used.set(keyOfRow(row), CapacityUse.parse(row));
      keys = UnprocessedKeys?.[table]?.Keys ?? [];
    }
  }
  return used;
}

/** As `capacityKey` says it. */
export const keyOfRow = (row: Record<string, unknown>): string =>
  `${String(row.pk).slice(pk.capacity('').length)} ${String(row.sk)}`;
