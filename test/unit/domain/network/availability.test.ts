import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocationId, Sku } from '../../../../shared/domain/ids.ts';
import { Location } from '../../../../shared/domain/location.ts';
import { type AvailabilityInput, availabilityOf } from '../../../../shared/domain/network/availability.ts';
import {
  cycleThrough,
  LocationGroup,
  LocationGroupId,
  locationsOf,
} from '../../../../shared/domain/network/location-group.ts';
import { SafetyStockRule, safetyStock } from '../../../../shared/domain/network/safety-stock.ts';
import { StorefrontId } from '../../../../shared/domain/network/storefront.ts';

const updatedAt = '2026-11-01T00:00:00.000Z';
const sku = Sku.parse('tea');
const web = StorefrontId.parse('web');
const location = (id: string, more: object = {}) =>
  Location.parse({
    id,
    name: id,
    kind: 'store',
    timeZone: 'Europe/Madrid',
    priority: 1,
    enabled: true,
    updatedAt,
    ...more,
  });
const ids = (...names: string[]) => new Set(names.map((name) => LocationId.parse(name)));
const bucket = (locationId: string, available: number) => ({ locationId: LocationId.parse(locationId), available });
const group = (id: string, locations: object[], groups: string[] = []) =>
  LocationGroup.parse({ id, name: id, locations, groups, updatedAt });
const groupMap = (...groups: LocationGroup[]) => new Map(groups.map((one) => [one.id as string, one]));
const rule = (one: object) => SafetyStockRule.parse(one);

const input = (more: Partial<AvailabilityInput>): AvailabilityInput => ({
  sku,
  storefrontId: web,
  segment: undefined,
  locations: [location('a'), location('b'), location('c')],
  buckets: [bucket('a', 5), bucket('b', 3), bucket('c', 0)],
  safety: [],
  lowStock: 0,
  now: Date.parse('2026-11-23T10:00:00Z'),
  ...more,
});

describe('what a storefront may sell', () => {
  test('is the sum over its locations, at once without one that was taken out', () => {
    expect(availabilityOf(input({})).availableToSell).toBe(8);
    expect(availabilityOf(input({ segment: ids('a', 'c') })).availableToSell).toBe(5);
    expect(availabilityOf(input({ segment: ids() }))).toMatchObject({ availableToSell: 0, status: 'out_of_stock' });
  });

  test('keeps safety stock back at each location by itself: a surplus elsewhere does not pay for it', () => {
    const safety = [rule({ units: 4 })];
    expect(availabilityOf(input({ safety })).availableToSell).toBe(1);
  });

  test('a disabled location counts nothing; one that does not ship counts for pickup only', () => {
    const locations = [location('a', { enabled: false }), location('b', { capabilities: ['pickup'] }), location('c')];
    const { availableToSell, status, locations: found } = availabilityOf(input({ locations }));
    expect({ availableToSell, status }).toEqual({ availableToSell: 0, status: 'in_stock' });
    expect(found.map(({ locationId, availableToSell: units }) => [locationId, units])).toEqual([
      ['b', 3],
      ['c', 0],
    ]);
  });

  test('is low at the threshold and below', () => {
    expect(availabilityOf(input({ lowStock: 8 })).status).toBe('low_stock');
    expect(availabilityOf(input({ lowStock: 7 })).status).toBe('in_stock');
  });

  test('lists the nearest first, and says when it could be picked up within opening hours', () => {
    const calendar = { hours: { monday: [{ from: '09:00', to: '12:00' }], tuesday: [{ from: '09:00', to: '12:00' }] } };
    const locations = [
      location('a', { site: { coordinates: { latitude: 41.39, longitude: 2.17 } } }),
      location('b', {
        site: { coordinates: { latitude: 40.42, longitude: -3.7 } },
        capabilities: ['ship', 'pickup'],
        calendar,
        processingMinutes: 90,
      }),
      location('c'),
    ];
    const found = availabilityOf(input({ locations, near: { latitude: 40.4, longitude: -3.68 } })).locations;
    expect(found.map(({ locationId }) => locationId)).toEqual(['b', 'a', 'c']);
    // 11:00 in Madrid: one hour before closing time, half an hour after the next opening.
    expect(found[0]).toMatchObject({ kilometers: 2.8, pickupReadyAt: Date.parse('2026-11-24T08:30:00Z') });
    expect(found[1]?.pickupReadyAt).toBeUndefined();
  });

  test('is never negative and never more than what stands there, whatever the rules', () => {
    const units = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(fc.array(units, { minLength: 3, maxLength: 3 }), fc.array(units, { maxLength: 3 }), (stock, kept) => {
        const names = ['a', 'b', 'c'];
        const found = availabilityOf(
          input({
            buckets: stock.map((available, index) => bucket(names[index] ?? 'a', available)),
            safety: kept.map((one, index) => rule({ locationId: names[index], units: one })),
          }),
        );
        const expected = stock.reduce((sum, available, index) => sum + Math.max(0, available - (kept[index] ?? 0)), 0);
        expect(found.availableToSell).toBe(expected);
      }),
    );
  });
});

describe('safety stock', () => {
  const subject = { sku, category: 'drinks', locationId: LocationId.parse('a'), storefrontId: web };

  test('the most specific rule that fits decides, even when it keeps back less', () => {
    const rules = [
      rule({ units: 9 }),
      rule({ category: 'drinks', locationId: 'a', storefrontId: 'web', units: 7 }),
      rule({ sku: 'tea', units: 1 }),
      rule({ sku: 'cup', locationId: 'a', units: 50 }),
    ];
    expect(safetyStock(rules, subject)).toBe(1);
    expect(safetyStock(rules, { ...subject, sku: Sku.parse('pot') })).toBe(7);
    expect(safetyStock(rules, { ...subject, sku: Sku.parse('pot'), storefrontId: StorefrontId.parse('pos') })).toBe(9);
    expect(safetyStock([], subject)).toBe(0);
  });

  test('a rule is about a SKU or about a category', () => {
    expect(SafetyStockRule.safeParse({ sku: 'tea', category: 'drinks', units: 1 }).success).toBe(false);
    expect(SafetyStockRule.safeParse({ units: -1 }).success).toBe(false);
  });
});

describe('location groups', () => {
  test('hold their active locations and those of the groups in them, however they are nested', () => {
    const groups = groupMap(
      group('iberia', [{ locationId: 'lisbon' }], ['spain']),
      group('spain', [{ locationId: 'madrid' }, { locationId: 'old', active: false }], ['stores', 'nowhere']),
      group('stores', [{ locationId: 'shop-1' }]),
    );
    expect([...locationsOf(LocationGroupId.parse('iberia'), groups)].sort()).toEqual(['lisbon', 'madrid', 'shop-1']);
    expect(locationsOf(LocationGroupId.parse('nowhere'), groups).size).toBe(0);
  });

  test('a change that would close a circle is found, with the way around', () => {
    const groups = groupMap(group('a', [], ['b']), group('b', [], ['c']), group('c', []));
    expect(cycleThrough(group('c', [], ['a']), groups)).toEqual(['c', 'a', 'b', 'c']);
    expect(cycleThrough(group('c', [], ['c']), groups)).toEqual(['c', 'c']);
    expect(cycleThrough(group('a', [], ['b', 'c']), groups)).toBeUndefined();
  });

  test('a circle that is there all the same does not hang the reader', () => {
    const groups = groupMap(group('a', [{ locationId: 'x' }], ['b']), group('b', [{ locationId: 'y' }], ['a']));
    expect([...locationsOf(LocationGroupId.parse('a'), groups)].sort()).toEqual(['x', 'y']);
  });
});
