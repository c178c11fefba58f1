import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { CartHold } from '../../../domain/stock/cart-hold.ts';
import type { CartHoldStore, KeptHold } from '../../../ports/cart-holds.ts';
import { toAttributes } from '../client.ts';
import { heldSk, onlySk, pk, stockIndexKeys } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { getRow } from './rows.ts';

const sevenDays = 7 * 24 * 3600;

/** A hold of a cart as it is read, and used up by an order: apart from cart-holds.ts, which functions of orders need not carry. */
export const dynamoKeptHolds = (client: DynamoDBClient, table: string): Pick<CartHoldStore, 'hold'> => ({
  async hold(id) {
    const row = await getRow(client, table, { pk: pk.cartHold(id), sk: onlySk });
    return row && keptOf(row);
  },
});

const keptOf = (row: Item): KeptHold => ({
  hold: CartHold.parse(JSON.parse(String(row.data))),
  requestHash: String(row.requestHash),
});

/** What placing an order does to the hold it converts, besides the buckets: part of the order's transaction. */
export const conversionActions = (table: string, before: CartHold, after: CartHold): TransactWriteItem[] => [
  holdUpdate(table, before, after),
  ...heldRowRemovals(table, before),
];

/** Refuses when somebody changed the hold meanwhile. One that is over is found by nobody but its id, and for a week. */
export function holdUpdate(TableName: string, before: CartHold, after: CartHold): TransactWriteItem {
  const isOver = after.state !== 'HELD';
  const set: Item = {
    version: after.version,
    data: JSON.stringify(after),
    ...(isOver
      ? { expiresAt: Math.floor(Date.parse(after.endedAt ?? after.heldUntil) / 1000) + sevenDays }
      : stockIndexKeys.cartHold(after.heldUntil, after.id)),
  };
  const names = Object.keys(set);
  return {
    Update: {
      TableName,
      Key: toAttributes({ pk: pk.cartHold(after.id), sk: onlySk }),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}${isOver ? ' REMOVE gsi1pk, gsi1sk' : ''}`,
      ConditionExpression: '#version = :before',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...toAttributes(Object.fromEntries(names.map((name) => [`:${name}`, set[name] ?? '']))),
        ':before': { N: String(before.version) },
      },
    },
  };
}

export const heldRowRemovals = (TableName: string, { id, units }: CartHold): TransactWriteItem[] =>
  units.map(({ sku, locationId }) => ({
    Delete: { TableName, Key: toAttributes({ pk: pk.sku(sku), sk: heldSk(locationId, id) }) },
  }));
