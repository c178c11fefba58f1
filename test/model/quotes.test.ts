import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PostalGeocoder } from '../../shared/adapters/geocoding/postal-geocoder.ts';
import { memoryWorld } from '../../shared/adapters/memory/world.ts';
import type { CapacityUse } from '../../shared/domain/capacity.ts';
import { LocationId, OrderId, Sku } from '../../shared/domain/ids.ts';
import { Location } from '../../shared/domain/location.ts';
import { Currency } from '../../shared/domain/money.ts';
import { weekdays } from '../../shared/domain/network/calendar.ts';
import { LocationGroup } from '../../shared/domain/network/location-group.ts';
import { RoutingRule, RoutingRules } from '../../shared/domain/network/routing-rules.ts';
import { SafetyStockRule } from '../../shared/domain/network/safety-stock.ts';
import { ShippingRates } from '../../shared/domain/network/shipping-rates.ts';
import { Storefront, StorefrontId } from '../../shared/domain/network/storefront.ts';
import { addDays, wallClockAt } from '../../shared/domain/network/wall-clock.ts';
import { isLive } from '../../shared/domain/order.ts';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { PolicyName } from '../../shared/domain/routing/policies.ts';
import { execute } from '../../shared/use-cases/execute.ts';
import { quoteCart } from '../../shared/use-cases/quotes/quote-cart.ts';
import { reserveStock } from '../../shared/use-cases/reserve-stock.ts';
import { bucket, networkOf, planningNetwork, seeded, testSystem } from './world.ts';

const runs = Number(process.env.BATUTA_RUNS ?? 150);
const skus = ['tea', 'cup', 'pot'];
const sites = ['a', 'b', 'c', 'd'];
const services = ['standard', 'next_day', 'same_day', 'one_hour', 'weekend'] as const;
const updatedAt = '2026-01-01T00:00:00.000Z';
const pickOf = <T>(...of: T[]) => fc.constantFrom(...of);

const location = fc.record({
  enabled: pickOf(true, true, true, false),
  priority: fc.nat(20),
  processingMinutes: pickOf(0, 20, 120),
  closes: pickOf('11:00', '20:00', '24:00'),
  daysOpen: pickOf(5, 6, 7),
  cutOff: pickOf(undefined, '09:30', '16:00'),
  coordinates: fc.record({ latitude: fc.integer({ min: 37, max: 43 }), longitude: fc.integer({ min: -8, max: 3 }) }),
  stock: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)),
  capacity: pickOf({}, {}, { ordersPerDay: 1 }, { unitsPerDay: 3 }, { ordersPerDay: 2, unitsPerDay: 4 }),
  /** Days on which others take all of that. */
  daysFull: fc.nat(3),
});

