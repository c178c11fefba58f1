import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type BucketChange, bucketCounters } from '../../../domain/stock.ts';
import { toAttributes } from '../client.ts';
import { byOrderSk, pk, stockIndexKeys, stockSk } from '../keys.ts';
import type { Item } from '../order-items.ts';

/** The one place that knows how a bucket is stored and guarded. Orders and operators change it through these functions only. */
export const bucketKeyOf = (sku: string, locationId: string): Item => ({
  pk: pk.sku(sku),
  sk: `${stockSk.location}${locationId}`,
});

interface Extra {
  /** Refuse unless this many are on hand. */
  onHandWas?: number | undefined;
  /** Set beside the counters. */
  set?: Item;
  /** Refuse unless this many stay available: safety stock. */
  keep?: number | undefined;
}

/** The guard against overselling is this condition on a stored number, checked and applied in one step by the store. */
export function bucketUpdate(TableName: string, change: BucketChange, at: string, extra: Extra = {}) {
  const counters = bucketCounters.filter((name) => change[name] !== 0);
  const lowered = counters.filter((name) => change[name] < 0);
  const set = Object.entries({ ...extra.set, updatedAt: at });
  const adds = counters.length > 0 ? ` ADD ${counters.map((name) => `${name} :${name}`).join(', ')}` : '';
  const { onHandWas } = extra;
  return {
    TableName,
    Key: toAttributes(bucketKeyOf(change.sku, change.locationId)),
    UpdateExpression: `SET ${set.map(([name]) => `#${name} = :set_${name}`).join(', ')}${adds}`,
    // What is set may be a word of DynamoDB's own (`missing`).
    ExpressionAttributeNames: Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
    ConditionExpression: [
      'attribute_exists(pk)',
      ...lowered.map((name) => `${name} >= :min_${name}`),
      ...(onHandWas === undefined ? [] : ['onHand = :onHandWas']),
    ].join(' AND '),
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries([
        ...set.map(([name, value]) => [`:set_${name}`, value]),
        ...counters.map((name) => [`:${name}`, change[name]]),
        ...lowered.map((name) => [`:min_${name}`, -change[name] + (name === 'available' ? (extra.keep ?? 0) : 0)]),
        ...(onHandWas === undefined ? [] : [[':onHandWas', onHandWas]]),
      ]),
    ),
  };
}

/** The first units of a SKU at a location. */
export function bucketPut(TableName: string, change: BucketChange, at: string, set: Item = {}): TransactWriteItem {
  const { sku, locationId } = change;
  const counters = Object.fromEntries(bucketCounters.map((name) => [name, change[name]]));
  const item = {
    ...bucketKeyOf(sku, locationId),
    sku,
    locationId,
    ...counters,
    ...stockIndexKeys.bucket(sku, locationId),
    ...set,
    updatedAt: at,
  };
  return { Put: { TableName, Item: toAttributes(item), ConditionExpression: 'attribute_not_exists(pk)' } };
}

/**
 * What orders do to what is on hand leaves a row with the SKU, too: a count made an hour ago must know what left since, and the ledger of
 * a SKU shows it. Reservations leave none: they move no unit, and the order's event is their entry (decision record 3).
 */
export function byOrderPuts(
  TableName: string,
  changes: readonly BucketChange[],
  { orderId, sequence, at }: { orderId: string; sequence: number; at: string },
): TransactWriteItem[] {
  return changes
    .filter(({ onHand }) => onHand !== 0)
    .map(({ sku, locationId, onHand }) => {
      const item = {
        pk: pk.sku(sku),
        sk: byOrderSk(locationId, at, orderId, sequence),
        sku,
        locationId,
        at,
        orderId,
        sequence,
        change: onHand,
        ...stockIndexKeys.ledger(sku, locationId, at, `${orderId}#${sequence}`),
      };
      return { Put: { TableName, Item: toAttributes(item) } };
    });
}
