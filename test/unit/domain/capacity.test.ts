import { describe, expect, test } from 'vitest';
import { capacityChanges, capacityHeld, withCapacity, workDay } from '../../../shared/domain/capacity.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { capacityMatches } from '../../../shared/domain/invariants.ts';
import { Location } from '../../../shared/domain/location.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { placeCommand, story } from './orders.ts';

const at = LocationId.parse('dc-1');
const limits = () => ({ ordersPerDay: 2, unitsPerDay: 10 });

function reserved(...days: { quantity: number; day?: string; state?: 'RELEASED' | 'CONSUMED' }[]): Order {
  const one = story();
  one.given(placeCommand([{ sku: 'cup', quantity: 9, unitPrice: 500 }]));
  const [line] = one.order.lines;
  if (!line) throw new Error('no line');
  const reservations = days.map(({ quantity, day, state = 'CONSUMED' }, n) => ({
    id: `rsv_${n}`,
    locationId: at,
    quantity,
    state,
    ...(day !== undefined && { capacityDay: day }),
  }));
  return { ...one.order, lines: [{ ...line, reservations }] };
}

describe('what an order takes of a location’s day', () => {
  test('two lots on one day are one order; what is released or has no day takes nothing', () => {
    const order = reserved(
      { quantity: 2, day: '2026-01-05' },
      { quantity: 3, day: '2026-01-05' },
      { quantity: 1, day: '2026-01-06' },
      { quantity: 4, day: '2026-01-07', state: 'RELEASED' },
      { quantity: 5 },
    );
    expect([...capacityHeld(order).values()]).toEqual([
      { locationId: at, day: '2026-01-05', orders: 1, units: 5 },
      { locationId: at, day: '2026-01-06', orders: 1, units: 1 },
    ]);
  });

  test('a kit counts its pieces', () => {
    const order = reserved({ quantity: 2, day: '2026-01-05' });
    const kit = order.lines.map((line) => ({ ...line, components: [{ sku: Sku.parse('part'), perUnit: 3 }] }));
    expect([...capacityHeld({ lines: kit }).values()]).toMatchObject([{ units: 6 }]);
  });

  test('a command writes the difference, one change a day: moved to another day, both days change', () => {
    const before = reserved({ quantity: 2, day: '2026-01-05' });
    const after = reserved({ quantity: 2, day: '2026-01-05', state: 'RELEASED' }, { quantity: 2, day: '2026-01-06' });
    expect(capacityChanges(before, after, limits)).toMatchObject([
      { day: '2026-01-05', orders: -1, units: -2 },
      { day: '2026-01-06', orders: 1, units: 2 },
    ]);
    expect(capacityChanges(after, after, limits)).toEqual([]);
  });

  test('a day is filled to the last unit and not beyond; what gives back is never refused', () => {
    const change = { locationId: at, day: '2026-01-05', orders: 1, units: 4, limits: limits() };
    expect(withCapacity({ orders: 1, units: 6 }, change)).toEqual({ orders: 2, units: 10 });
    expect(withCapacity({ orders: 1, units: 7 }, change)).toBeUndefined();
    expect(withCapacity({ orders: 2, units: 0 }, change)).toBeUndefined();
    expect(withCapacity(undefined, { ...change, units: 11 })).toBeUndefined();
    expect(withCapacity({ orders: 5, units: 50 }, { ...change, orders: -1, units: -4 })).toEqual({
      orders: 4,
      units: 46,
    });
  });

  test('U12: a row that is not the sum of what orders hold is a violation', () => {
    const orders = [reserved({ quantity: 2, day: '2026-01-05' })];
    const rows = (units: number) => new Map([['dc-1 2026-01-05', { orders: 1, units }]]);
    expect(capacityMatches(orders, rows(2))).toEqual([]);
    expect(capacityMatches(orders, rows(3))).toMatchObject([{ invariant: 'U12', subject: 'dc-1 2026-01-05' }]);
    expect(capacityMatches(orders, new Map())).toHaveLength(1);
  });

  test('the day is the location’s own: after its cut-off, on its clock, the next', () => {
    const location = Location.parse({
      id: 'nz',
      name: 'nz',
      kind: 'store',
      timeZone: 'Pacific/Auckland',
      priority: 1,
      enabled: true,
      cutOffs: { standard: '12:00' },
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    // 22:00 UTC is 11:00 of the next day in Auckland.
    expect(workDay(location, 'standard', Date.parse('2026-01-05T22:00:00Z'))).toBe('2026-01-06');
    expect(workDay(location, 'standard', Date.parse('2026-01-05T23:30:00Z'))).toBe('2026-01-07');
  });
});
