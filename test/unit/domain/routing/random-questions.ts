import fc from 'fast-check';
import type { Need, RoutingInput, Site } from '../../../../shared/domain/routing/input.ts';
import { at, day, need, now, policy, question, rule, site, sku } from './network.ts';

const skus = ['a', 'b', 'c'];
const bool = fc.boolean();
const seldom = fc.integer({ min: 0, max: 19 }).map((n) => n === 7);
const times = (max: number, unit: number) => fc.integer({ min: 0, max }).map((n) => n * unit);

const needs: fc.Arbitrary<Need[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(...skus),
      quantity: fc.integer({ min: 1, max: 3 }),
      splittable: bool,
      group: fc.constantFrom(undefined, undefined, undefined, 'g'),
      kit: seldom,
      engraved: seldom,
      grams: times(3, 1000),
      value: times(4, 1000),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((lines) =>
    lines.map(({ name, quantity, splittable, group, kit, engraved, grams, value }, index) =>
      need(index + 1, kit ? 'kit' : name, quantity, {
        splittable,
        ...(group && { keepTogetherGroup: group }),
        ...(kit && {
          components: [
            { sku: sku('a'), perUnit: 1 },
            { sku: sku(name), perUnit: 1 },
          ],
        }),
        requiredCapabilities: engraved ? ['customize:engraving'] : [],
        unitWeight: grams,
        unitValue: value,
      }),
    ),
  )
  // What an exhaustive search can look at within a test.
  .filter((lines) => lines.reduce((sum, { quantity }) => sum + quantity, 0) <= 7);

const stock = fc.array(
  fc.record({
    available: fc.integer({ min: 0, max: 5 }),
    safetyStock: fc.constantFrom(0, 0, 0, 1, 2),
    coverDays: fc.constantFrom(undefined, 0.5, 3, 20),
    markdownRisk: fc.constantFrom(undefined, undefined, 100, 700),
  }),
  { minLength: 3, maxLength: 3 },
);

const sites: fc.Arbitrary<Site[]> = fc
  .array(
    fc.record({
      stock,
      enabled: seldom.map((no) => !no),
      inSegment: seldom.map((no) => !no),
      ships: seldom.map((no) => !no),
      engraves: bool,
      abroad: fc.constantFrom(false, false, true),
      sendsHome: seldom.map((no) => !no),
      standardAt: fc.constantFrom(now, now, now, now + day, null),
      expressAt: fc.constantFrom(now, now + day / 2, null),
      express: bool,
      processingMinutes: fc.constantFrom(0, 90),
      ordersLeft: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 5, 1, 0),
      unitsLeft: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 4, 3, 2, 1, 0),
      longitude: fc.integer({ min: -8, max: 2 }),
      placed: seldom.map((no) => !no),
      pickCost: times(5, 20),
      packCost: times(4, 25),
      perParcel: times(5, 100),
      perKilogram: times(3, 50),
      expressParcel: times(5, 150),
      expressKilogram: times(3, 40),
      duty: times(3, 500),
      rejectRate: times(2, 0.25),
      utilization: times(4, 0.25),
      priority: times(10, 100),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((network) =>
    network.map((one, index) =>
      site(
        `s${index}`,
        {},
        {
          enabled: one.enabled,
          inSegment: one.inSegment,
          country: one.abroad ? 'PT' : 'ES',
          capabilities: [...(one.ships ? ['ship'] : []), ...(one.engraves ? ['customize:engraving'] : [])],
          stock: one.stock.map(({ available, safetyStock, coverDays, markdownRisk }, column) => ({
            sku: sku(skus[column] ?? ''),
            available,
            safetyStock,
            ...(coverDays !== undefined && { coverDays }),
            ...(markdownRisk !== undefined && { markdownRisk }),
          })),
          departures: [
            { service: 'standard', earliestAt: one.standardAt },
            { service: 'express', earliestAt: one.expressAt },
          ],
          processingMinutes: one.processingMinutes,
          capacity: {
            ...(one.ordersLeft !== undefined && { ordersLeft: one.ordersLeft }),
            ...(one.unitsLeft !== undefined && { unitsLeft: one.unitsLeft }),
          },
          ...(one.placed && { geo: { latitude: 40, longitude: one.longitude } }),
          pickCost: one.pickCost,
          packCost: one.packCost,
          zones: [{ zone: 'z', countries: one.sendsHome ? ['ES', 'PT'] : ['PT'] }],
          rates: [
            { zone: 'z', service: 'standard', perParcel: one.perParcel, perKilogram: one.perKilogram, transitDays: 3 },
            ...(one.express
              ? [
                  {
                    zone: 'z',
                    service: 'express',
                    perParcel: one.expressParcel,
                    perKilogram: one.expressKilogram,
                    transitDays: 1,
                  },
                ]
              : []),
          ],
          dutyBasisPoints: one.duty,
          rejectRate: one.rejectRate,
          utilization: one.utilization,
          priority: one.priority,
        },
      ),
    ),
  );

const scope = fc.record({
  allowPartial: bool,
  maxParcels: fc.integer({ min: 1, max: 3 }),
  minParcelValue: fc.constantFrom(0, 0, 2000, 4000),
  safetyStock: fc.constantFrom('keep' as const, 'keep' as const, 'ignore' as const),
  respectCapacity: bool,
  meetPromise: bool,
  radiusKm: fc.constantFrom(undefined, undefined, undefined, undefined, 300),
});

const questions: fc.Arbitrary<RoutingInput> = fc
  .record({
    needs,
    sites,
    scope,
    service: fc.constantFrom(undefined, undefined, 'standard', 'express'),
    neededBy: fc.constantFrom(undefined, now + 2 * day, now + 3 * day, now + 3.5 * day),
    rejected: seldom,
    restricted: fc.constantFrom(0, 0, 0, 1, 2),
  })
  .map(({ needs: lines, sites: network, scope: s, service, neededBy, rejected, restricted }) =>
    question(lines, network, {
      delivery: {
        method: 'ship',
        country: 'ES',
        postalCode: '28001',
        geo: { latitude: 40, longitude: -3 },
        ...(service && { service }),
        ...(neededBy !== undefined && { neededBy }),
      },
      rejectedSites: rejected ? [at('s0')] : [],
      restrictions: [[], [{ sku: sku('a'), country: 'ES', locationId: at('s1') }], [{ sku: sku('b'), country: 'ES' }]][
        restricted
      ]!,
      rules: [
        rule({
          allowPartial: s.allowPartial,
          maxParcels: s.maxParcels,
          minParcelValue: s.minParcelValue,
          locationFilter: {
            safetyStock: s.safetyStock,
            respectCapacity: s.respectCapacity,
            meetPromise: s.meetPromise,
            ...(s.radiusKm !== undefined && { radiusKm: s.radiusKm }),
          },
        }),
      ],
      policy: policy('cheapest'),
      budget: 1_000_000,
    }),
  );

/** Small enough to be searched exhaustively, odd enough to meet every filter and every way in which lines compete. */
export const randomQuestion = fc.noBias(questions);

/** The same network with its doors open and its shelves fuller: most plans are possible, so that the search has something to choose from. */
export const generousQuestion = randomQuestion.map((input): RoutingInput => {
  const [given] = input.rules;
  const { radiusKm: _any, ...locationFilter } = given!.locationFilter;
  return {
    ...input,
    rejectedSites: [],
    restrictions: [],
    rules: [{ ...given!, locationFilter: { ...locationFilter, meetPromise: false } }],
    delivery: { ...input.delivery, service: undefined },
    sites: input.sites.map((one) => ({
      ...one,
      enabled: true,
      inSegment: true,
      capabilities: ['ship', 'customize:engraving'],
      departures: one.departures.map(({ service, earliestAt }) => ({
        service,
        earliestAt: earliestAt ?? now + 2 * day,
      })),
      zones: [{ zone: 'z', countries: ['ES'] }],
      capacity: (one.capacity.unitsLeft ?? 0) > 1 ? { unitsLeft: one.capacity.unitsLeft } : {},
      stock: one.stock.map((stock) => ({ ...stock, available: stock.available === 0 ? 0 : stock.available + 1 })),
    })),
  };
});
