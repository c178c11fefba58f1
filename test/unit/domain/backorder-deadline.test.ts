import { describe, expect, test } from 'vitest';
import { bucketKey } from '../../../shared/adapters/memory/world.ts';
import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { waitsAreKept } from '../../../shared/domain/invariants.ts';
import { defaultRules, RoutingRule, RoutingRulesId } from '../../../shared/domain/network/routing-rules.ts';
import { nextActionOf, timersOf } from '../../../shared/domain/next-action.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import { fireTimer } from '../../../shared/use-cases/fire-timer.ts';
import { settlePayment } from '../../../shared/use-cases/settle-payment.ts';
import { startsOf } from '../../../shared/workflows/triggers.ts';
import { type LineGiven, linesWorld } from './order-lines-world.ts';

const day = 24 * 3_600_000;
const cups = (quantity: number): LineGiven => ({ sku: 'cup', quantity, unitPrice: 500 });
const pots = (quantity: number): LineGiven => ({ sku: 'pot', quantity, unitPrice: 800 });

/** A rule lets what has no stock wait for three days. Two pots are there. */
function shop(backorder: Policy['backorder'] = 'allow') {
  const world = linesWorld(
    [
      ['cup', 'dc-1', 0],
      ['pot', 'dc-1', 2],
    ],
    { backorder },
  );
  const waitAtMost = (cancelAfterDays: number): void => {
    const rules = [RoutingRule.parse({ name: 'all', onFail: { cancelAfterDays } })];
    const cascade = {
      id: RoutingRulesId.parse(defaultRules),
      version: 1,
      rules,
      updatedAt: '2026-01-01T00:00:00.000Z',
    };
    Object.assign(world.network, { rules: new Map([[defaultRules, cascade]]) });
  };
  waitAtMost(3);
  return {
    ...world,
    waitAtMost,
    fire: (id: OrderId) => fireTimer(world.deps, id, 'backorder'),
    later: (days: number) => world.deps.system.advance(days * day),
    dueAt: (id: OrderId) => timersOf(world.read(id), world.deps.policy).find(({ name }) => name === 'backorder')?.dueAt,
    lastEvent: (id: OrderId) => world.log.get(id)?.at(-1),
    supply(name: string, quantity: number): void {
      const key = bucketKey(name, 'dc-1');
      const before = world.buckets.get(key);
      if (!before) throw new Error(`no ${name}`);
      const { onHand, available } = before;
      world.buckets.set(key, { ...before, onHand: onHand + quantity, available: available + quantity });
    },
  };
}

