import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../shared/domain/actor.ts';
import type { Command } from '../../shared/domain/commands.ts';
import { OrderId } from '../../shared/domain/ids.ts';
import {
  auditOrder,
  bucketsBalance,
  commitmentsMatch,
  stockIsFold,
  type Violation,
} from '../../shared/domain/invariants.ts';
import { Currency } from '../../shared/domain/money.ts';
import { isOver } from '../../shared/domain/order.ts';
import { unitsIn } from '../../shared/domain/positions.ts';
import { openAuthorization } from '../../shared/domain/settlement.ts';
import { authorizePayment } from '../../shared/use-cases/authorize-payment.ts';
import { bookShipment } from '../../shared/use-cases/book-shipment.ts';
import { securePayment } from '../../shared/use-cases/capture-payment.ts';
import { confirmOrder } from '../../shared/use-cases/confirm-order.ts';
import { type CommandMeta, execute } from '../../shared/use-cases/execute.ts';
import { reserveStock } from '../../shared/use-cases/reserve-stock.ts';
import { settlePayment } from '../../shared/use-cases/settle-payment.ts';
import { bucket, locations, type ModelWorld, modelWorld, noFaults, skus } from './world.ts';

const runs = process.env.BATUTA_TEST_LONG ? 10_000 : 400;
const seed = Number(process.env.BATUTA_SEED ?? 20_260_105);

const orderIds = Array.from({ length: 4 }, (_, n) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`));
const meta = (role: Actor['role']): CommandMeta => ({
  actor: { id: role, role },
  correlationId: 'model',
  causationId: 'model',
});

type Action =
  | { do: 'place'; order: number; lines: { sku: number; quantity: number }[]; token: string }
  | { do: 'workflow'; order: number; workflow: 'place' | 'ship' | 'settle' }
  | { do: 'verb'; order: number; fulfillment: number; verb: 'accept' | 'pick' | 'pack' | 'ship' | 'deliver' }
  | { do: 'cancel'; order: number }
  | { do: 'hold' | 'releaseHold' | 'confirmReceipt' | 'close'; order: number };

const order = fc.nat({ max: orderIds.length - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      order,
      lines: fc.array(fc.record({ sku: fc.nat({ max: 2 }), quantity: fc.integer({ min: 1, max: 5 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      token: fc.constantFrom('tok_ok', 'tok_ok', 'tok_declined', 'tok_timeout_once', 'tok_flaky'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('workflow' as const),
      order,
      workflow: fc.constantFrom('place' as const, 'place' as const, 'ship' as const, 'settle' as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('verb' as const),
      order,
      fulfillment: fc.nat({ max: 2 }),
      verb: fc.constantFrom('accept' as const, 'pick' as const, 'pack' as const, 'ship' as const, 'deliver' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), order }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('hold' as const, 'releaseHold' as const, 'confirmReceipt' as const, 'close' as const),
      order,
    }),
  },
);

/** What a caller may meet and simply tries again later. Anything else is a bug and fails the run. */
const expected = new Set([
  'StoreCrash',
  'StoreContention',
  'PaymentUnavailable',
  'PaymentOutcomeUnknown',
  'CarrierUnavailable',
]);
const tolerate = (error: unknown): void => {
  if (!(error instanceof Error) || !expected.has(error.name)) throw error;
};

async function perform({ deps, orders }: ModelWorld, one: Action): Promise<void> {
  const id = orderIds[one.order];
  if (!id) throw new Error('no such order');
  const command = (role: Actor['role'], ...commands: Command[]) => execute(deps, id, commands, meta(role));
  const fulfillments = orders.get(id)?.fulfillments ?? [];
  switch (one.do) {
    case 'place':
      await command('storefront', {
        type: 'place',
        orderId: id,
        externalId: `web-${one.order}`,
        channel: 'web',
        currency: Currency.parse('EUR'),
        customer: { id: 'cus_1' },
        contact: { email: 'a@example.com', name: 'A' },
        lines: one.lines.map(({ sku, quantity }) => ({
          sku: skus[sku] ?? skus[0]!,
          quantity,
          unitPrice: 100 * (sku + 1),
        })),
        delivery: {
          method: 'ship',
          service: 'standard',
          address: { name: 'A', line1: '1', city: 'C', postalCode: '1', country: 'ES' },
        },
        payment: { method: 'card', token: one.token },
      });
      return;
    case 'workflow':
      return runWorkflow(deps, id, one.workflow, fulfillments.find(({ status }) => status === 'PACKED')?.id);
    case 'verb': {
      const fulfillment = fulfillments[one.fulfillment];
      if (fulfillment) await command('warehouse', { type: one.verb, fulfillmentId: fulfillment.id });
      return;
    }
    case 'cancel':
      await command('agent', { type: 'cancel', reason: 'customer' });
      return;
    case 'hold':
      await command('agent', { type: 'hold', handle: 'manual', reason: 'MANUAL' });
      return;
    case 'releaseHold':
      await command('agent', { type: 'releaseHold', handle: 'manual' });
      return;
    case 'confirmReceipt':
      await command('storefront', { type: 'confirmReceipt' });
      return;
    case 'close':
      await command('system', { type: 'close' });
  }
}

async function runWorkflow(
  deps: ModelWorld['deps'],
  id: OrderId,
  workflow: 'place' | 'ship' | 'settle',
  packed: Parameters<typeof securePayment>[2] | undefined,
): Promise<void> {
  if (!(await deps.orders.load(id))) return;
  if (workflow === 'settle') await settlePayment(deps, id, meta('system'));
  if (workflow === 'place') {
    if ((await reserveStock(deps, id, meta('system'))).outcome !== 'RESERVED') return;
    if ((await authorizePayment(deps, id, meta('system'))).outcome !== 'AUTHORIZED') return;
    await confirmOrder(deps, id, meta('system'));
  }
  if (workflow === 'ship' && packed) {
    const captured = await securePayment(deps, id, packed, meta('system'));
    if (captured.outcome === 'CAPTURED') await bookShipment(deps, id, packed, meta('system'));
  }
}

async function audit(world: ModelWorld): Promise<Violation[]> {
  const buckets = [...world.buckets.values()];
  const orders = [...world.orders.values()];
  return [
    ...buckets.flatMap(bucketsBalance),
    ...commitmentsMatch(orders, buckets),
    ...stockIsFold(world.start, [...world.log.values()].flat(), buckets),
    ...orders.flatMap((one) => auditOrder(one, world.log.get(one.id) ?? [])),
  ];
}

/** No more faults: whatever was interrupted is run again, and every order comes to rest. */
async function quiesce(world: ModelWorld): Promise<void> {
  Object.assign(world.faults, noFaults);
  for (const id of world.orders.keys()) {
    const number = orderIds.indexOf(id);
    await perform(world, { do: 'releaseHold', order: number });
    for (let round = 0; round < 12; round++) {
      await perform(world, { do: 'workflow', order: number, workflow: 'place' }).catch(tolerate);
      for (const [fulfillment] of (world.orders.get(id)?.fulfillments ?? []).entries()) {
        for (const verb of ['accept', 'pick', 'pack'] as const) {
          await perform(world, { do: 'verb', order: number, fulfillment, verb });
        }
        await perform(world, { do: 'workflow', order: number, workflow: 'ship' }).catch(tolerate);
        for (const verb of ['ship', 'deliver'] as const)
          await perform(world, { do: 'verb', order: number, fulfillment, verb });
      }
      await perform(world, { do: 'workflow', order: number, workflow: 'settle' }).catch(tolerate);
    }
  }
}

/** The provider's own book against ours: what it did under each key is what we recorded, once. */
function providerAgrees(world: ModelWorld): string[] {
  const effects = [...world.book.entries].map(([key, value]) => ({
    key,
    ...(JSON.parse(value) as { operation: string; amount: number; result: { outcome: string } }),
  }));
  const sum = (id: OrderId, operation: string) =>
    effects
      .filter(
        (one) =>
          one.key.startsWith(`PAYMENT#${id}:`) && one.operation === operation && one.result.outcome === 'approved',
      )
      .reduce((total, { amount }) => total + amount, 0);
  return [...world.orders.values()].flatMap((one) => {
    const ours = (pick: (payment: (typeof one.payments)[number]) => number) =>
      one.payments.reduce((total, payment) => total + pick(payment), 0);
    const pairs = [
      ['authorize', ours(({ authorized }) => authorized)],
      ['capture', ours(({ captured }) => captured)],
      ['void', ours(({ voided }) => voided)],
      ['refund', ours(({ refunded }) => refunded)],
    ] as const;
    return pairs
      .filter(([operation, amount]) => sum(one.id, operation) !== amount)
      .map(([operation, amount]) => `${one.id} ${operation}: provider ${sum(one.id, operation)}, we ${amount}`);
  });
}

