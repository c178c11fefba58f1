import fc from 'fast-check';
import type { Command } from '../../shared/domain/commands.ts';
import { OrderId, Sku } from '../../shared/domain/ids.ts';
import { Currency } from '../../shared/domain/money.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { unitsIn } from '../../shared/domain/positions.ts';
import type { Place, StockCommand } from '../../shared/domain/stock/commands.ts';
import { SupplyId } from '../../shared/domain/stock/supply.ts';
import { TransferId } from '../../shared/domain/stock/transfer.ts';
import type { CarrierProvider } from '../../shared/ports/carrier.ts';
import type { LegalEntities } from '../../shared/ports/legal-entities.ts';
import type { OrderStore } from '../../shared/ports/order-store.ts';
import type { PaymentProviders } from '../../shared/ports/payment.ts';
import type { ShardPlan, StockShards } from '../../shared/ports/stock-shards.ts';
import type { StockStore } from '../../shared/ports/stock-store.ts';
import type { System } from '../../shared/ports/system.ts';
import { authorizePayment } from '../../shared/use-cases/authorize-payment.ts';
import { bookShipment } from '../../shared/use-cases/book-shipment.ts';
import { securePayment } from '../../shared/use-cases/capture-payment.ts';
import { confirmOrder } from '../../shared/use-cases/confirm-order.ts';
import { execute } from '../../shared/use-cases/execute.ts';
import { executeStock, type StockExecuted } from '../../shared/use-cases/stock/execute-stock.ts';
import { planShards, tendShards } from '../../shared/use-cases/stock/tend-shards.ts';
import { locations, skus } from './world.ts';

/** What an operator, or an order, does; numbers choose among the few SKUs, places, transfers and supplies that there are. */
export type StockAction =
  | { do: 'stock'; command: StockCommand; key: number | undefined }
  | {
      do: 'order';
      order: number;
      verb: 'reserve' | 'cancel' | 'ship';
      location: number;
      quantity: number;
      /** Safety stock. */
      keep: number;
    }
  /** How many rows the stock of a SKU is kept in; `tend` is what looks after them every few minutes. */
  | { do: 'rows'; sku: Sku; plan: ShardPlan | 'tend' };

export const id = (prefix: string, n: number): string => `${prefix}_${String(n).padStart(26, '0')}`;
export const transferIds = [0, 1, 2].map((n) => TransferId.parse(id('trf', n)));
export const supplyIds = [0, 1, 2].map((n) => SupplyId.parse(id('sup', n)));
export const orderIds = [0, 1, 2, 3].map((n) => OrderId.parse(id('ord', n)));

const sku = fc.constantFrom(...skus);
const locationId = fc.constantFrom(...locations.map((one) => one.id));
const quantity = fc.integer({ min: 1, max: 6 });
const place: fc.Arbitrary<Place> = fc.constantFrom(
  'available',
  'available',
  'damaged',
  'quality_control',
  'quarantine',
);
const transferId = fc.constantFrom(...transferIds);
const supplyId = fc.constantFrom(...supplyIds);
const of = <T extends string>(type: T) => fc.constant(type);
const start = Date.parse('2026-01-05T09:00:00.000Z');
const instant = fc.integer({ min: -2, max: 40 }).map((minutes) => new Date(start + minutes * 60_000).toISOString());

const someSkus = fc.uniqueArray(sku, { minLength: 1, maxLength: 2 });
const lines = fc
  .tuple(someSkus, quantity)
  .map(([some, units]) => some.map((one: Sku) => ({ sku: one, quantity: units })));

const command: fc.Arbitrary<StockCommand> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ type: of('adjust'), sku, locationId, delta: fc.integer({ min: -6, max: 6 }), in: place })
      .filter(({ delta }) => delta !== 0)
      .map((one) => ({ ...one, reason: 'correction' as const })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ type: of('receive'), sku, locationId, quantity, into: place, supply: fc.option(supplyId) })
      .map(({ supply, ...one }) => ({ ...one, ...(supply && { supplyId: supply }) })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: of('count'),
      sku,
      locationId,
      counted: fc.integer({ min: 0, max: 14 }),
      asOf: fc.option(instant, { nil: undefined }),
      onMissing: fc.constantFrom('refuse' as const, 'open_discrepancy' as const),
      onlyDifference: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ type: of('move'), sku, locationId, quantity, from: place, to: place })
      .filter(({ from, to }) => from !== to),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        type: of('transfer'),
        transferId,
        from: locationId,
        to: locationId,
        lines,
        mode: fc.constantFrom('dispatch' as const, 'dispatch' as const, 'immediate' as const),
        eta: instant,
      })
      .filter(({ from, to }) => from !== to)
      .map((one) => ({
        ...one,
        lines: one.lines.map((line, index) => ({
          ...line,
          supplyId: SupplyId.parse(id('sup', 100 + 10 * transferIds.indexOf(one.transferId) + index)),
        })),
      })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: of('receiveTransfer'),
      transferId,
      lines: fc.option(
        fc
          .tuple(someSkus, fc.integer({ min: 0, max: 4 }), place)
          .map(([some, units, into]) => some.map((one) => ({ sku: one, quantity: units, into }))),
        { nil: undefined },
      ),
      final: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('cancelTransfer'), transferId, reason: fc.constant('broken') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: of('expect'),
      supplyId,
      sku,
      locationId,
      quantity,
      eta: instant,
      source: fc.constant({ type: 'purchase_order' as const, id: 'PO-1' }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: of('changeSupply'), supplyId, quantity, eta: fc.option(instant, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('cancelSupply'), supplyId, reason: fc.constant('none') }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: of('promiseSupply'), supplyId, delta: fc.integer({ min: -3, max: 3 }) }),
  },
);