describe('units wait for supply as long as the routing rule lets them', () => {
  test('nothing comes: on the last day the order is canceled, and what was authorized goes back', async () => {
    const world = shop();
    const id = await world.place([cups(2)]);
    expect(await world.run(id)).toBe('BACKORDERED');
    expect(world.dueAt(id)).toBe('2026-01-08T09:00:00.000Z');
    expect(nextActionOf(world.read(id), world.deps.policy)).toEqual({
      action: 'AWAIT_STOCK',
      dueAt: '2026-01-08T09:00:00.000Z',
    });
    world.later(2.9);
    expect(await world.fire(id)).toBe('gone');
    world.later(0.1);
    expect(await world.fire(id)).toBe('fired');
    expect(await world.fire(id)).toBe('gone');
    expect(world.read(id)).toMatchObject({ lifecycle: 'CANCELED', endReason: 'backorder_deadline' });
    expect(await world.deps.backorders.ahead(world.read(id).lines[0]?.sku ?? ('' as never), '~', () => false)).toEqual(
      [],
    );
    expect(world.audit()).toEqual([]);
  });

  test('supply comes before: the timer is gone, the order goes out', async () => {
    const world = shop();
    const id = await world.place([cups(2)]);
    await world.run(id);
    world.later(2);
    world.supply('cup', 2);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(world.dueAt(id)).toBeUndefined();
    world.later(2);
    expect(await world.fire(id)).toBe('gone');
    expect(world.read(id)).toMatchObject({ lifecycle: 'RELEASED', lines: [{ positions: { ASSIGNED: 2 } }] });
    expect(world.audit()).toEqual([]);
  });

  test('an order that waits whole: only what has waited is canceled, and the rest is placed', async () => {
    const world = shop();
    const id = await world.place([cups(1), pots(2)]);
    expect(await world.run(id)).toBe('BACKORDERED');
    world.later(3);
    await world.fire(id);
    const event = world.lastEvent(id);
    expect(event).toMatchObject({
      type: 'order.remainder_canceled',
      data: { reason: 'backorder_deadline', lifecycle: 'PLACED', lines: [{ from: 'BACKORDERED', quantity: 1 }] },
    });
    expect(event && startsOf(event)).toEqual([{ machine: 'place-order' }]);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(world.read(id)).toMatchObject({
      lifecycle: 'RELEASED',
      lines: [{ positions: { CANCELED: 1 } }, { positions: { ASSIGNED: 2 } }],
    });
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await world.verb(id, verb);
    await settlePayment(world.deps, id, world.meta('system'));
    const moved = moneyMoved(world.book.entries);
    expect(['authorize', 'capture', 'void'].map((one) => sumMoved(moved, one as 'void', id))).toEqual([
      2100, 1600, 500,
    ]);
    expect(world.audit()).toEqual([]);
  });

  test('a released order: what was shipped stays shipped, and with the rest canceled the order is delivered', async () => {
    const world = shop('split');
    const id = await world.place([cups(1), pots(1)]);
    expect(await world.run(id)).toBe('CONFIRMED');
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) {
      expect(await world.verb(id, verb)).toBeUndefined();
    }
    world.later(3);
    expect(await world.fire(id)).toBe('fired');
    const event = world.lastEvent(id);
    expect(event).toMatchObject({ type: 'order.remainder_canceled', data: { orderDelivered: true } });
    expect(event && startsOf(event)).toEqual([{ machine: 'settle-order' }]);
    expect(world.read(id)).toMatchObject({ lines: [{ positions: { CANCELED: 1 } }, { positions: { DELIVERED: 1 } }] });
    expect(world.read(id).deliveredAt).toBeDefined();
    expect(world.audit()).toEqual([]);
  });

  test('units of a line that are short later do not make those before them wait longer', async () => {
    const world = shop('split');
    const id = await world.place([pots(3)]);
    await world.run(id);
    world.later(1);
    world.waitAtMost(10);
    const lost = { lines: [{ lineId: world.read(id).lines[0]?.id, picked: 1, reason: 'lost' }] };
    for (const verb of ['accept', 'pick'] as const) await world.verb(id, verb, 0, verb === 'pick' ? lost : {});
    expect(await world.reroute(id)).toEqual({ outcome: 'BACKORDERED' });
    expect(world.read(id).lines[0]?.positions).toMatchObject({ BACKORDERED: 2, PICKED: 1 });
    expect(world.dueAt(id)).toBe('2026-01-08T09:00:00.000Z');
    expect(world.audit()).toEqual([]);
  });

  test('it overrides the shop’s `deny`, and what another rule decides later waits on', async () => {
    const world = shop('deny');
    const id = await world.place([cups(1)]);
    expect(await world.run(id)).toBe('BACKORDERED');
    const none = shop();
    Object.assign(none.network, { rules: new Map() });
    const patient = await none.place([cups(1)]);
    await none.run(patient);
    expect(none.dueAt(patient)).toBeUndefined();
  });

  test('an order on hold is not kept for ever by it: its time runs, too', async () => {
    const world = shop();
    const id = await world.place([cups(1), pots(1)]);
    await world.run(id);
    await world.issue(id, 'agent', { type: 'hold', handle: 'look', reason: 'MANUAL' });
    world.later(3);
    expect(await world.fire(id)).toBe('fired');
    expect(world.read(id).lines[0]?.positions).toEqual({ CANCELED: 1 });
    expect(await world.run(id)).toBe('ON_HOLD');
    await world.issue(id, 'agent', { type: 'releaseHold', handle: 'look' });
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(world.audit()).toEqual([]);
  });

  test('a hundred lines are canceled in several transactions, by one firing', async () => {
    const world = shop();
    const id = await world.place(Array.from({ length: 100 }, () => cups(1)).concat(pots(1)));
    await world.run(id);
    world.later(3);
    expect(await world.fire(id)).toBe('fired');
    expect(world.read(id).lines.filter(({ positions }) => positions.CANCELED === 1)).toHaveLength(100);
    expect(await world.run(id)).toBe('CONFIRMED');
    const all = await world.place(Array.from({ length: 100 }, () => cups(1)));
    await world.run(all);
    world.later(3);
    expect(await world.fire(all)).toBe('fired');
    expect(world.read(all)).toMatchObject({ lifecycle: 'CANCELED', canceling: false });
    expect(world.audit()).toEqual([]);
  });

  test('who would rather have the rest now need not wait for the day: what waits is canceled when somebody says so', async () => {
    const world = shop();
    const id = await world.place([cups(1), pots(2)]);
    await world.run(id);
    const remainder = { type: 'cancelRemainder', reason: 'customer' } as const;
    expect(await world.issue(id, 'agent', remainder)).toMatchObject({ outcome: 'done' });
    expect(world.lastEvent(id)).toMatchObject({ type: 'order.remainder_canceled', data: { lifecycle: 'PLACED' } });
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(world.read(id).lines.map(({ positions }) => positions)).toEqual([{ CANCELED: 1 }, { ASSIGNED: 2 }]);
    const placed = await world.place([pots(1)]);
    expect(await world.issue(placed, 'agent', remainder)).toMatchObject({ rejection: { code: 'invalid_transition' } });
    const all = await world.place([cups(1)]);
    await world.run(all);
    await world.issue(all, 'agent', remainder);
    expect(world.read(all)).toMatchObject({ lifecycle: 'CANCELED', endReason: 'customer' });
    expect(world.audit()).toEqual([]);
  });

  test('only the system may, and not before the time is over', async () => {
    const world = shop();
    const id = await world.place([cups(1)]);
    await world.run(id);
    const command = { type: 'cancelBackorders', reason: 'backorder_deadline' } as const;
    expect(await world.issue(id, 'agent', command)).toMatchObject({ rejection: { code: 'forbidden' } });
    expect(await world.issue(id, 'system', command)).toMatchObject({ outcome: 'done', events: [] });
    expect(world.read(id).lines[0]?.positions).toEqual({ BACKORDERED: 1 });
  });

  test('U13: who cancels before the time is over, or what did not wait, is found', async () => {
    const world = shop();
    const id = await world.place([cups(1)]);
    await world.run(id);
    world.later(3);
    await world.fire(id);
    const log = world.log.get(id) ?? [];
    const early = log.map((event) =>
      event.type === 'order.canceled' ? { ...event, at: '2026-01-06T09:00:00.000Z' } : event,
    );
    expect(waitsAreKept(world.read(id), log)).toEqual([]);
    expect(waitsAreKept(world.read(id), early)).toMatchObject([{ invariant: 'U13' }]);
  });
});

test('an order whose customized units were not found when they were to be picked can be canceled', async () => {
  const world = linesWorld([['mug', 'dc-2', 1]]);
  const customization = { capability: 'engrave', instructions: ['A'] } as const;
  const id = await world.place([
    { sku: 'mug', quantity: 1, unitPrice: 500, customization: { ...customization, instructions: ['A'] } },
  ]);
  expect(await world.run(id)).toBe('CONFIRMED');
  for (const verb of ['accept', 'startCustomization', 'finishCustomization'] as const) await world.verb(id, verb);
  expect(await world.issue(id, 'agent', { type: 'cancel', reason: 'customer' })).toMatchObject({
    rejection: { code: 'customization_begun' },
  });
  const lineId = world.read(id).lines[0]?.id;
  expect(await world.verb(id, 'pick' as never, 0, { lines: [{ lineId, picked: 0, reason: 'lost' }] })).toBeUndefined();
  expect(await world.reroute(id)).toEqual({ outcome: 'BACKORDERED' });
  expect(await world.issue(id, 'agent', { type: 'cancel', reason: 'customer' })).toMatchObject({ outcome: 'done' });
  expect(world.read(id).lifecycle).toBe('CANCELED');
  expect(world.audit()).toEqual([]);
});
