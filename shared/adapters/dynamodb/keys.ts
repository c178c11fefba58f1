import type { OrderId } from '../../domain/ids.ts';

/**
 * Keys of the tables `orders` and `inventory`: the one place that knows them.
 *
 * orders     pk ORDER#<id>            sk STATE#…  what the order is: one Query reads it without its history
 *                                     sk EVENT#…  what happened: outbox, audit trail, time travel
 *                                     sk TIMER#…, BACKORDER#…, UNSETTLED  rows that exist only to be found through an index
 *            pk UNIQUE#externalId#<channel>#<id>, IDEMPOTENCY#<owner>#<key>
 * inventory  pk SKU#<sku>             sk ITEM, LOC#<location>, SAFETY#…, EVENT#…
 *            pk LOCATIONS             sk LOCATION#<id>   (some hundred small rows, rarely written, cached by readers)
 *            pk NETWORK               sk VERSION, STOREFRONT#<id>, GROUP#<id>, SAFETY#…   (likewise; every change raises the version)
 *
 * Indexes (KEYS_ONLY, sparse, shared by kinds of items): what an item is found by.
 *            gsi1  head: customer     fulfillment: location     timer: due     backorder: SKU     unsettled     unique: external id of any channel
 *            gsi2  head: status       fulfillment: status
 *            gsi3  head: month of placement
 */
export const listShards = 4;

/** Spreads a listing over partitions: a pseudo-random character of the ULID. */
export const shardOf = (orderId: OrderId): number => (orderId.codePointAt(orderId.length - 1) ?? 0) % listShards;

export const eventSk = (sequence: number): string => `EVENT#${String(sequence).padStart(10, '0')}`;
export const linesSk = (page: number): string => `STATE#LINES#${String(page).padStart(4, '0')}`;

export const sk = {
  state: 'STATE#',
  head: 'STATE#HEAD',
  deliveryGroup: (id: string) => `STATE#DG#${id}`,
  hold: (handle: string) => `STATE#HOLD#${handle}`,
  fulfillment: (id: string) => `STATE#FO#${id}`,
  payment: (id: string) => `STATE#PAY#${id}`,
  exception: (id: string) => `STATE#EXCEPTION#${id}`,
  timer: (name: string) => `TIMER#${name}`,
  backorder: (sku: string) => `BACKORDER#${sku}`,
  unsettled: 'UNSETTLED',
  event: 'EVENT#',
} as const;

export const pk = {
  order: (id: OrderId) => `ORDER#${id}`,
  externalId: (channel: string, externalId: string) => `UNIQUE#externalId#${channel}#${externalId}`,
  idempotency: (owner: string, key: string) => `IDEMPOTENCY#${owner}#${key}`,
  sku: (sku: string) => `SKU#${sku}`,
  locations: 'LOCATIONS',
  network: 'NETWORK',
} as const;

/** Rows of a SKU that are read together stand side by side: ITEM, LOC#…, SAFETY#… */
export const stockSk = { item: 'ITEM', location: 'LOC#', safety: 'SAFETY#' } as const;

export const networkSk = {
  version: 'VERSION',
  storefront: (id: string) => `STOREFRONT#${id}`,
  group: (id: string) => `GROUP#${id}`,
  safety: (subject: string) => `SAFETY#${subject}`,
} as const;

/** The sort key of an item that is alone in its partition. */
export const onlySk = '-';

/** Partitions of the indexes. */
export const indexPartitions = {
  customer: (customerId: string) => `CUSTOMER#${customerId}`,
  orderStatus: (status: string, shard: number) => `STATUS#${status}#${shard}`,
  month: (month: string, shard: number) => `ORDERS#${month}#${shard}`,
  location: (locationId: string) => `LOCATION#${locationId}`,
  fulfillmentStatus: (status: string, shard: number) => `FULFILLMENT#${status}#${shard}`,
  externalId: (externalId: string) => `EXTERNAL#${externalId}`,
} as const;

export const indexKeys = {
  customer: (customerId: string, placedAt: string, id: OrderId) => ({
    gsi1pk: indexPartitions.customer(customerId),
    gsi1sk: `${placedAt}#${id}`,
  }),
  orderStatus: (status: string, placedAt: string, id: OrderId) => ({
    gsi2pk: indexPartitions.orderStatus(status, shardOf(id)),
    gsi2sk: `${placedAt}#${id}`,
  }),
  month: (placedAt: string, id: OrderId) => ({
    gsi3pk: indexPartitions.month(placedAt.slice(0, 7), shardOf(id)),
    gsi3sk: `${placedAt}#${id}`,
  }),
  location: (locationId: string, status: string, createdAt: string, fulfillmentId: string) => ({
    gsi1pk: indexPartitions.location(locationId),
    gsi1sk: `${status}#${createdAt}#${fulfillmentId}`,
  }),
  fulfillmentStatus: (status: string, createdAt: string, fulfillmentId: string, id: OrderId) => ({
    gsi2pk: indexPartitions.fulfillmentStatus(status, shardOf(id)),
    gsi2sk: `${createdAt}#${fulfillmentId}`,
  }),
  timer: (dueAt: string, id: OrderId, name: string) => ({
    gsi1pk: `TIMER#${shardOf(id)}`,
    gsi1sk: `${dueAt}#${id}#${name}`,
  }),
  externalId: (externalId: string, id: OrderId) => ({ gsi1pk: indexPartitions.externalId(externalId), gsi1sk: id }),
  unsettled: (placedAt: string, id: OrderId) => ({
    gsi1pk: `UNSETTLED#${shardOf(id)}`,
    gsi1sk: `${placedAt}#${id}`,
  }),
  backorder: (sku: string, placedAt: string, id: OrderId) => ({
    gsi1pk: `BACKORDER#${sku}`,
    gsi1sk: `${placedAt}#${id}`,
  }),
} as const;
