import { describe, expect, test } from 'vitest';
import type { Command } from '../../shared/domain/commands.ts';
import { OrderId, Sku } from '../../shared/domain/ids.ts';
import { auditOrder, bucketsBalance, commitmentsMatch, stockIsFold } from '../../shared/domain/invariants.ts';
import { Currency } from '../../shared/domain/money.ts';
import type { OrderStore } from '../../shared/ports/order-store.ts';
import { authorizePayment } from '../../shared/use-cases/authorize-payment.ts';
import { confirmOrder } from '../../shared/use-cases/confirm-order.ts';
import { type CommandMeta, execute } from '../../shared/use-cases/execute.ts';
import { stuckAfter, stuckWorkflow } from '../../shared/use-cases/find-stuck.ts';
import { reserveStock } from '../../shared/use-cases/reserve-stock.ts';
import { bucket, type ModelWorld, modelWorld, StoreCrash } from './world.ts';

/** Reserved and given back in five transactions each: enough for a crash between any two of them. */
const lineCount = 250;
const id = OrderId.parse(`ord_${'0'.repeat(26)}`);
const skus = Array.from({ length: lineCount }, (_, n) => Sku.parse(`bulk-${n}`));
const meta: CommandMeta = { actor: { id: 'system', role: 'system' }, correlationId: 'model', causationId: 'model' };

const placed = (token: string): Command => ({
  type: 'place',
  orderId: id,
  externalId: 'b2b',
  channel: 'web',
  currency: Currency.parse('EUR'),
  customer: { id: 'cus_1' },
  contact: { email: 'a@example.com', name: 'A' },
  lines: skus.map((sku) => ({ sku, quantity: 2, unitPrice: 100 })),
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'A', line1: '1', city: 'C', postalCode: '1', country: 'ES' },
  },
  payments: [{ method: 'card', token }],
});

/** Fails once, at the commit of this number (the first is 1), before or after it is written. */
function crashing(store: OrderStore, at: number, when: 'before' | 'after') {
  let commits = 0;
  const crashed: OrderStore = {
    ...store,
    async commit(commit) {
      commits += 1;
      if (commits === at && when === 'before') throw new StoreCrash('before the commit');
      const outcome = await store.commit(commit);
      if (commits === at && when === 'after') throw new StoreCrash('after the commit');
      return outcome;
    },
  };
  return { store: crashed, commits: () => commits };
}

async function started(token: string, at: number, when: 'before' | 'after') {
  const world = modelWorld({ seed: 1, buckets: skus.map((sku) => bucket(sku, 'dc-1', 5)) });
  await execute(world.deps, id, [placed(token)], meta);
  const crash = crashing(world.store, at, when);
  return { world, deps: { ...world.deps, orders: crash.store }, commits: crash.commits };
}

async function placeOrder(deps: ModelWorld['deps']): Promise<void> {
  if ((await reserveStock(deps, id, meta)).outcome !== 'RESERVED') return;
  if ((await authorizePayment(deps, id, meta)).outcome !== 'AUTHORIZED') return;
  await confirmOrder(deps, id, meta);
}

async function cancel(deps: ModelWorld['deps']): Promise<void> {
  for (;;) {
    const canceled = await execute(deps, id, [{ type: 'cancel', reason: 'customer' }], meta);
    if (canceled.outcome !== 'done') throw new Error(canceled.outcome);
    if (!canceled.order.canceling) return;
  }
}

function audit({ orders, buckets, log, start }: ModelWorld): unknown[] {
  const all = [...buckets.values()];
  return [
    ...all.flatMap(bucketsBalance),
    ...commitmentsMatch([...orders.values()], all),
    ...stockIsFold(start, [...log.values()].flat(), all),
    ...[...orders.values()].flatMap((order) => auditOrder(order, log.get(order.id) ?? [])),
  ];
}

const committed = ({ buckets }: ModelWorld): number =>
  [...buckets.values()].reduce((sum, one) => sum + one.committed, 0);

