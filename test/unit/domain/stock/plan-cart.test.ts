import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineId, Sku } from '../../../../shared/domain/ids.ts';
import { type CartSite, planCart } from '../../../../shared/domain/stock/plan-cart.ts';
import { location } from '../orders.ts';

const site = (id: string, stock: Record<string, number>, changes: Partial<CartSite> = {}): CartSite => ({
  locationId: location(id),
  priority: 0,
  enabled: true,
  available: new Map(Object.entries(stock).map(([sku, quantity]) => [Sku.parse(sku), quantity])),
  ...changes,
});
const need = (n: number, sku: string, quantity: number) => ({ lineId: lineId(n), sku: Sku.parse(sku), quantity });

describe('where the units of a cart are held', () => {
  test('one site that has everything is preferred to two that share it', () => {
    const plan = planCart(
      [need(1, 'a', 2), need(2, 'b', 2)],
      [site('x', { a: 2 }), site('y', { b: 2 }), site('z', { a: 2, b: 2 })],
    );
    expect(plan.allocations.map(({ locationId }) => locationId)).toEqual(['z', 'z']);
  });

  test('vendure #4030: 13 units over 10 + 12 take 12 and the remainder, not 13 twice', () => {
    const plan = planCart([need(1, 'a', 13)], [site('x', { a: 10 }, { priority: 1 }), site('y', { a: 12 })]);
    expect(plan.allocations.map(({ quantity }) => quantity)).toEqual([12, 1]);
    expect(plan.short).toEqual([]);
  });

  test('medusa #16502: two lines of one SKU do not both count the last unit', () => {
    const plan = planCart([need(1, 'a', 1), need(2, 'a', 1)], [site('x', { a: 1 })]);
    expect(plan.allocations).toHaveLength(1);
    expect(plan.short).toEqual([{ lineId: 'line_2', quantity: 1 }]);
  });

  test('a disabled site serves nothing', () => {
    const plan = planCart([need(1, 'a', 1)], [site('x', { a: 5 }, { enabled: false })]);
    expect(plan.allocations).toEqual([]);
    expect(plan.short).toEqual([{ lineId: 'line_1', quantity: 1 }]);
  });

  test('any need over any network: nothing is planned twice, nothing beyond a site, nothing forgotten', () => {
    const skus = ['a', 'b', 'c'];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...skus), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 6 }),
        fc.array(
          fc.tuple(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), fc.nat({ max: 2 })),
          { maxLength: 5 },
        ),
        (lines, network) => {
          const needs = lines.map(([sku, quantity], index) => need(index + 1, sku, quantity));
          const sites = network.map(([stock, priority], index) =>
            site(`s${index}`, Object.fromEntries(skus.map((sku, column) => [sku, stock[column] ?? 0])), { priority }),
          );
          const plan = planCart(needs, sites);
          for (const { lineId: line, quantity } of needs) {
            const planned = plan.allocations
              .filter((one) => one.lineId === line)
              .reduce((sum, one) => sum + one.quantity, 0);
            const short = plan.short.filter((one) => one.lineId === line).reduce((sum, one) => sum + one.quantity, 0);
            expect(planned + short).toBe(quantity);
          }
          for (const { locationId, available } of sites) {
            for (const sku of skus) {
              const taken = plan.allocations
                .filter(
                  (one) => one.locationId === locationId && needs.find((n) => n.lineId === one.lineId)?.sku === sku,
                )
                .reduce((sum, one) => sum + one.quantity, 0);
              expect(taken).toBeLessThanOrEqual(available.get(Sku.parse(sku)) ?? 0);
            }
          }
          // What is short is nowhere to be had.
          for (const sku of skus) {
            const asked = needs.filter((one) => one.sku === sku).reduce((sum, one) => sum + one.quantity, 0);
            const there = sites.reduce((sum, { available }) => sum + (available.get(Sku.parse(sku)) ?? 0), 0);
            const short = plan.short
              .filter((one) => needs.find((n) => n.lineId === one.lineId)?.sku === sku)
              .reduce((sum, one) => sum + one.quantity, 0);
            expect(short).toBe(Math.max(0, asked - there));
          }
          expect(planCart(needs, sites.toReversed())).toEqual(plan);
        },
      ),
      { numRuns: 500, seed: 42 },
    );
  });
});
