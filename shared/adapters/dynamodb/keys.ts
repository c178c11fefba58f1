import type { OrderId } from '../../domain/ids.ts';

/**
 * Keys of the tables `orders`, `inventory` and `access`: the one place that knows them.
 *
 * orders     pk ORDER#<id>            sk STATE#…  what the order is: one Query reads it without its history
 *                                     sk EVENT#…  what happened: outbox, audit trail, time travel
 *                                     sk TIMER#…, BACKORDER#…, UNSETTLED, REROUTE  rows that exist only to be found through an index
 *                                     sk ROUTE#…, ROUTE_INPUT#…   which sites were chosen and why, and what that was decided on
 *            pk OPERATION#<id>        sk -, TODO#<fulfillment>, DONE#<fulfillment>   work that takes longer than a request, and its list
 *            pk SHADOW#<storefront>#<date>#<shard>   what shadow policies would have come to that day
 *            pk SIMULATION#<id>       sk -, DAY#<date>   a replay of routing decisions, and what it comes to by day
 *            pk ACCOUNT#<owner>       sk HEAD#<kind>#<currency>, ENTRY#<kind>#<currency>#<n>, EVENT#<kind>#<currency>#<n>   gift cards, store credit, terms
 *            pk ACCOUNT#EFFECT#<id>, ACCOUNT#CODE#<hash>   what payments did to accounts, by key; which gift card a code is of
 *            pk FRAUD#SETTINGS        sk CONFIG   rules, and how many entries the lists have
 *            pk FRAUD#LIST            sk <kind>-<hash>   whom the shop does not want, or trusts
 *            pk FRAUD#COUNT#<kind>#<hash>   sk <placed at>#<order>   orders by customer, card …; only what a rule counts by, expires
 *            pk NUMBER#<series>       sk -   the last number given to a document
 *            pk UNIQUE#externalId#<channel>#<id>, IDEMPOTENCY#<owner>#<key>
 * inventory  pk SKU#<sku>             sk HELD#…, ITEM, KIT, LOC#<location>, SAFETY#…, EVENT#…, BY_ORDER#<location>#<at>#…   (what orders took away or brought back)
 *            pk SKU#<sku>#<n>         sk LOC#<location>#<n>   the other rows of a bucket that is split (inventory/shard-rows.ts)
 *            pk SPLIT_SKUS            sk <sku>   SKUs that are split, or are to be
 *            pk TRANSFER#<id>, SUPPLY#<id>   sk STATE, EVENT#…
 *            pk FEED#<id>             sk -, PART#<n>, CHUNK#<part>#<n>   (its rows), APPLIED#<part>#<n>#<batch>, ERRORS#<part>#<n>, FINISHED#<part>#<n>
 *            pk IDEMPOTENCY#<owner>#<key>
 *            pk LOCATIONS             sk LOCATION#<id>   (some hundred small rows, rarely written, cached by readers)
 *            pk CAPACITY#<location>   sk <day>   what orders take of it that day; only where a capacity is declared
 *            pk NETWORK               sk VERSION, STOREFRONT#<id>, GROUP#<id>, RATES, RULES#<storefront>, SAFETY#…   (likewise; every change raises the version)
 *                                     sk ENTITY#<id>   who sells
 *            pk LOGO#<entity>         sk -   in base64
 *            pk TAXES                 sk -   the shop's own table of taxes
 * access     pk KEY#<API key's id>, SECRET#cursor
 *
 * Indexes (KEYS_ONLY, sparse, shared by kinds of items): what an item is found by.
 *            gsi1  head: customer     fulfillment: location     timer: due     backorder: SKU     unsettled     reroute     unique: external id of any channel
 *            gsi2  head: status       fulfillment: status
 *            gsi3  head: month of placement
 * of inventory:
 *            gsi1  item: all SKUs     bucket: location     event, by order: ledger of the SKU     transfer: all     supply: SKU     hold: due     feed: all     kit: all
 *            gsi2  bucket: level      event, by order: ledger of the SKU there     transfer, supply: status     feed: running
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
  invoice: (id: string) => `STATE#INV#${id}`,
  creditMemo: (id: string) => `STATE#CM#${id}`,
  exception: (id: string) => `STATE#EXCEPTION#${id}`,
  timer: (name: string) => `TIMER#${name}`,
  /** By SKU; a kit's and a customized line's with the line, too. */
  backorder: (row: string) => `BACKORDER#${row}`,
  unsettled: 'UNSETTLED',
  reroute: 'REROUTE',
  event: 'EVENT#',
  route: 'ROUTE#',
  routeInput: 'ROUTE_INPUT#',
} as const;