/** Every order has come to an end, or waits for something that somebody can see. */
function unfinished(world: ModelWorld): string[] {
  return [...world.orders.values()].flatMap((one) => {
    if (isOver(one)) {
      const open = one.payments.reduce((total, payment) => total + openAuthorization(payment), 0);
      return open > 0 ? [`${one.id} is ${one.lifecycle} with ${open} still authorized`] : [];
    }
    if (one.deliveredAt) {
      const captured = one.payments.reduce((total, payment) => total + payment.captured, 0);
      return captured === one.total ? [] : [`${one.id} is delivered, captured ${captured} of ${one.total}`];
    }
    const waits = one.holds.length > 0 || one.lines.some((line) => unitsIn(line.positions, 'BACKORDERED') > 0);
    return waits ? [] : [`${one.id} rests at ${one.lifecycle}`];
  });
}

describe('units and money are never created or lost', () => {
  test(`${runs} random histories with duplicates, conflicts, crashes and lost answers hold U1-U4, U6, M1-M4, P1, P5`, async () => {
    let performed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 9, maxLength: 9 }),
        fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 30 }),
        async (worldSeed, stock, batches) => {
          const buckets = locations.flatMap((location, row) =>
            skus.map((sku, column) => bucket(sku, location.id, stock[row * skus.length + column] ?? 0)),
          );
          const faults = { versionConflict: 0.05, contention: 0.05, crashBefore: 0.03, crashAfter: 0.03 };
          const world = modelWorld({ seed: worldSeed, buckets, faults });
          for (const batch of batches) {
            // A batch runs at once: its actions interleave at every await.
            await Promise.all(batch.map((one) => perform(world, one).catch(tolerate)));
            performed += batch.length;
            expect(await audit(world)).toEqual([]);
          }
          await quiesce(world);
          expect(await audit(world)).toEqual([]);
          expect(providerAgrees(world)).toEqual([]);
          expect(unfinished(world)).toEqual([]);
        },
      ),
      { numRuns: runs, seed },
    );
    console.info(`${runs} histories, ${performed} actions, seed ${seed}: no violation`);
  }, 600_000);
});
