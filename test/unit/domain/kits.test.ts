import { describe, expect, test } from 'vitest';
import { lineId } from '../../../shared/domain/ids.ts';
import { kitsAreWhole } from '../../../shared/domain/invariants.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { component, type LineGiven, linesWorld, sku } from './order-lines-world.ts';

const set = (quantity: number, sku = 'tea-set'): LineGiven => ({
  sku,
  quantity,
  unitPrice: 4000,
  components: [component('cup', 4), component('pot', 1)],
});
const cup = (quantity: number): LineGiven => ({ sku: 'cup', quantity, unitPrice: 500 });
const engravedCup = (quantity: number): LineGiven => ({
  ...cup(quantity),
  customization: { capability: 'engrave', instructions: ['Ada'] },
});
const positions = ({ lines }: Order) => lines.map((line) => line.positions);

describe('golden scenario 2: two lines and a kit share one component', () => {
  test('medusa #16502: what they need of it is summed, and reserved once, in one transaction', async () => {
    const world = linesWorld([
      ['cup', 'dc-2', 10],
      ['pot', 'dc-2', 1],
    ]);
    const id = await world.place([cup(4), engravedCup(2), set(1)]);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect([world.stock('cup', 'dc-2'), world.stock('pot', 'dc-2')]).toEqual(['0/10/10', '0/1/1']);
    const reserved = world.log.get(id)?.filter(({ type }) => type === 'reservation.created') ?? [];
    expect(reserved).toHaveLength(1);
    expect(world.audit()).toEqual([]);
  });

  test('medusa #16502: each fits alone, all together do not: one unit too few is backordered, nothing is oversold', async () => {
    const world = linesWorld(
      [
        ['cup', 'dc-2', 9],
        ['pot', 'dc-2', 5],
      ],
      { backorder: 'split' },
    );
    const id = await world.place([cup(4), engravedCup(2), set(1)]);
    await world.run(id);
    const order = world.read(id);
    const short = order.lines.reduce((sum, line) => sum + (line.positions.BACKORDERED ?? 0), 0);
    expect(short).toBe(1);
    expect(world.stock('cup', 'dc-2')).toMatch(/^[0-9]\/[0-9]\/9$/);
    expect(world.audit()).toEqual([]);
  });
});