const rule = fc.record({
  orderFilter: pickOf({}, {}, { maxValue: 1500 }, { minValue: 1000 }, { regions: ['MD'] }, { countries: ['FR'] }),
  locationFilter: fc.record(
    {
      locationIds: fc.subarray(sites, { minLength: 1 }),
      radiusKm: pickOf(150, 400),
      safetyStock: pickOf('keep' as const, 'ignore' as const),
      meetPromise: fc.boolean(),
      respectCapacity: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  allowPartial: fc.boolean(),
  maxParcels: fc.integer({ min: 1, max: 3 }),
  minParcelValue: pickOf(0, 0, 700),
  weights: pickOf(undefined, { distance: 5 }, { speed: 50, cost: 0 }),
  onFail: pickOf('nextRule' as const, 'nextRule' as const, 'backorder' as const, 'queue' as const),
});

const world = fc.record({
  locations: fc.tuple(location, location, location, location),
  rates: fc.array(
    fc.record({
      service: pickOf(...services),
      locationId: pickOf(undefined, undefined, ...sites),
      perParcel: fc.nat(900),
      transitDays: pickOf(0, 0, 0.02, 0.5, 3),
    }),
    { minLength: 5, maxLength: 16 },
  ),
  policy: pickOf(...PolicyName.options),
  maxParcels: fc.integer({ min: 1, max: 3 }),
  members: fc.subarray(sites, { minLength: 2 }),
  safety: fc.nat(2),
  lines: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(3), fc.nat(2)),
  /** Minutes after Monday, midnight in Madrid. */
  at: fc.nat(7 * 24 * 60 - 1),
  extraDays: fc.nat(2),
  /** An order waits for the last SKU, ahead of everybody. */
  isAwaited: pickOf(true, false, false, false),
  rules: fc.array(rule, { maxLength: 3 }),
  region: pickOf(undefined, 'MD'),
  /** How long the customer takes to choose, of the time that the quote holds. */
  hesitates: pickOf(0, 0, 0.5, 1),
  /** Which lines go out from one site. */
  together: pickOf(undefined, undefined, undefined, undefined, { splittable: false }, { keepTogether: 'set' }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

function locationOf(id: string, one: World['locations'][number]): Location {
  const { stock: _, daysFull: __, coordinates, closes, daysOpen, cutOff, ...rest } = one;
  const hours = Object.fromEntries(weekdays.slice(0, daysOpen).map((day) => [day, [{ from: '08:00', to: closes }]]));
  return Location.parse({
    id,
    name: id,
    kind: 'store',
    country: 'ES',
    timeZone: 'Europe/Madrid',
    site: { coordinates },
    cutOffs: cutOff ? { standard: cutOff, same_day: cutOff, one_hour: cutOff } : {},
    calendar: { hours },
    updatedAt,
    ...rest,
  });
}

function networkFor(one: World) {
  const web = Storefront.parse({
    id: 'web',
    name: 'Web',
    kind: 'web',
    locationGroupId: 'group',
    routingPolicy: one.policy,
    maxParcels: one.maxParcels,
    deliveryOptions: services.map((service) => ({
      id: service,
      name: service,
      method: 'ship',
      service,
      ...(service !== 'one_hour' && { extraDays: one.extraDays }),
      prices: [{ currency: 'EUR', amount: 100 }],
    })),
    updatedAt,
  });
  const group = LocationGroup.parse({
    id: 'group',
    name: 'Group',
    locations: one.members.map((locationId) => ({ locationId })),
    updatedAt,
  });
  const unique = new Map(one.rates.map((rate) => [`${rate.service} ${rate.locationId}`, { zone: 'all', ...rate }]));
  return networkOf({
    locations: sites.map((id, index) => locationOf(id, one.locations[index] as World['locations'][number])),
    storefronts: new Map([[web.id, web]]),
    groups: new Map([[group.id, group]]),
    safety: [SafetyStockRule.parse({ units: one.safety, locationId: 'a' })],
    rates: ShippingRates.parse({ zones: [{ zone: 'all' }], rates: [...unique.values()] }),
    rules: rulesOf(one),
  });
}

function rulesOf({ rules }: World) {
  if (rules.length === 0) return new Map();
  const named = Array.from(rules, (each, n) => RoutingRule.parse({ name: `rule ${n}`, ...each }));
  return new Map([['web', RoutingRules.parse({ id: 'web', version: 3, rules: named, updatedAt })]]);
}

/** Others have taken all that locations do on some days. */
function fillDays(one: World, capacity: Map<string, CapacityUse>): void {
  const today = wallClockAt('Europe/Madrid', startOf(one)).date;
  for (const [index, { daysFull, capacity: limits }] of one.locations.entries()) {
    for (let day = 0; day < daysFull; day++) {
      const used = { orders: limits.ordersPerDay ?? 1, units: limits.unitsPerDay ?? 1 };
      capacity.set(`${sites[index]} ${addDays(today, day)}`, used);
    }
  }
}

const startOf = ({ at }: World): number => Date.parse('2026-01-04T23:00:00Z') + at * 60_000;

const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const address = { name: 'Ada', line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' };

function shop(one: World) {
  const memory = memoryWorld(
    sites.flatMap((id, site) => skus.map((sku, index) => bucket(sku, id, one.locations[site]?.stock[index] ?? 0))),
  );
  const network = networkFor(one);
  fillDays(one, memory.capacity);
  const system = testSystem(seeded(1), new Date(startOf(one)).toISOString());
  const region = one.region === undefined ? {} : { region: one.region };
  const deps = {
    orders: memory.store,
    system,
    policy: defaultPolicy,
    network: planningNetwork(() => network, memory.buckets, memory.capacity),
    backorders: memory.backorders,
    geocoder: new PostalGeocoder(),
    kits: { kitsAmong: async () => new Map() },
    stockQueries: { expectedSupplies: async () => [] },
  };
  const lines = one.lines.flatMap((quantity, index) =>
    quantity > 0 ? [{ sku: Sku.parse(skus[index]), quantity, unitPrice: 500, ...one.together }] : [],
  );
  const place = async (delivery: object, wanted = lines) => {
    const id = OrderId.parse(`ord_${system.ulid()}`);
    const executed = await execute(
      deps,
      id,
      [
        {
          type: 'place',
          orderId: id,
          externalId: id,
          channel: 'web',
          currency: Currency.parse('EUR'),
          customer: { id: 'cus_1' },
          contact: { email: 'ada@example.com', name: 'Ada' },
          lines: wanted,
          delivery: { method: 'ship', service: 'standard', address: { ...address, ...region }, ...delivery },
          payments: [{ method: 'card', token: 'tok_ok' }],
        },
      ],
      { ...meta, actor: { id: 'test', role: 'storefront' } },
    );
    if (executed.outcome !== 'done') throw new Error(executed.outcome);
    await reserveStock(deps, id, meta);
    const order = memory.orders.get(id);
    return (order?.lines ?? [])
      .flatMap(({ sku, reservations }) =>
        reservations.filter(isLive).map(({ locationId, quantity }) => `${sku} ${locationId} ${quantity}`),
      )
      .sort();
  };
  return { memory, deps, lines, place, system };
}

test('an order that is placed with a quoted option before the quote expires goes out from the quoted sites, and would be there in time', async () => {
  const offered = { plainly: 0, byRules: 0, pastFullDays: 0 };
  await fc.assert(
    fc.asyncProperty(world, async (one) => {
      const ask = async () => {
        const { deps, lines, memory, place, system } = shop(one);
        // Nobody has that many: the order waits, and takes what comes before the quoted one.
        if (one.isAwaited) await place({}, [{ sku: Sku.parse('pot'), quantity: 1000, unitPrice: 1 }]);
        const before = structuredClone([...memory.buckets, ...memory.capacity]);
        const quoted = await quoteCart(deps, {
          storefrontId: StorefrontId.parse('web'),
          currency: Currency.parse('EUR'),
          lines,
          address: {
            country: 'ES',
            postalCode: address.postalCode,
            ...(one.region !== undefined && { region: one.region }),
          },
          timeZone: undefined,
        });
        if (quoted.outcome !== 'quoted') throw new Error(quoted.outcome);
        expect([...memory.buckets, ...memory.capacity], 'a quote changes nothing').toEqual(before);
        system.advance(Math.floor(one.hesitates * (quoted.expiresAt - quoted.quotedAt)));
        return { quoted, place };
      };
      for (const [index, service] of services.entries()) {
        const { quoted, place } = await ask();
        const answer = quoted.options[index];
        if (!answer || !('offer' in answer)) continue;
        const { plan, promisedBy, time } = answer.offer;
        offered[one.rules.length > 0 ? 'byRules' : 'plainly'] += 1;
        const isFull = (id: string) => one.locations.some(({ daysFull }, n) => sites[n] === id && daysFull > 0);
        if (plan.locations.every(isFull)) offered.pastFullDays += 1;
        const lineOf = new Map(quoted.order.lines.map(({ id, sku }) => [id, sku]));
        const expected = plan.allocations.map(
          ({ lineId, locationId, quantity }) => `${lineOf.get(lineId)} ${locationId} ${quantity}`,
        );
        expect(await place({ service, promisedBy: new Date(promisedBy).toISOString() })).toEqual(expected.sort());
        for (const { arrivalAt, locationId } of plan.parcels) {
          expect(arrivalAt).toBeLessThanOrEqual(promisedBy);
          expect(one.members).toContain(LocationId.parse(locationId));
        }
        expect(time.from).toBeLessThan(time.to);
        expect(time.earliestDate <= time.latestDate).toBe(true);
        expect(quoted.expiresAt).toBeGreaterThanOrEqual(quoted.quotedAt);
      }
    }),
    { numRuns: runs, seed: Number(process.env.BATUTA_SEED ?? 4) },
  );
  // The worlds are not so poor that nothing is ever offered.
  for (const [how, times] of Object.entries(offered)) expect(times, how).toBeGreaterThan(runs / 10);
}, 120_000);