export const stockAction: fc.Arbitrary<StockAction> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: of('stock'),
      command,
      key: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: of('order'),
      order: fc.nat({ max: orderIds.length - 1 }),
      verb: fc.constantFrom('reserve' as const, 'reserve' as const, 'cancel' as const, 'ship' as const),
      location: fc.nat({ max: locations.length - 1 }),
      quantity: fc.integer({ min: 1, max: 4 }),
      keep: fc.constantFrom(0, 0, 1, 3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: of('rows'),
      sku,
      plan: fc.oneof(
        fc.constant('tend' as const),
        fc.constant({}),
        fc.integer({ min: 1, max: 5 }).map((shards) => ({ shards })),
        fc.constant({ expectedPeak: 1900 }),
      ),
    }),
  },
);

export interface StockWorld {
  stock: StockStore;
  shards: StockShards;
  orders: OrderStore;
  system: System;
  payments: PaymentProviders;
  sellers: LegalEntities;
  carrier: CarrierProvider;
}

export const meta = (role: 'warehouse' | 'system') => ({
  actor: { id: role, role } as const,
  correlationId: 'model',
  causationId: 'model',
});

/** Carries an action out; a keyed one says the key's hash is of its command, so that the same key with another command is another request. */
export async function perform(world: StockWorld, one: StockAction): Promise<StockExecuted | undefined> {
  if (one.do === 'order') {
    await performOrder(world, one);
    return undefined;
  }
  if (one.do === 'rows') {
    if (one.plan === 'tend') await tendShards(world);
    else await planShards(world, one.sku, one.plan);
    return undefined;
  }
  const idempotency =
    one.key === undefined
      ? undefined
      : { owner: 'model', key: String(one.key), requestHash: JSON.stringify(one.command), status: 201 };
  const answerOf = (done: unknown) => JSON.stringify(done);
  const caused = idempotency ? { correlationId: `key ${one.key}` } : {};
  return executeStock(world, one.command, { ...meta('warehouse'), ...caused, idempotency, answerOf });
}

/** An order moves the same buckets: it promises units, gives them back or takes them away. */
async function performOrder(world: StockWorld, one: Extract<StockAction, { do: 'order' }>): Promise<void> {
  const { orders, system } = world;
  const orderId = orderIds[one.order];
  const site = locations[one.location];
  if (!orderId || !site) throw new Error('no such thing');
  const deps = { ...world, policy: { ...defaultPolicy, backorder: 'allow' as const } };
  const keeping = { ...meta('system'), keep: () => one.keep };
  const run = (...commands: Command[]) => execute(deps, orderId, commands, keeping);
  const order = await orders.load(orderId);
  const line = order?.lines[0];
  if (!line) {
    await run(placing(orderId, one.order));
    return;
  }
  if (one.verb === 'cancel') await run({ type: 'cancel', reason: 'x' });
  if (one.verb === 'reserve') {
    const quantity = Math.min(one.quantity, unitsIn(line.positions, 'OPEN'));
    const allocations = [{ lineId: line.id, locationId: site.id, quantity }];
    if (quantity > 0)
      await run({ type: 'reserve', allocations, backorders: [], routing: { candidates: [], sites: 1 } });
  }
  if (one.verb === 'ship') await ship({ ...deps, system }, orderId);
}

async function ship(deps: Parameters<typeof authorizePayment>[0] & StockWorld, orderId: OrderId): Promise<void> {
  const by = meta('system');
  if ((await authorizePayment(deps, orderId, by)).outcome !== 'AUTHORIZED') return;
  const order = await deps.orders.load(orderId);
  if (!order || order.lines.some((line) => unitsIn(line.positions, 'OPEN') > 0)) return;
  await confirmOrder(deps, orderId, by);
  for (const { id: fulfillmentId } of (await deps.orders.load(orderId))?.fulfillments ?? []) {
    for (const type of ['accept', 'pick', 'pack'] as const) {
      await execute(deps, orderId, [{ type, fulfillmentId }], meta('warehouse'));
    }
    await securePayment(deps, orderId, fulfillmentId, by);
    await bookShipment(deps, orderId, fulfillmentId, by);
    await execute(deps, orderId, [{ type: 'ship', fulfillmentId }], meta('warehouse'));
  }
}

const placing = (orderId: OrderId, n: number): Command => ({
  type: 'place',
  orderId,
  externalId: `web-${n}`,
  channel: 'web',
  currency: Currency.parse('EUR'),
  customer: { id: 'cus_1' },
  contact: { email: 'a@example.com', name: 'A' },
  lines: [{ sku: skus[n % skus.length] ?? Sku.parse('tea'), quantity: 3, unitPrice: 100 }],
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'A', line1: '1', city: 'C', postalCode: '1', country: 'ES' },
  },
  payments: [{ method: 'card', token: 'tok_ok' }],
});
