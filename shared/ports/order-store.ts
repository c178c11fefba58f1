import type { CapacityChange, CapacityDay } from '../domain/capacity.ts';
import type { OrderEvent } from '../domain/events.ts';
import type { OrderId } from '../domain/ids.ts';
import type { Timer } from '../domain/next-action.ts';
import type { Fulfillment, Order, OrderHead } from '../domain/order.ts';
import type { CartHold } from '../domain/stock/cart-hold.ts';
import type { GuardedChange } from '../domain/stock.ts';
import type { RouteRecord } from './route-log.ts';

/**
 * The stored answer to a request with an Idempotency-Key. A 2xx is not stored as bytes: the order is folded to `version` again, and the
 * same state gives the same bytes. A refusal is stored as it was answered. `resource`: the id of something else that was made.
 */
export interface IdempotencyRecord {
  owner: string;
  key: string;
  /** SHA-256 of the request, hex. */
  requestHash: string;
  status: number;
  answer: { orderId: OrderId; version: number; fulfillmentId?: string } | { problem: string } | { resource: string };
  /** Epoch seconds, seven days from the first request. */
  expiresAt: number;
}

/** One command's effect: written whole or not at all. */
export interface Commit {
  before: Order | undefined;
  after: Order;
  events: OrderEvent[];
  stock: GuardedChange[];
  /** Of the days of locations that declare a capacity. */
  capacity?: CapacityChange[];
  timers: { before: Timer[]; after: Timer[] };
  idempotency?: IdempotencyRecord;
  /** The hold of a cart that becomes the order's reservations. */
  cartHold?: { before: CartHold; after: CartHold };
  /** The number that a document takes: the next of its series. */
  number?: { series: string; value: number };
  /** The routing decision that this carries out, or begins to. */
  route?: RouteRecord;
}

export type CommitOutcome =
  | { outcome: 'committed' }
  /** Somebody else changed the order meanwhile: load and decide again. */
  | { outcome: 'version_conflict' }
  /** The store was busy with the same items: try the same again after a moment. */
  | { outcome: 'contention' }
  /** These buckets have less than asked for: deciding again on the same plan is useless. */
  | { outcome: 'stock_short'; buckets: { sku: string; locationId: string }[] }
  /** A location takes no more on that day: plan again. */
  | { outcome: 'capacity_short'; days: CapacityDay[] }
  /** This external id belongs to another order of the channel. */
  | { outcome: 'duplicate_external_id' }
  /** Another document has taken the number: read it again. */
  | { outcome: 'number_taken' }
  /** The hold was extended, converted or ended meanwhile: read it again. */
  | { outcome: 'cart_hold_changed' }
  /** The Idempotency-Key has been used: read its record. */
  | { outcome: 'idempotency_key_taken' };

/** Outages are thrown (`StoreUnavailable`), outcomes returned. */
/** What changes orders. */
export interface OrderCommits {
  /** The order as of now (strongly consistent). */
  load(id: OrderId): Promise<Order | undefined>;
  commit(commit: Commit): Promise<CommitOutcome>;
  /** The last number given out in a series; 0 when there is none. */
  lastNumber(series: string): Promise<number>;
  orderIdOfExternalId(channel: string, externalId: string): Promise<OrderId | undefined>;
  idempotencyRecord(owner: string, key: string): Promise<IdempotencyRecord | undefined>;
  /** Keeps a refusal for the key. Does nothing if the key has a record already. */
  keepIdempotencyRecord(record: IdempotencyRecord): Promise<void>;
}

export interface OrderStore extends OrderCommits {
  /** Events after `afterSequence`, oldest first. */
  events(id: OrderId, options?: { afterSequence?: number; limit?: number }): Promise<OrderEvent[]>;
}

export interface OrderFilter {
  status?: string | undefined;
  customerId?: string | undefined;
  externalId?: string | undefined;
  channel?: string | undefined;
}

/** Where a listing goes on: opaque to callers, sealed into a cursor by the API. */
export type Position = Record<string, string>;

export interface Page<T> {
  items: T[];
  next?: Position;
}

export interface FulfillmentFilter {
  locationId?: string | undefined;
  status?: string | undefined;
}

/** An order in a list, with the status that was stored with it. */
export interface ListedOrder extends OrderHead {
  status: string;
}

/**
 * Listings, newest first. A page may hold fewer items than asked for and still have a `next`; it never holds an item that does not fit the
 * filter any more, and an item that is there throughout is on exactly one page.
 */
export interface OrderQueries {
  orders(filter: OrderFilter, page: { limit: number; after?: Position | undefined }): Promise<Page<ListedOrder>>;
  fulfillments(
    filter: FulfillmentFilter,
    page: { limit: number; after?: Position | undefined },
  ): Promise<Page<{ order: Order; fulfillment: Fulfillment }>>;
}