describe('a kit', () => {
  test('all components or none: one that is missing holds nothing of the others back from those who came first', async () => {
    const world = linesWorld([['cup', 'dc-1', 8]]);
    const id = await world.place([set(1)]);
    expect(await world.run(id)).toBe('BACKORDERED');
    expect(world.stock('cup', 'dc-1')).toBe('8/0/8');
    expect(positions(world.read(id))).toEqual([{ BACKORDERED: 1 }]);
    expect(world.audit()).toEqual([]);
  });

  test('its components wait in their queues: what has come is kept for it, the rest is for later orders', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 5],
      ['pot', 'dc-1', 0],
    ]);
    const kit = await world.place([set(1)]);
    await world.run(kit);
    const two = await world.place([cup(2)]);
    expect(await world.run(two)).toBe('BACKORDERED');
    const one = await world.place([cup(1)]);
    // Both ahead of it wait for cups: five are there, four and two are asked for.
    expect(await world.run(one)).toBe('BACKORDERED');
    await world.issue(kit, 'agent', { type: 'cancel', reason: 'changed' });
    expect([await world.run(two), await world.run(one)]).toEqual(['CONFIRMED', 'CONFIRMED']);
    expect(world.audit()).toEqual([]);
  });

  test('comes from one site: components at two sites make none', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 8],
      ['pot', 'dc-2', 2],
    ]);
    const id = await world.place([set(1)]);
    expect(await world.run(id)).toBe('BACKORDERED');
    expect([world.stock('cup', 'dc-1'), world.stock('pot', 'dc-2')]).toEqual(['8/0/8', '2/0/2']);
  });

  test.each([
    [false, 'BACKORDERED', []],
    [true, 'CONFIRMED', ['dc-1 1', 'dc-2 1']],
  ] as const)('of two kits one at each site: splitKits %s', async (splitKits, outcome, sites) => {
    const world = linesWorld(
      [
        ['cup', 'dc-1', 4],
        ['pot', 'dc-1', 1],
        ['cup', 'dc-2', 7],
        ['pot', 'dc-2', 9],
      ],
      { splitKits },
    );
    const id = await world.place([set(2)]);
    expect(await world.run(id)).toBe(outcome);
    const found = world.read(id).lines[0]?.reservations.map((one) => `${one.locationId} ${one.quantity}`);
    expect(found).toEqual(sites);
    expect(world.audit()).toEqual([]);
  });

  test('the pick list names its pieces; shipped, they leave the stock in ratio, and the price is the kit’s own', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 20],
      ['pot', 'dc-1', 5],
    ]);
    const id = await world.place([set(2)]);
    await world.run(id);
    expect(world.read(id).fulfillments[0]?.lines).toMatchObject([
      { sku: 'tea-set', quantity: 2, components: [component('cup', 4), component('pot', 1)] },
    ]);
    for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) {
      expect(await world.verb(id, verb)).toBeUndefined();
    }
    expect([world.stock('cup', 'dc-1'), world.stock('pot', 'dc-1')]).toEqual(['12/0/12', '3/0/3']);
    expect(world.read(id).payments[0]?.captured).toBe(8000);
    expect(positions(world.read(id))).toEqual([{ DELIVERED: 2 }]);
    expect(world.audit()).toEqual([]);
  });

  test('picked short for want of one cup: that one is blocked, the other pieces can be sold, the kit goes to another site', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 8],
      ['pot', 'dc-1', 2],
      ['cup', 'dc-2', 4],
      ['pot', 'dc-2', 1],
    ]);
    const id = await world.place([set(2)]);
    await world.run(id);
    await world.verb(id, 'accept');
    const short = { lineId: lineId(1), picked: 1, reason: 'not_found', missing: [{ sku: sku('cup'), quantity: 1 }] };
    expect(await world.verb(id, 'pick', 0, { lines: [short] })).toBeUndefined();
    expect(world.stock('cup', 'dc-1')).toBe('3/4/8');
    expect(world.stock('pot', 'dc-1')).toBe('1/1/2');
    expect(await world.reroute(id)).toEqual({ outcome: 'ROUTED' });
    expect(world.stock('cup', 'dc-2')).toBe('0/4/4');
    expect(positions(world.read(id))).toEqual([{ PICKED: 1, ASSIGNED: 1 }]);
    expect(world.audit()).toEqual([]);
  });

  test.each([
    ['a piece it is not made of', [{ sku: sku('tea'), quantity: 1 }]],
    ['more pieces than the missing kits have', [{ sku: sku('cup'), quantity: 5 }]],
    [
      'one piece twice',
      [
        { sku: sku('cup'), quantity: 1 },
        { sku: sku('cup'), quantity: 1 },
      ],
    ],
  ])('picked short with %s: refused, nothing changed', async (_, missing) => {
    const world = linesWorld([
      ['cup', 'dc-1', 8],
      ['pot', 'dc-1', 2],
    ]);
    const id = await world.place([set(2)]);
    await world.run(id);
    await world.verb(id, 'accept');
    const before = world.read(id);
    const lines = [{ lineId: lineId(1), picked: 1, reason: 'lost', missing }];
    expect(await world.verb(id, 'pick', 0, { lines })).toBe('invalid_pick');
    expect(world.read(id)).toBe(before);
  });

  test('missing pieces must explain the number: two pots gone are two kits, not one', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 12],
      ['pot', 'dc-1', 3],
    ]);
    const id = await world.place([set(3)]);
    await world.run(id);
    await world.verb(id, 'accept');
    const missing = [{ sku: sku('pot'), quantity: 1 }];
    const pick = (picked: number) =>
      world.verb(id, 'pick', 0, { lines: [{ lineId: lineId(1), picked, reason: 'lost', missing }] });
    expect(await pick(1)).toBe('invalid_pick');
    expect(await pick(2)).toBeUndefined();
    // Lost is lost: one pot is written off, four cups are for sale again.
    expect([world.stock('pot', 'dc-1'), world.stock('cup', 'dc-1')]).toEqual(['0/2/2', '4/8/12']);
    expect(world.audit()).toEqual([]);
  });

  test('given back for want of stock: all its pieces are blocked until counted, and another site has it whole', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 4],
      ['pot', 'dc-1', 1],
      ['cup', 'store-1', 4],
      ['pot', 'store-1', 1],
    ]);
    const id = await world.place([set(1)]);
    await world.run(id);
    await world.verb(id, 'rejectFulfillment', 0, { reason: 'out_of_stock' });
    expect([world.stock('cup', 'dc-1'), world.stock('pot', 'dc-1')]).toEqual(['0/0/4', '0/0/1']);
    expect(await world.reroute(id)).toEqual({ outcome: 'ROUTED' });
    expect(world.read(id).fulfillments[1]?.locationId).toBe('store-1');
    expect(world.audit()).toEqual([]);
  });

  test('canceled: every piece is for sale again', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 8],
      ['pot', 'dc-1', 2],
    ]);
    const id = await world.place([set(2)]);
    await world.run(id);
    await world.issue(id, 'agent', { type: 'cancel', reason: 'changed' });
    expect([world.stock('cup', 'dc-1'), world.stock('pot', 'dc-1')]).toEqual(['8/0/8', '2/0/2']);
    expect(world.audit()).toEqual([]);
  });

  test('the remainder of a split order: kits that wait are canceled, what is under way goes on', async () => {
    const world = linesWorld(
      [
        ['cup', 'dc-1', 6],
        ['pot', 'dc-1', 1],
      ],
      { backorder: 'split', splitKits: true },
    );
    const id = await world.place([set(2)]);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(positions(world.read(id))).toEqual([{ ASSIGNED: 1, BACKORDERED: 1 }]);
    await world.issue(id, 'agent', { type: 'cancelRemainder', reason: 'changed' });
    expect(positions(world.read(id))).toEqual([{ ASSIGNED: 1, CANCELED: 1 }]);
    expect(world.audit()).toEqual([]);
  });

  test('30 kits of 20 components fit their transactions: reserved, released and canceled in parts', async () => {
    const parts = Array.from({ length: 20 }, (_, n) => component(`part-${n}`, 1 + (n % 3)));
    const world = linesWorld(parts.map(({ sku: part }) => [part, 'dc-1', 1000]));
    const lines = Array.from({ length: 30 }, (_, n) => ({
      sku: `hamper-${n}`,
      quantity: 1,
      unitPrice: 100,
      components: parts,
    }));
    const id = await world.place(lines);
    expect(await world.run(id)).toBe('CONFIRMED');
    const order = world.read(id);
    // 40 buckets each at most: two hampers.
    expect(order.fulfillments.map((one) => one.lines.length)).toEqual(Array(15).fill(2));
    let current = order;
    for (let round = 0; round < 20 && current.lifecycle !== 'CANCELED'; round++) {
      await world.issue(id, 'agent', { type: 'cancel', reason: 'changed' });
      current = world.read(id);
    }
    expect(current.lifecycle).toBe('CANCELED');
    expect(world.stock('part-0', 'dc-1')).toBe('1000/0/1000');
    expect(world.audit()).toEqual([]);
  });

  test('U11 finds a kit whose components do not follow', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 8],
      ['pot', 'dc-1', 2],
    ]);
    const id = await world.place([set(2)]);
    await world.run(id);
    const log = world.log.get(id) ?? [];
    const torn = log.map((event) => {
      if (event.type !== 'reservation.created') return event;
      const reservations = event.data.reservations.map((one) => ({ ...one, components: [component('cup', 4)] }));
      return { ...event, data: { ...event.data, reservations } };
    });
    expect(kitsAreWhole(world.read(id), torn).map(({ invariant }) => invariant)).toContain('U11');
    expect(kitsAreWhole(world.read(id), log)).toEqual([]);
  });
});
