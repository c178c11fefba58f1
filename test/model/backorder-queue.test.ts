import { describe, expect, test } from 'vitest';
import { bucketKey } from '../../shared/adapters/memory/world.ts';
import { rankOf } from '../../shared/domain/backorders.ts';
import { OrderId } from '../../shared/domain/ids.ts';
import type { Order } from '../../shared/domain/order.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { unitsIn } from '../../shared/domain/positions.ts';
import { execute } from '../../shared/use-cases/execute.ts';
import { reserveStock } from '../../shared/use-cases/reserve-stock.ts';
import { placeCommand } from '../unit/domain/orders.ts';
import { bucket, type ModelWorld, modelWorld, seeded } from './world.ts';

const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const waiters = 50;

const idOf = (n: number) => OrderId.parse(`ord_${String(n).padStart(26, '0')}`);

async function waitingWorld(seed: number): Promise<ModelWorld> {
  const world = modelWorld({
    seed,
    buckets: [bucket('tea', 'dc-1', 0), bucket('tea', 'dc-2', 0)],
    faults: { versionConflict: 0.1, contention: 0.1, crashBefore: 0, crashAfter: 0 },
    policy: { ...defaultPolicy, backorder: 'allow' },
  });
  const random = seeded(seed);
  for (let n = 0; n < waiters; n++) {
    world.deps.system.advance(1000);
    const line = { sku: 'tea', quantity: 1 + Math.floor(random() * 4), unitPrice: 100 };
    const command = {
      ...placeCommand([line], { externalId: `q-${n}` }),
      orderId: idOf(n),
      priority: n % 7 === 0 ? 5 : 0,
    };
    await execute(world.deps, idOf(n), [command], meta);
    await reserveStock(world.deps, idOf(n), meta);
  }
  return world;
}

function supply(world: ModelWorld, site: string, quantity: number): void {
  const key = bucketKey('tea', site);
  const before = world.buckets.get(key);
  if (!before) throw new Error(`no bucket ${key}`);
  world.buckets.set(key, { ...before, onHand: before.onHand + quantity, available: before.available + quantity });
}

const waits = (order: Order) => order.lines.reduce((sum, line) => sum + unitsIn(line.positions, 'BACKORDERED'), 0);
const has = (order: Order) => order.lines.reduce((sum, line) => sum + unitsIn(line.positions, 'RESERVED'), 0);
const queue = (world: ModelWorld) => [...world.orders.values()].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));

describe('the queue for supply', () => {
  test.each([1, 2, 3, 4, 5])(
    `${waiters} orders wait, supply comes in parts: served strictly by priority, then by time of placement (run %i)`,
    async (seed) => {
      const world = await waitingWorld(seed);
      const random = seeded(seed + 100);
      let supplied = 0;
      for (let part = 0; part < 12; part++) {
        const quantity = 1 + Math.floor(random() * 9);
        supply(world, random() < 0.5 ? 'dc-1' : 'dc-2', quantity);
        supplied += quantity;
        // All at once and in any order, as executions run.
        const shuffled = queue(world).toSorted(() => random() - 0.5);
        await Promise.all(shuffled.map(({ id }) => reserveStock(world.deps, id, meta)));
        // A second go: who was refused while somebody ahead was about to be served.
        await Promise.all(shuffled.map(({ id }) => reserveStock(world.deps, id, meta)));
        const now = queue(world);
        const firstWaiting = now.findIndex((order) => waits(order) > 0);
        expect(now.slice(firstWaiting + 1).every((order) => has(order) === 0)).toBe(true);
        expect(now.reduce((sum, order) => sum + has(order), 0)).toBe(supplied);
      }
    },
  );

  test('a new order does not jump the queue; one of a higher priority does', async () => {
    const world = await waitingWorld(9);
    supply(world, 'dc-1', 3);
    const late = { ...placeCommand([{ sku: 'tea', quantity: 1, unitPrice: 100 }], { externalId: 'late' }) };
    await execute(world.deps, idOf(900), [{ ...late, orderId: idOf(900) }], meta);
    expect(await reserveStock(world.deps, idOf(900), meta)).toEqual({ outcome: 'BACKORDERED' });
    const urgent = { ...late, orderId: idOf(901), externalId: 'urgent', priority: 9 };
    await execute(world.deps, idOf(901), [urgent], meta);
    expect(await reserveStock(world.deps, idOf(901), meta)).toEqual({ outcome: 'RESERVED' });
  });
});
