import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sku } from '../../../../shared/domain/ids.ts';
import { type CartHold, CartHoldId, type CartLine, convertHold } from '../../../../shared/domain/stock/cart-hold.ts';
import { location } from '../orders.ts';

const sku = (name: string) => Sku.parse(name);
const units = (name: string, site: string, quantity: number) => ({
  sku: sku(name),
  locationId: location(site),
  quantity,
});
const hold = (...held: CartHold['units']): CartHold => ({
  id: CartHoldId.parse(`hld_${'0'.repeat(26)}`),
  version: 1,
  storefrontId: 'web' as CartHold['storefrontId'],
  state: 'HELD',
  units: held,
  createdAt: '2026-01-05T10:00:00.000Z',
  heldUntil: '2026-01-05T10:15:00.000Z',
});
const kit = (name: string, quantity: number, ...parts: [string, number][]): CartLine => ({
  sku: sku(name),
  quantity,
  components: parts.map(([part, perUnit]) => ({ sku: sku(part), perUnit })),
});
const convert = (held: CartHold, ...lines: CartLine[]) =>
  convertHold(held, lines, 'ord_1', '2026-01-05T10:01:00.000Z')!;

describe('a hold becomes reservations', () => {
  test('single units that could be from anywhere leave a kit the site where it is whole', () => {
    const held = hold(units('a', 'x', 1), units('b', 'x', 1), units('a', 'y', 1));
    const { taken, surplus } = convert(held, { sku: sku('a'), quantity: 1 }, kit('set', 1, ['a', 1], ['b', 1]));
    expect(taken).toMatchObject([
      { line: 1, sku: 'set', locationId: 'x', quantity: 1, components: [{ sku: 'a' }, { sku: 'b' }] },
      { line: 0, sku: 'a', locationId: 'y', quantity: 1 },
    ]);
    expect(surplus).toEqual([]);
  });

  test('a kit that no site of the hold makes is left to the order: what was held for it is for sale again', () => {
    const held = hold(units('a', 'x', 1), units('b', 'y', 1));
    const { taken, surplus } = convert(held, kit('set', 1, ['a', 1], ['b', 1]));
    expect(taken).toEqual([]);
    expect(surplus).toEqual(held.units);
  });

  test('any hold, any lines: every held unit is taken once or for sale again, no line has more than it asked for', () => {
    const few = fc.integer({ min: 1, max: 6 });
    const name = fc.constantFrom('a', 'b', 'c');
    const line = fc.oneof(
      fc.record({ sku: name.map(sku), quantity: few }).map((one): CartLine => one),
      fc
        .tuple(few, fc.uniqueArray(fc.tuple(name, few), { selector: ([part]) => part, minLength: 1 }))
        .map(([quantity, parts]) => kit('set', quantity, ...parts)),
    );
    const held = fc.uniqueArray(fc.tuple(name, fc.constantFrom('x', 'y'), fc.integer({ min: 1, max: 30 })), {
      selector: ([part, site]) => `${part} ${site}`,
      minLength: 1,
    });
    let kits = 0;
    fc.assert(
      fc.property(held, fc.array(line, { maxLength: 5 }), (rows, lines) => {
        const cart = hold(...rows.map(([part, site, quantity]) => units(part, site, quantity)));
        const { taken, surplus } = convert(cart, ...lines);
        const sums = new Map<string, number>();
        const add = (part: string, site: string, quantity: number) =>
          sums.set(`${part} ${site}`, (sums.get(`${part} ${site}`) ?? 0) + quantity);
        for (const one of taken) {
          if (one.components) kits += 1;
          for (const part of one.components ?? [{ sku: one.sku, perUnit: 1 }])
            add(part.sku, one.locationId, part.perUnit * one.quantity);
        }
        for (const one of surplus) add(one.sku, one.locationId, one.quantity);
        expect(sums).toEqual(new Map(rows.map(([part, site, quantity]) => [`${part} ${site}`, quantity])));
        for (const [index, { quantity, components }] of lines.entries()) {
          const mine = taken.filter((one) => one.line === index).map((one) => one.quantity);
          const got = mine.reduce((sum, one) => sum + one, 0);
          expect(components ? [0, quantity].includes(got) && mine.length < 2 : got <= quantity).toBe(true);
        }
      }),
      { numRuns: 300, seed: 11 },
    );
    expect(kits).toBeGreaterThan(50);
  });
});
