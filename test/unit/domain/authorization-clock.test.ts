import { describe, expect, test } from 'vitest';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { nextActionOf, timersOf } from '../../../shared/domain/next-action.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';
import { paymentStatusOf } from '../../../shared/domain/status.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { startsOf } from '../../../shared/workflows/triggers.ts';
import { linesWorld } from './order-lines-world.ts';

const hour = 3_600_000;

/** Two units of 1000; `onHand` of them are there. Authorizations lapse after 36 hours. */
async function opened({ token = 'tok_expires_36h', onHand = 2, policy = {} as Partial<Policy> } = {}) {
  const world = linesWorld([['tea', 'dc-1', onHand]], { backorder: 'split', ...policy });
  const id = await world.place([{ sku: 'tea', quantity: 2, unitPrice: 1000 }], token);
  expect(await world.run(id)).toBe('CONFIRMED');
  const read = () => world.read(id);
  const settle = () => settlePayment(world.deps, id, world.meta('system'));
  return {
    ...world,
    id,
    current: read,
    settle,
    /** Hours go by, and every minute somebody looks what is due. What an event starts runs then. */
    async later(hours: number): Promise<void> {
      world.deps.system.advance(hours * hour);
      const now = new Date(world.deps.system.now()).toISOString();
      const before = world.log.get(id)?.length ?? 0;
      for (const { name, dueAt } of timersOf(read(), defaultPolicy)) {
        if (dueAt <= now) expect(await fireTimer(world.deps, id, name)).toBe('fired');
      }
      const started = (world.log.get(id) ?? []).slice(before).flatMap(startsOf);
      if (started.some(({ machine }) => machine === 'settle-order')) await settle();
    },
    async ship(nth = 0): Promise<void> {
      for (const verb of ['accept', 'pick', 'pack', 'ship'] as const) {
        expect(await world.verb(id, verb, nth)).toBeUndefined();
      }
    },
    /** What the provider itself says: authorized, captured, voided, refunded. */
    moved: () =>
      (['authorize', 'capture', 'void', 'refund'] as const).map((operation) =>
        sumMoved(moneyMoved(world.book.entries), operation, id),
      ),
    types: () => (world.log.get(id) ?? []).map(({ type }) => type).filter((type) => type.startsWith('payment.')),
  };
}

const payments = (world: { read(id: OrderId): { payments: { status: string }[] }; id: OrderId }) =>
  world.read(world.id).payments.map(({ status }) => status);

describe('a day before an authorization lapses, with goods still to leave', () => {
  test('everybody is told, another one is made of the card, the first let go: the customer is charged once', async () => {
    const world = await opened();
    await world.later(11);
    expect(world.types()).toEqual(['payment.authorized']);
    await world.later(1);
    expect(world.types()).toEqual([
      'payment.authorized',
      'payment.lapsing',
      'payment.requested',
      'payment.authorized',
      'payment.voided',
    ]);
    expect(payments(world)).toEqual(['VOIDED', 'AUTHORIZED']);
    expect(world.current().payments[1]).toMatchObject({ replaces: 'pay_1', authorized: 2000 });
    expect(paymentStatusOf(world.current())).toBe('AUTHORIZED');
    await world.later(30);
    await world.ship();
    expect(world.moved()[1]).toBe(2000);
    expect(world.audit()).toEqual([]);
  });

  test('the bank wants its customer: the one at hand stays, and the order says until when the goods are to leave', async () => {
    const world = await opened({ token: 'tok_expires_36h_once' });
    await world.later(12);
    expect(payments(world)).toEqual(['AUTHORIZED', 'DECLINED']);
    expect(world.current().payments[1]).toMatchObject({ declineReason: 'authentication_required' });
    expect(world.current().holds).toEqual([]);
    expect(paymentStatusOf(world.current())).toBe('EXPIRING');
    const dueAt = world.current().payments[0]?.expiresAt;
    expect(nextActionOf(world.current(), defaultPolicy)).toEqual({ action: 'ACCEPT', dueAt });
    await world.verb(world.id, 'accept');
    expect(nextActionOf(world.current(), defaultPolicy)).toEqual({ action: 'PICK', dueAt });
    for (const verb of ['pick', 'pack', 'ship'] as const) expect(await world.verb(world.id, verb)).toBeUndefined();
    expect(world.moved()).toEqual([2000, 2000, 0, 0]);
    expect(world.audit()).toEqual([]);
  });

  test('a provider that never takes a card without its customer is not asked', async () => {
    const world = await opened();
    const card = world.deps.payments.of('card');
    const alone = { ...card, capabilities: { ...card.capabilities, reauthorization: false } };
    Object.assign(world.deps, { payments: { of: () => alone } });
    await world.later(12);
    expect(world.types()).toEqual(['payment.authorized', 'payment.lapsing']);
    expect(paymentStatusOf(world.current())).toBe('EXPIRING');
    expect(world.moved()).toEqual([2000, 0, 0, 0]);
  });

  test('nothing more is needed of it: nobody is told', async () => {
    const world = await opened();
    await world.ship();
    await world.later(12);
    expect(world.types()).toEqual(['payment.authorized', 'payment.captured']);
    expect(timersOf(world.current(), defaultPolicy)).toEqual([]);
  });

  test('only what is still to be paid is authorized again', async () => {
    const world = await opened({ onHand: 1 });
    await world.ship();
    world.buckets.set('tea dc-1', { ...world.buckets.get('tea dc-1')!, onHand: 1, available: 1 });
    await world.reroute(world.id);
    await world.later(12);
    expect(world.current().payments).toMatchObject([
      { authorized: 2000, captured: 1000, voided: 1000 },
      { authorized: 1000 },
    ]);
    await world.ship(1);
    expect(world.moved()[1]).toBe(2000);
    expect(world.audit()).toEqual([]);
  });

  test('cut off at each step of making the other: run again, there are never more than two, and one is captured', async () => {
    for (let cut = 1; cut <= 3; cut++) {
      const world = await opened();
      const { commit } = world.deps.orders;
      let commits = 0;
      world.deps.system.advance(12 * hour);
      await fireTimer(world.deps, world.id, 'lapsing:pay_1');
      Object.assign(world.deps.orders, {
        commit: async (...given: Parameters<typeof commit>) => {
          commits += 1;
          if (commits === cut) throw new Error('cut off');
          return commit(...given);
        },
      });
      await expect(world.settle()).rejects.toThrow('cut off');
      await world.settle();
      expect(payments(world)).toEqual(['VOIDED', 'AUTHORIZED']);
      await world.ship();
      expect(world.moved()).toEqual([4000, 2000, 2000, 0]);
      expect(world.audit()).toEqual([]);
    }
  });
});