/** Runs `work` until it is not cut off any more, as a workflow's retry does, and checks the books each time. */
async function untilDone(world: ModelWorld, work: () => Promise<void>): Promise<number> {
  for (let crashes = 0; ; crashes++) {
    try {
      await work();
      expect(audit(world)).toEqual([]);
      return crashes;
    } catch (error) {
      if (!(error instanceof StoreCrash)) throw error;
      expect(audit(world)).toEqual([]);
    }
  }
}

const moments = ['before', 'after'] as const;
const never = 0;

async function commitsOf(token: string, work: (deps: ModelWorld['deps']) => Promise<void>): Promise<number> {
  const { deps, commits } = await started(token, never, 'before');
  await work(deps);
  return commits();
}

describe('golden 23: an order of many transactions is cut off between any two of them', () => {
  test('confirmed: every unit is committed once', async () => {
    const commits = await commitsOf('tok_ok', placeOrder);
    expect(commits).toBeGreaterThan(6);
    for (const when of moments) {
      for (let at = 1; at <= commits; at++) {
        const { world, deps } = await started('tok_ok', at, when);
        expect(await untilDone(world, () => placeOrder(deps)), `crash ${when} commit ${at}`).toBe(1);
        expect(committed(world)).toBe(2 * lineCount);
        expect(world.orders.get(id)?.lifecycle).toBe('RELEASED');
      }
    }
  }, 240_000);

  test('declined: what was reserved is given back, nothing stays committed', async () => {
    const commits = await commitsOf('tok_declined', placeOrder);
    expect(commits).toBeGreaterThan(9);
    for (const when of moments) {
      for (let at = 1; at <= commits; at++) {
        const { world, deps } = await started('tok_declined', at, when);
        await untilDone(world, () => placeOrder(deps));
        await untilDone(world, () => placeOrder(deps));
        expect(committed(world), `crash ${when} commit ${at}`).toBe(0);
        expect(world.orders.get(id)?.holds).toMatchObject([{ reason: 'PAYMENT' }]);
      }
    }
  }, 240_000);

  test('declined and lost between two transactions that give back: the sweep starts it again, and then leaves it alone', async () => {
    const commits = await commitsOf('tok_declined', placeOrder);
    const { world, deps } = await started('tok_declined', commits - 1, 'after');
    await expect(placeOrder(deps)).rejects.toThrow(StoreCrash);
    expect(committed(world)).toBeGreaterThan(0);
    const stuck = () => {
      const order = world.orders.get(id);
      return order && stuckWorkflow(order, world.deps.policy, world.deps.system.now() + stuckAfter);
    };
    expect(stuck()).toEqual({ machine: 'place-order' });
    await placeOrder(world.deps);
    expect(committed(world)).toBe(0);
    expect(stuck()).toBeUndefined();
  });

  test('half reserved and never gone on with, then canceled: nothing stays committed', async () => {
    const reserving = await commitsOf('tok_ok', async (deps) => void (await reserveStock(deps, id, meta)));
    expect(reserving).toBe(5);
    for (let at = 1; at <= reserving; at++) {
      const { world, deps } = await started('tok_ok', at, 'after');
      await expect(placeOrder(deps)).rejects.toThrow(StoreCrash);
      expect(committed(world)).toBe(Math.min(2 * lineCount, at * 2 * 60));
      await untilDone(world, () => cancel(world.deps));
      expect(committed(world)).toBe(0);
      expect(world.orders.get(id)?.lifecycle).toBe('CANCELED');
    }
  }, 240_000);

  test('canceled in many transactions, cut off at any of them: a retry gives back the rest', async () => {
    for (const when of moments) {
      for (let at = 1; ; at++) {
        const { world, deps, commits } = await started('tok_ok', never, when);
        await placeOrder(deps);
        const crash = crashing(world.store, at, when);
        const crashes = await untilDone(world, () => cancel({ ...world.deps, orders: crash.store }));
        expect(committed(world), `crash ${when} commit ${at}`).toBe(0);
        expect(commits()).toBeGreaterThan(0);
        if (crashes === 0) break;
      }
    }
  }, 240_000);
});
