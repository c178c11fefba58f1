import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { demandAdds } from '../../../domain/stock/demand.ts';
import { type BucketChange, type BucketCounter, bucketCounters } from '../../../domain/stock.ts';
import { toAttributes } from '../client.ts';
import { byOrderSk, pk, stockIndexKeys } from '../keys.ts';
import type { Item } from '../order-items.ts';
import { bucketKeyOf } from './shard-rows.ts';

export interface Extra {
  /** Which of the bucket's rows. */
  shard?: number;
  /** Refuse unless this many are on hand. */
  onHandWas?: number | undefined;
  /** Refuse unless this many are available. */
  availableWas?: number | undefined;
  /** Set beside the counters. */
  set?: Item;
  /** Refuse unless this many stay available in this row: safety stock. */
  keep?: number | undefined;
  /** By an order or a cart: reservations are counted, which measures how hot a SKU is, and what orders want of it. */
  isReservation?: boolean;
  /** Units that the location gives back. */
  refused?: number | undefined;
  /** Units come back to a row that was marked when nothing was left of the bucket: its first row is told in the same transaction. */
  reopens?: boolean;
}

/**
 * The one place that knows how a bucket is guarded: orders and operators change it through these functions only. The guard against
 * overselling is this condition on a stored number, checked and applied in one step by the store.
 */
export function bucketUpdate(TableName: string, change: BucketChange, at: string, extra: Extra = {}) {
  const { shard = 0, onHandWas, availableWas, keep = 0, reopens } = extra;
  const counters = bucketCounters.filter((name) => change[name] !== 0);
  const lowered = counters.filter((name) => change[name] < 0);
  const set = Object.entries({ ...extra.set, updatedAt: at });
  const wanted = { reserved: Math.max(0, change.committed), refused: extra.refused ?? 0 };
  const demand = extra.isReservation ? demandAdds(wanted, Date.parse(at)) : {};
  const adds = [
    ...counters.map((name) => `${name} :${name}`),
    ...(extra.isReservation && change.available < 0 ? ['taken :one'] : []),
    ...Object.keys(demand).map((name) => `${name} :${name}`),
  ];
  const comesBack = change.available > 0;
  const removes = [...(comesBack && shard === 0 ? ['soldOut'] : []), ...(reopens ? ['closed'] : [])];
  const minimum = (name: BucketCounter): number => (name === 'available' ? keep : 0) - change[name];
  // Of a row that gives nothing away, but keeps units for safety.
  const onlyKeeps = keep > 0 && !lowered.includes('available');
  return {
    TableName,
    Key: toAttributes(bucketKeyOf(change.sku, change.locationId, shard)),
    UpdateExpression: [
      `SET ${set.map(([name]) => `#${name} = :set_${name}`).join(', ')}`,
      ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
      ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
    ].join(' '),
    // What is set may be a word of DynamoDB's own (`missing`).
    ExpressionAttributeNames: Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
    ConditionExpression: [
      'attribute_exists(pk)',
      ...lowered.map((name) => `${name} >= :min_${name}`),
      ...(onlyKeeps ? ['available >= :min_available'] : []),
      ...(onHandWas === undefined ? [] : ['onHand = :onHandWas']),
      ...(availableWas === undefined ? [] : ['available = :availableWas']),
      ...(comesBack && shard > 0 && !reopens ? ['attribute_not_exists(closed)'] : []),
    ].join(' AND '),
    // What the row is instead tells which rows the bucket has.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ExpressionAttributeValues: toAttributes(
      Object.fromEntries([
        ...set.map(([name, value]) => [`:set_${name}`, value]),
        ...counters.map((name) => [`:${name}`, change[name]]),
        ...lowered.map((name) => [`:min_${name}`, minimum(name)]),
        ...(onlyKeeps ? [[':min_available', keep]] : []),
        ...(adds.includes('taken :one') ? [[':one', 1]] : []),
        ...Object.entries(demand).map(([name, count]) => [`:${name}`, count]),
        ...(onHandWas === undefined ? [] : [[':onHandWas', onHandWas]]),
        ...(availableWas === undefined ? [] : [[':availableWas', availableWas]]),
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