describe('golden 8: an authorization expires during a backorder', () => {
  test('what waits for supply is not authorized again and again; with the supply the card is asked, and charged once', async () => {
    const world = await opened({ onHand: 1 });
    await world.ship();
    expect(world.moved()).toEqual([2000, 1000, 0, 0]);
    await world.later(12);
    expect(paymentStatusOf(world.current())).toBe('EXPIRING');
    expect(world.log.get(world.id)?.at(-1)).toMatchObject({ type: 'payment.lapsing', data: { awaitsStock: true } });
    await world.later(24);
    expect(payments(world)).toEqual(['CAPTURED', 'REQUESTED']);
    expect(paymentStatusOf(world.current())).toBe('PARTIALLY_CAPTURED');
    await world.later(20 * 24);
    world.buckets.set('tea dc-1', { ...world.buckets.get('tea dc-1')!, onHand: 1, available: 1 });
    expect(await world.reroute(world.id)).toMatchObject({ outcome: 'ROUTED' });
    await world.ship(1);
    expect(world.moved()).toEqual([3000, 2000, 0, 0]);
    expect(world.current().payments).toMatchObject([{ captured: 1000, voided: 1000 }, { captured: 1000 }]);
    expect(paymentStatusOf(world.current())).toBe('PAID');
    expect(world.audit()).toEqual([]);
  });

  test('nobody said when it ends, and it has: the gate finds out, and the card is asked again once', async () => {
    const world = await opened({ onHand: 1 });
    await world.ship();
    world.deps.system.advance(30 * 24 * hour);
    world.buckets.set('tea dc-1', { ...world.buckets.get('tea dc-1')!, onHand: 1, available: 1 });
    await world.reroute(world.id);
    await world.ship(1);
    expect(world.moved()).toEqual([3000, 2000, 0, 0]);
    expect(world.audit()).toEqual([]);
  });
});

describe('money that is taken when the goods have left', () => {
  const late = (token: string) => opened({ token, policy: { capture: 'onDeliver' } });
  test('the authorization lapsed on the way, and nobody knew: settle-order asks the card again and takes it', async () => {
    const world = await late('tok_expires_36h');
    await world.ship();
    world.deps.system.advance(40 * hour);
    expect(await world.verb(world.id, 'deliver')).toBeUndefined();
    await world.settle();
    expect(world.moved()).toEqual([4000, 2000, 0, 0]);
    expect(payments(world)).toEqual(['EXPIRED', 'CAPTURED']);
    await world.settle();
    expect(world.moved()).toEqual([4000, 2000, 0, 0]);
    expect(world.audit()).toEqual([]);
  });

  test('the clock knew: the delivery starts settle-order all the same, though nothing is authorized', async () => {
    const world = await late('tok_expires_36h');
    await world.ship();
    world.deps.system.advance(40 * hour);
    await fireTimer(world.deps, world.id, 'lapsing:pay_1');
    await fireTimer(world.deps, world.id, 'lapse:pay_1');
    expect(payments(world)).toEqual(['EXPIRED', 'REQUESTED']);
    expect(await world.verb(world.id, 'deliver')).toBeUndefined();
    const last = world.log.get(world.id)?.at(-1);
    expect(last && startsOf(last)).toEqual([{ machine: 'settle-order' }]);
    expect(nextActionOf(world.current(), defaultPolicy)).toEqual({ action: 'SETTLE' });
    await world.settle();
    expect(world.moved()).toEqual([4000, 2000, 0, 0]);
    expect(world.audit()).toEqual([]);
  });

  test('the card says no by then: the order is parked, and says why', async () => {
    const world = await late('tok_expires_36h_once');
    await world.ship();
    world.deps.system.advance(40 * hour);
    expect(await world.verb(world.id, 'deliver')).toBeUndefined();
    await expect(world.settle()).rejects.toMatchObject({
      name: 'CaptureDeclined',
      message: 'pay_2: authentication_required',
    });
    expect(world.moved()).toEqual([2000, 0, 0, 0]);
  });
});
