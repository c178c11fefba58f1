import { rankOf, waitingOf } from '../../domain/backorders.ts';
import { type CapacityUse, capacityKey, withCapacity } from '../../domain/capacity.ts';
import type { OrderEvent } from '../../domain/events.ts';
import type { OrderId } from '../../domain/ids.ts';
import type { Order } from '../../domain/order.ts';
import type { CartHoldId } from '../../domain/stock/cart-hold.ts';
import type { Bucket } from '../../domain/stock.ts';
import type { BackorderQueue } from '../../ports/backorder-queue.ts';
import type { KeptHold } from '../../ports/cart-holds.ts';
import type { IdempotencyRecord, OrderStore } from '../../ports/order-store.ts';
import type { RouteRecord } from '../../ports/route-log.ts';
import { type MemoryShards, memoryShards } from './shards.ts';
import { type MemoryStock, memoryStock, type OrderMovement } from './stock.ts';

/**
 * The order store and its stock in memory: the same guards as the DynamoDB adapter, in a few lines. Property tests, the simulation and API
 * tests run on it; the contract tests hold both to the same answers.
 */
export interface MemoryWorld {
  store: OrderStore;
  orders: Map<OrderId, Order>;
  log: Map<OrderId, OrderEvent[]>;
  /** By `sku location`. */
  buckets: Map<string, Bucket>;
  /** The rows of those that are split. */
  shards: MemoryShards;
  /** The same buckets, as operators change them. */
  stock: MemoryStock;
  backorders: BackorderQueue;
  cartHolds: Map<CartHoldId, KeptHold>;
  /** What orders take of the days of locations that declare a capacity, by `capacityKey`. */
  capacity: Map<string, CapacityUse>;
  /** Routing decisions of orders, newest first. */
  routes: Map<OrderId, (RouteRecord & { version: number })[]>;
}

export const bucketKey = (sku: string, locationId: string): string => `${sku} ${locationId}`;

export function memoryWorld(buckets: readonly Bucket[] = []): MemoryWorld {
  const orders = new Map<OrderId, Order>();
  const log = new Map<OrderId, OrderEvent[]>();
  const stock = new Map(buckets.map((bucket) => [bucketKey(bucket.sku, bucket.locationId), bucket]));
  const shards = memoryShards(stock);
  const externalIds = new Map<string, OrderId>();
  const numbers = new Map<string, number>();
  const idempotency = new Map<string, IdempotencyRecord>();
  const movements: OrderMovement[] = [];
  const cartHolds = new Map<CartHoldId, KeptHold>();
  const capacity = new Map<string, CapacityUse>();
  const routes: MemoryWorld['routes'] = new Map();

  const store: OrderStore = {
    load: async (id) => orders.get(id),

    async commit(commit) {
      const {
        before,
        after,
        events,
        stock: changes,
        capacity: days = [],
        idempotency: record,
        cartHold,
        route,
      } = commit;
      if (record && idempotency.has(`${record.owner} ${record.key}`)) return { outcome: 'idempotency_key_taken' };
      const external = `${after.channel} ${after.externalId}`;
      if (!before && externalIds.has(external)) return { outcome: 'duplicate_external_id' };
      if (orders.get(after.id)?.version !== before?.version) return { outcome: 'version_conflict' };
      if (cartHold && cartHolds.get(cartHold.before.id)?.hold.version !== cartHold.before.version) {
        return { outcome: 'cart_hold_changed' };
      }
      const { number } = commit;
      if (number && (numbers.get(number.series) ?? 0) !== number.value - 1) return { outcome: 'number_taken' };
      const taken = days.map((change) => ({ change, use: withCapacity(capacity.get(capacityKey(change)), change) }));
      const full = taken.flatMap(({ change, use }) => (use ? [] : [change]));
      if (full.length > 0) return { outcome: 'capacity_short', days: full };
      const next = changes.map((change) => {
        const key = bucketKey(change.sku, change.locationId);
        const set = { updatedAt: after.updatedAt };
        return { change, planned: stock.has(key) ? shards.plan(key, change, set) : undefined };
      });
      const short = next
        .filter(({ planned }) => !planned)
        .map(({ change: { sku, locationId } }) => ({ sku, locationId }));
      if (short.length > 0) return { outcome: 'stock_short', buckets: short };

      if (number) numbers.set(number.series, number.value);
      for (const { planned } of next) planned?.carryOut();
      for (const { change, use } of taken) if (use) capacity.set(capacityKey(change), use);
      for (const { sku, locationId, onHand } of changes) {
        if (onHand !== 0) movements.push({ sku, locationId, at: after.updatedAt, change: onHand });
      }
      const kept = cartHold && cartHolds.get(cartHold.after.id);
      if (kept) cartHolds.set(cartHold.after.id, { ...kept, hold: cartHold.after });
      if (route) routes.set(after.id, [{ version: after.version, ...route }, ...(routes.get(after.id) ?? [])]);
      orders.set(after.id, after);
      log.set(after.id, [...(log.get(after.id) ?? []), ...events]);
      externalIds.set(external, after.id);
      if (record) idempotency.set(`${record.owner} ${record.key}`, record);
      return { outcome: 'committed' };
    },

    events: async (id, { afterSequence = 0, limit } = {}) =>
      (log.get(id) ?? []).filter(({ sequence }) => sequence > afterSequence).slice(0, limit),
    lastNumber: async (series) => numbers.get(series) ?? 0,
    orderIdOfExternalId: async (channel, externalId) => externalIds.get(`${channel} ${externalId}`),
    idempotencyRecord: async (owner, key) => idempotency.get(`${owner} ${key}`),
    async keepIdempotencyRecord(record) {
      const key = `${record.owner} ${record.key}`;
      if (!idempotency.has(key)) idempotency.set(key, record);
    },
  };
  const backorders: BackorderQueue = {
    ahead: async (sku, rank, isEnough) => {
      const ahead = [...orders.values()]
        .flatMap((order) =>
          waitingOf(order)
            .filter((waiting) => waiting.sku === sku && rankOf(order) < rank)
            .map((waiting) => ({ orderId: order.id, rank: rankOf(order), ...waiting })),
        )
        .sort((a, b) => (a.rank < b.rank ? -1 : 1));
      const end = ahead.findIndex((_, index) => isEnough(ahead.slice(0, index + 1)));
      return end < 0 ? ahead : ahead.slice(0, end + 1);
    },
  };
  return {
    store,
    orders,
    log,
    buckets: stock,
    shards,
    stock: memoryStock(stock, movements, undefined, shards),
    backorders,
    cartHolds,
    capacity,
    routes,
  };
}
