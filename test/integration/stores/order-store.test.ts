import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PostalGeocoder } from '../../../shared/adapters/geocoding/postal-geocoder.ts';
import { oneSeller } from '../../../shared/adapters/memory/sellers.ts';
import { oneProvider } from '../../../shared/adapters/payment-providers.ts';
import { memorySandboxBook } from '../../../shared/adapters/sandbox/book.ts';
import { sandboxPayments } from '../../../shared/adapters/sandbox/payment.ts';
import type { Command } from '../../../shared/domain/commands.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { statusOf } from '../../../shared/domain/status.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { confirmOrder } from '../../../shared/use-cases/confirm-order.ts';
import { type CommandMeta, execute } from '../../../shared/use-cases/execute.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { bucket } from '../../model/world.ts';
import { orderId, placeCommand, reserveCommand } from '../../unit/domain/orders.ts';
import { dynamoStores, memoryStores, type Stores } from './stores-for-tests.ts';

const cup = { sku: 'cup', quantity: 3, unitPrice: 500 };
const meta = (changes: Partial<CommandMeta> = {}): CommandMeta => ({
  actor: { id: 'test', role: 'system' },
  correlationId: 'test',
  causationId: 'test',
  ...changes,
});
const key = (requestHash: string) => ({ owner: 'k1', key: 'once', requestHash, status: 201 });

