import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sku } from '../../../../shared/domain/ids.ts';
import {
  coverDays,
  demandAdds,
  demandAt,
  demandCounts,
  refusedIn,
  rejectRate,
} from '../../../../shared/domain/stock/demand.ts';
import { location, releasedStory } from '../orders.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

/** Counts as a row holds them after these additions, in any order. */
function rowOf(units: readonly { at: number; reserved: number; refused: number }[]): Record<string, number> {
  const row: Record<string, number> = {};
  for (const { at, ...one } of units) {
    for (const [name, count] of Object.entries(demandAdds(one, at))) row[name] = (row[name] ?? 0) + count;
  }
  return row;
}

const addition = fc.record({
  at: fc.integer({ min: 0, max: 3 * 365 }).map((days) => start + days * day),
  reserved: fc.nat(50),
  refused: fc.nat(50),
});

describe('what orders want of a SKU at a location', () => {
  test('additions, whatever their order, come to what each has shrunk to: half of it every 28 days, over the turn of a year too', () => {
    fc.assert(
      fc.property(fc.array(addition, { minLength: 1, maxLength: 20 }), fc.nat(400), (units, days) => {
        const now = Math.max(...units.map(({ at }) => at)) + days * day;
        const shrunk = (of: 'reserved' | 'refused') =>
          units.reduce((sum, one) => sum + one[of] * 0.5 ** ((now - one.at) / (28 * day)), 0);
        const demand = demandAt([rowOf(units)], now);
        expect(demand.reserved).toBeCloseTo(shrunk('reserved'), 1);
        expect(demand.refused).toBeCloseTo(shrunk('refused'), 1);
      }),
    );
  });

  test('rows of a hot SKU are summed; other attributes of a row count nothing', () => {
    const rows = [1, 2].map((reserved) => rowOf([{ at: start, reserved, refused: 0 }]));
    const [first = {}] = rows;
    expect(demandAt(rows, start)).toEqual({ reserved: 3, refused: 0 });
    expect(demandCounts({ ...first, available: 7, taken: 9, sku: 'tea', reserved: 4 })).toEqual(first);
  });

  test('a steady sale of 4 a day makes 40 units last 10 days', () => {
    const units = Array.from({ length: 364 }, (_, n) => ({ at: start + n * day, reserved: 4, refused: 0 }));
    const demand = demandAt([rowOf(units)], start + 363.5 * day);
    expect(coverDays(40, demand)).toBeCloseTo(10, 1);
    expect(coverDays(0, demand)).toBe(0);
  });

  test('of what nobody wants, or what always comes back, it is not known how long it lasts', () => {
    expect(coverDays(40, { reserved: 0, refused: 0 })).toBeUndefined();
    expect(coverDays(40, { reserved: 3, refused: 3 })).toBeUndefined();
  });

  test.each([
    ['no_capacity', 3],
    ['damaged', 3],
    ['outage', 0],
  ] as const)('of units rejected for the reason %s, %i are its own doing', (reason, units) => {
    const one = releasedStory([{ sku: 'cup', quantity: 3, unitPrice: 500 }]);
    const [fulfillment] = one.order.fulfillments;
    if (!fulfillment) throw new Error('nothing was released');
    expect(refusedIn(one.log)({ sku: Sku.parse('cup'), locationId: location('dc-1') })).toBe(0);
    one.given({ type: 'rejectFulfillment', fulfillmentId: fulfillment.id, reason });
    expect(refusedIn(one.log)({ sku: Sku.parse('cup'), locationId: location('dc-1') })).toBe(units);
    expect(refusedIn(one.log)({ sku: Sku.parse('cup'), locationId: location('dc-2') })).toBe(0);
  });

  test('one unit refused is no habit, all of hundreds is; nothing refused is 0 whatever is asked', () => {
    expect(rejectRate([{ reserved: 1, refused: 1 }])).toBeCloseTo(1 / 11);
    expect(rejectRate([{ reserved: 500, refused: 500 }])).toBeGreaterThan(0.95);
    expect(rejectRate([{ reserved: 0, refused: 90 }])).toBe(1);
    expect(rejectRate([])).toBe(0);
    expect(rejectRate([{ reserved: 500, refused: 0 }])).toBe(0);
    // Of several goods together.
    expect(
      rejectRate([
        { reserved: 45, refused: 20 },
        { reserved: 45, refused: 0 },
      ]),
    ).toBe(0.2);
  });
});