export const pk = {
  order: (id: OrderId) => `ORDER#${id}`,
  externalId: (channel: string, externalId: string) => `UNIQUE#externalId#${channel}#${externalId}`,
  idempotency: (owner: string, key: string) => `IDEMPOTENCY#${owner}#${key}`,
  /** A series names the legal entity, the kind of document and the year. */
  number: (series: string) => `NUMBER#${series}`,
  operation: (id: string) => `OPERATION#${id}`,
  simulation: (id: string) => `SIMULATION#${id}`,
  /** Ids of owners hold no `#`. */
  account: (owner: string) => `ACCOUNT#${owner}`,
  accountEffect: (id: string) => `ACCOUNT#EFFECT#${id}`,
  accountCode: (codeHash: string) => `ACCOUNT#CODE#${codeHash}`,
  /** What orders are screened by: a function's grants name this prefix (infra/stacks/surroundings.ts). */
  fraud: (part: string) => `FRAUD#${part}`,
  /** Ids of storefronts hold no `#`. */
  shadow: (storefront: string, day: string, shard: number) => `SHADOW#${storefront}#${day}#${shard}`,
  sku: (sku: string) => `SKU#${sku}`,
  locations: 'LOCATIONS',
  capacity: (locationId: string) => `CAPACITY#${locationId}`,
  transfer: (id: string) => `TRANSFER#${id}`,
  supply: (id: string) => `SUPPLY#${id}`,
  network: 'NETWORK',
  taxes: 'TAXES',
  cartHold: (id: string) => `HOLD#${id}`,
  feed: (id: string) => `FEED#${id}`,
  logo: (entityId: string) => `LOGO#${entityId}`,
} as const;

/** An owner's accounts stand together, without their entries between them. */
export const accountSk = {
  heads: (kind: string) => `HEAD#${kind}#`,
  head: ({ kind, currency }: { kind: string; currency: string }) => `HEAD#${kind}#${currency}`,
  entries: ({ kind, currency }: { kind: string; currency: string }) => `ENTRY#${kind}#${currency}#`,
  entry: (name: { kind: string; currency: string }, number: number) =>
    `${accountSk.entries(name)}${String(number).padStart(10, '0')}`,
  event: ({ kind, currency }: { kind: string; currency: string }, sequence: number) =>
    `${sk.event}${kind}#${currency}#${String(sequence).padStart(10, '0')}`,
} as const;

/** What of screening changes rarely: read before every order that may need it. */
export const fraudConfigKey = { pk: pk.fraud('SETTINGS'), sk: 'CONFIG' } as const;

export const feedSk = {
  part: 'PART#',
  chunk: 'CHUNK#',
  applied: 'APPLIED#',
  errors: 'ERRORS#',
  finished: 'FINISHED#',
} as const;

/** Rows of a SKU that are read together stand side by side: HELD#…, ITEM, KIT, LOC#…, SAFETY#… */
export const stockSk = { held: 'HELD#', item: 'ITEM', kit: 'KIT', location: 'LOC#', safety: 'SAFETY#' } as const;
export const heldSk = (locationId: string, holdId: string): string => `${stockSk.held}${locationId}#${holdId}`;

/** A movement of a SKU at a location by an order: stands outside of what is read together, ordered by time within a location. */
export const byOrderSk = (locationId: string, at: string, orderId: string, sequence: number): string =>
  `${byOrderFrom(locationId, at)}#${orderId}#${sequence}`;
export const byOrderFrom = (locationId: string, at: string): string => `BY_ORDER#${locationId}#${at}`;

export const networkSk = {
  version: 'VERSION',
  storefront: (id: string) => `STOREFRONT#${id}`,
  group: (id: string) => `GROUP#${id}`,
  safety: (subject: string) => `SAFETY#${subject}`,
  /** Between groups and storefronts: one query reads all. */
  rates: 'RATES',
  restrictions: 'RESTRICTIONS',
  rules: (storefrontId: string) => `RULES#${storefrontId}`,
  /** Before the groups: who reads the network does not read them. */
  legalEntity: (id: string) => `ENTITY#${id}`,
} as const;

/** The sort key of a transfer or a supply, beside its events. */
export const documentSk = 'STATE';

/** The sort key of an item that is alone in its partition. */
export const onlySk = '-';

/** Partitions of the table `access`: which of them a function may read or write is part of its grants (infra/stacks/surroundings.ts). */
export const accessPk = { apiKey: (id: string) => `KEY#${id}`, cursorSecret: 'SECRET#cursor' } as const;