describe.each([
  ['in memory', memoryStores],
  ['on DynamoDB', dynamoStores],
] as const)('the order store %s', (_, open) => {
  let stores: Stores;
  beforeEach(async () => {
    stores = await open([bucket('cup', 'dc-1', 4), bucket('cup', 'dc-2', 2)]);
  });
  afterEach(() => stores.stop());

  const run = (commands: Command[], changes: Partial<CommandMeta> = {}) =>
    execute({ orders: stores.orders, system: stores.system, policy: defaultPolicy }, orderId, commands, meta(changes));
  const deps = () => ({
    orders: stores.orders,
    network: stores.network,
    geocoder: new PostalGeocoder(),
    backorders: stores.backorders,
    system: stores.system,
    policy: defaultPolicy,
    payments: oneProvider(sandboxPayments(memorySandboxBook())),
    sellers: oneSeller(),
  });

  test('what is written is read back: the order, and its log with its secret', async () => {
    const placed = await run([placeCommand([cup])]);
    if (placed.outcome !== 'done') throw new Error(placed.outcome);
    expect(await stores.orders.load(orderId)).toEqual(placed.order);
    const events = await stores.orders.events(orderId);
    expect(events).toEqual(placed.events);
    expect(events[0]?.secret).toMatchObject({ tokens: { pay_1: 'tok_ok' } });
  });

  test('a reservation takes the stock in the same transaction; one that is short takes nothing and names the bucket', async () => {
    await run([placeCommand([cup])]);
    const short = await run([reserveCommand([1, 'dc-2', 3])]);
    expect(short).toMatchObject({ outcome: 'stock_short', buckets: [{ sku: 'cup', locationId: 'dc-2' }] });
    expect(await stores.bucket('cup', 'dc-2')).toMatchObject({ available: 2, committed: 0 });
    await run([reserveCommand([1, 'dc-1', 3])]);
    expect(await stores.bucket('cup', 'dc-1')).toMatchObject({ onHand: 4, available: 1, committed: 3 });
    const order = await stores.orders.load(orderId);
    expect(order?.sequence).toBe(2);
  });

  test.each([
    ['busy with something else: the order is taken as it was', 'contention', 1],
    ['changed by somebody else: it is read again', 'version_conflict', 2],
  ] as const)('a store that is %s', async (_case, outcome, loads) => {
    await run([placeCommand([cup])]);
    let loaded = 0;
    let refused = 0;
    const orders: Stores['orders'] = {
      ...stores.orders,
      load: (id) => {
        loaded += 1;
        return stores.orders.load(id);
      },
      commit: async (commit) => (refused++ === 0 ? { outcome } : stores.orders.commit(commit)),
    };
    const system = { ...stores.system, sleep: async () => {} };
    const executed = await execute(
      { orders, system, policy: defaultPolicy },
      orderId,
      [reserveCommand([1, 'dc-1', 3])],
      meta(),
    );
    expect(executed).toMatchObject({ outcome: 'done', order: { sequence: 2 } });
    expect(loaded).toBe(loads);
  });

  test('an order that changed while the store was busy is read again after all', async () => {
    await run([placeCommand([cup])]);
    let refused = 0;
    const orders: Stores['orders'] = {
      ...stores.orders,
      commit: async (commit) => {
        if (refused++ > 0) return stores.orders.commit(commit);
        await run([reserveCommand([1, 'dc-1', 3])]);
        return { outcome: 'contention' };
      },
    };
    const system = { ...stores.system, sleep: async () => {} };
    const canceled = await execute(
      { orders, system, policy: defaultPolicy },
      orderId,
      [{ type: 'cancel', reason: 'test' }],
      meta(),
    );
    expect(canceled).toMatchObject({ outcome: 'done', order: { lifecycle: 'CANCELED' } });
    // What was reserved meanwhile is back.
    expect(await stores.bucket('cup', 'dc-1')).toMatchObject({ available: 4, committed: 0 });
  });

  test('safety stock is a guard of the store: a plan that is older than somebody else’s sale does not get into it (U5)', async () => {
    await run([placeCommand([cup])]);
    const kept = { keep: () => 2 };
    expect(await run([reserveCommand([1, 'dc-1', 3])], kept)).toMatchObject({ outcome: 'stock_short' });
    expect(await stores.bucket('cup', 'dc-1')).toMatchObject({ available: 4, committed: 0 });
    expect(await run([reserveCommand([1, 'dc-1', 2])], kept)).toMatchObject({ outcome: 'done' });
    expect(await stores.bucket('cup', 'dc-1')).toMatchObject({ available: 2, committed: 2 });
    // What comes back is not held up by it.
    expect(await run([{ type: 'cancel', reason: 'test' }], { keep: () => 100 })).toMatchObject({ outcome: 'done' });
  });

  test('two lines of one SKU are guarded by their sum (medusa #16502)', async () => {
    await run([placeCommand([cup, { ...cup, quantity: 2 }])]);
    expect(await run([reserveCommand([1, 'dc-1', 3], [2, 'dc-1', 2])])).toMatchObject({ outcome: 'stock_short' });
    expect(await stores.bucket('cup', 'dc-1')).toMatchObject({ available: 4 });
  });

  test('one external id, one order: the second is told whose it is', async () => {
    await run([placeCommand([cup])]);
    const other = { ...placeCommand([cup]), orderId: orderId.replace(/0$/, '1') as typeof orderId };
    const second = await execute(deps(), other.orderId, [other], meta());
    expect(second).toEqual({ outcome: 'duplicate_external_id', orderId });
  });

  test('the same key again is the same request or another one, and never a second effect', async () => {
    await run([placeCommand([cup])], { idempotency: key('a') });
    const other = {
      ...placeCommand([cup], { externalId: 'web-2' }),
      orderId: orderId.replace(/0$/, '1') as typeof orderId,
    };
    const again = await execute(deps(), other.orderId, [other], meta({ idempotency: key('a') }));
    expect(again).toMatchObject({ outcome: 'replay', isSame: true, record: { answer: { orderId, version: 1 } } });
    const reused = await execute(deps(), other.orderId, [other], meta({ idempotency: key('b') }));
    expect(reused).toMatchObject({ outcome: 'replay', isSame: false });
    expect(await stores.orders.load(other.orderId)).toBeUndefined();
  });

  test('a stale version is refused and nothing is written', async () => {
    await run([placeCommand([cup])]);
    const stale = await run([{ type: 'hold', handle: 'h', reason: 'MANUAL' }], { expectedVersion: 7 });
    expect(stale).toMatchObject({ outcome: 'stale', order: { version: 1 } });
  });

  test('20 holds at once on one order: each is placed once, versions and events have no gap', async () => {
    await run([placeCommand([cup])]);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        run([{ type: 'hold', handle: `h${n}`, reason: 'MANUAL' }]).catch(() => undefined),
      ),
    );
    const order = await stores.orders.load(orderId);
    if (!order) throw new Error('gone');
    expect(auditOrder(order, await stores.orders.events(orderId))).toEqual([]);
    expect(order.holds.length).toBe(order.version - 1);
    expect(order.holds.length).toBeGreaterThan(5);
  });

  test('an order of 1,000 lines is reserved, confirmed, released and canceled, a chunk at a time', async () => {
    await stores.stop();
    const skus = Array.from({ length: 1000 }, (_, n) => `sku-${n}`);
    stores = await open(skus.map((sku) => bucket(sku, 'dc-1', 1)));
    await run([placeCommand(skus.map((sku) => ({ sku, title: 'T'.repeat(60), quantity: 1, unitPrice: 1 })))]);
    expect(await reserveStock(deps(), orderId, meta())).toEqual({ outcome: 'RESERVED' });
    expect(await authorizePayment(deps(), orderId, meta())).toEqual({ outcome: 'AUTHORIZED' });
    expect(await confirmOrder(deps(), orderId, meta())).toEqual({ outcome: 'CONFIRMED' });
    let order = await stores.orders.load(orderId);
    expect(order?.fulfillments).toHaveLength(25);
    do {
      const canceled = await run([{ type: 'cancel', reason: 'test' }]);
      if (canceled.outcome !== 'done') throw new Error(canceled.outcome);
      order = canceled.order;
    } while (order.canceling);
    expect(statusOf(order)).toBe('CANCELED');
    expect(auditOrder(order, await stores.orders.events(orderId))).toEqual([]);
    expect(await stores.bucket('sku-999', 'dc-1')).toMatchObject({ available: 1, committed: 0 });
  }, 60_000);
});
