import { describe, expect, test } from 'vitest';
import { lineId } from '../../../shared/domain/ids.ts';
import { togetherIsTogether } from '../../../shared/domain/invariants.ts';
import { inGroups, uncut } from '../../../shared/domain/keep-together.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { type LineGiven, type LinesWorld, linesWorld } from './order-lines-world.ts';

const line = (sku: string, quantity: number, more: Partial<LineGiven> = {}): LineGiven => ({
  ...{ sku, quantity, unitPrice: 500 },
  ...more,
});
const set = { keepTogether: 'set' };

const sitesOf = (world: LinesWorld, id: Order['id']) =>
  world
    .read(id)
    .lines.map(({ reservations }) =>
      reservations
        .filter(({ state }) => state !== 'RELEASED')
        .map(({ locationId, quantity }) => `${locationId} ${quantity}`),
    );

describe('lines that are kept together', () => {
  test('come from the one site that has all of them, though a better one has some', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 9],
      ['cup', 'store-1', 2],
      ['pot', 'store-1', 2],
    ]);
    const apart = await world.place([line('cup', 2), line('pot', 1)]);
    await world.run(apart);
    expect(sitesOf(world, apart)).toEqual([['store-1 2'], ['store-1 1']]);
    const together = await world.place([line('cup', 1, set), line('pot', 1, set), line('cup', 1)]);
    expect(await world.run(together)).toBe('BACKORDERED');
    expect(sitesOf(world, together)).toEqual([[], [], ['dc-1 1']]);
    world.buckets.forEach((bucket, key) => {
      if (bucket.locationId === 'store-1')
        world.buckets.set(key, { ...bucket, available: 3, onHand: 3 + bucket.committed });
    });
    expect(await world.run(together)).toBe('CONFIRMED');
    expect(sitesOf(world, together)).toEqual([['store-1 1'], ['store-1 1'], ['dc-1 1']]);
    expect(world.audit()).toEqual([]);
  });

  test('are given back and routed again together', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 5],
      ['pot', 'dc-1', 5],
      ['cup', 'dc-2', 5],
      ['cup', 'store-1', 5],
      ['pot', 'store-1', 5],
    ]);
    const id = await world.place([line('cup', 2, set), line('pot', 1, set)]);
    await world.run(id);
    expect(sitesOf(world, id)).toEqual([['dc-1 2'], ['dc-1 1']]);
    expect(await world.verb(id, 'rejectFulfillment', 0, { reason: 'closed' })).toBeUndefined();
    expect(await world.reroute(id)).toEqual({ outcome: 'ROUTED' });
    expect(sitesOf(world, id)).toEqual([['store-1 2'], ['store-1 1']]);
    expect(world.audit()).toEqual([]);
  });

  test('of two groups each has its site; a group that no site has waits alone where the shop splits', async () => {
    const world = linesWorld(
      [
        ['cup', 'dc-1', 1],
        ['pot', 'dc-1', 1],
        ['tea', 'dc-2', 1],
        ['jar', 'store-1', 1],
      ],
      { backorder: 'split' },
    );
    const other = { keepTogether: 'other' };
    const id = await world.place([
      line('tea', 1, other),
      line('cup', 1, set),
      line('jar', 1, other),
      line('pot', 1, set),
    ]);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(sitesOf(world, id)).toEqual([[], ['dc-1 1'], [], ['dc-1 1']]);
    expect(world.read(id).lines.map(({ positions }) => positions.BACKORDERED ?? 0)).toEqual([1, 0, 1, 0]);
    expect(world.audit()).toEqual([]);
  });
});

describe('a line that is not split', () => {
  test('comes from one site or waits, where another one would come from two', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 3],
      ['cup', 'dc-2', 2],
    ]);
    const split = await world.place([line('cup', 4)]);
    await world.run(split);
    expect(sitesOf(world, split)).toEqual([['dc-1 3', 'dc-2 1']]);
    await world.issue(split, 'agent', { type: 'cancel', reason: 'customer' });
    const whole = await world.place([line('cup', 4, { splittable: false })]);
    expect(await world.run(whole)).toBe('BACKORDERED');
    expect(world.read(whole).lines[0]?.positions).toEqual({ BACKORDERED: 4 });
    const three = await world.place([line('cup', 3, { splittable: false })], 'tok_ok', { priority: 9 });
    expect(await world.run(three)).toBe('CONFIRMED');
    expect(sitesOf(world, three)).toEqual([['dc-1 3']]);
    expect(world.audit()).toEqual([]);
  });

  test('a kit says for itself whether its kits may come from several sites', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 2],
      ['cup', 'dc-2', 2],
    ]);
    const kit = line('pair', 2, { components: [{ sku: 'cup' as never, perUnit: 2 }] });
    const whole = await world.place([kit]);
    expect(await world.run(whole)).toBe('BACKORDERED');
    await world.issue(whole, 'agent', { type: 'cancel', reason: 'customer' });
    const split = await world.place([{ ...kit, splittable: true }]);
    expect(await world.run(split)).toBe('CONFIRMED');
    expect(sitesOf(world, split)).toEqual([['dc-1 1', 'dc-2 1']]);
    expect(world.audit()).toEqual([]);
  });
});

describe('many transactions', () => {
  const order = {
    lines: [1, 2, 3, 4, 5].map((n) => ({ id: lineId(n), ...(n % 2 === 0 && { keepTogether: 'even' }) })),
  } as Pick<Order, 'lines'>;
  const units = [1, 2, 3, 4, 5].map((n) => ({ lineId: lineId(n) }));
  const lines = (of: typeof units) => of.map((one) => Number(one.lineId.slice('line_'.length)));

  test('a group is not cut in two, unless it is larger than a transaction', () => {
    const sorted = inGroups(order, units);
    expect(lines(sorted)).toEqual([1, 2, 4, 3, 5]);
    expect([1, 2, 3, 4, 9].map((count) => lines(uncut(order, sorted, count)))).toEqual([
      [1],
      [1],
      [1, 2, 4],
      [1, 2, 4, 3],
      [1, 2, 4, 3, 5],
    ]);
    expect(lines(uncut(order, sorted.slice(1), 1))).toEqual([2]);
  });

  test('U14: a plan that tears a group is found', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 1],
      ['pot', 'dc-1', 1],
    ]);
    const id = await world.place([line('cup', 1, set), line('pot', 1, set)]);
    await world.run(id);
    const log = world.log.get(id) ?? [];
    const torn = structuredClone(log);
    for (const { type, data } of torn)
      if (type === 'reservation.created') data.reservations[0]!.locationId = 'dc-2' as never;
    expect(togetherIsTogether(world.read(id), log)).toEqual([]);
    expect(togetherIsTogether(world.read(id), torn)).toMatchObject([{ invariant: 'U14' }]);
  });
});