/** Partitions of the indexes. */
export const indexPartitions = {
  customer: (customerId: string) => `CUSTOMER#${customerId}`,
  orderStatus: (status: string, shard: number) => `STATUS#${status}#${shard}`,
  month: (month: string, shard: number) => `ORDERS#${month}#${shard}`,
  location: (locationId: string) => `LOCATION#${locationId}`,
  fulfillmentStatus: (status: string, shard: number) => `FULFILLMENT#${status}#${shard}`,
  externalId: (externalId: string) => `EXTERNAL#${externalId}`,
  backorder: (sku: string) => `BACKORDER#${sku}`,
  reroute: (shard: number) => `REROUTE#${shard}`,
  runningOperations: 'OPERATION#RUNNING',
  runningSimulations: 'SIMULATION#RUNNING',
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
  runningOperation: (startedAt: string, id: string) => ({
    gsi1pk: indexPartitions.runningOperations,
    gsi1sk: `${startedAt}#${id}`,
  }),
  runningSimulation: (startedAt: string, id: string) => ({
    gsi1pk: indexPartitions.runningSimulations,
    gsi1sk: `${startedAt}#${id}`,
  }),
  reroute: (placedAt: string, id: OrderId) => ({
    gsi1pk: indexPartitions.reroute(shardOf(id)),
    gsi1sk: `${placedAt}#${id}`,
  }),
  /** Sorts as orders are served (`rankOf`); the last part says which workflow goes on when supply comes. */
  backorder: (sku: string, rank: string, isReleased: boolean) => ({
    gsi1pk: indexPartitions.backorder(sku),
    gsi1sk: `${rank}#${isReleased ? 'released' : 'placed'}`,
  }),
} as const;

/** Partitions of the indexes of `inventory`. */
export const stockPartitions = {
  skus: 'SKUS',
  location: (locationId: string) => `STOCK#${locationId}`,
  level: (level: string) => `LEVEL#${level}`,
  ledger: (sku: string) => `LEDGER#${sku}`,
  ledgerAt: (sku: string, locationId: string) => `LEDGER#${sku}#${locationId}`,
  transfers: 'TRANSFERS',
  transferStatus: (status: string) => `TRANSFERS#${status}`,
  supplies: (sku: string) => `SUPPLIES#${sku}`,
  supplyStatus: (status: string) => `SUPPLIES#${status}`,
  cartHolds: (shard: number) => `HOLDS#${shard}`,
  kits: 'KITS',
  feeds: 'FEEDS',
  runningFeeds: 'FEEDS#RUNNING',
} as const;

export const stockIndexKeys = {
  item: (sku: string) => ({ gsi1pk: stockPartitions.skus, gsi1sk: sku }),
  kit: (sku: string) => ({ gsi1pk: stockPartitions.kits, gsi1sk: sku }),
  bucket: (sku: string, locationId: string) => ({ gsi1pk: stockPartitions.location(locationId), gsi1sk: sku }),
  level: (level: string, sku: string, locationId: string) => ({
    gsi2pk: stockPartitions.level(level),
    gsi2sk: `${sku}#${locationId}`,
  }),
  ledger: (sku: string, locationId: string, at: string, id: string) => ({
    gsi1pk: stockPartitions.ledger(sku),
    gsi1sk: `${at}#${id}`,
    gsi2pk: stockPartitions.ledgerAt(sku, locationId),
    gsi2sk: `${at}#${id}`,
  }),
  transfer: (status: string, createdAt: string, id: string) => ({
    gsi1pk: stockPartitions.transfers,
    gsi1sk: `${createdAt}#${id}`,
    gsi2pk: stockPartitions.transferStatus(status),
    gsi2sk: `${createdAt}#${id}`,
  }),
  cartHold: (heldUntil: string, id: string) => ({
    gsi1pk: stockPartitions.cartHolds((id.codePointAt(id.length - 1) ?? 0) % listShards),
    gsi1sk: `${heldUntil}#${id}`,
  }),
  feed: (createdAt: string, id: string) => ({ gsi1pk: stockPartitions.feeds, gsi1sk: `${createdAt}#${id}` }),
  runningFeed: (submittedAt: string, id: string) => ({
    gsi2pk: stockPartitions.runningFeeds,
    gsi2sk: `${submittedAt}#${id}`,
  }),
  supply: (sku: string, status: string, eta: string, id: string) => ({
    gsi1pk: stockPartitions.supplies(sku),
    gsi1sk: `${eta}#${id}`,
    gsi2pk: stockPartitions.supplyStatus(status),
    gsi2sk: `${eta}#${id}`,
  }),
} as const;
