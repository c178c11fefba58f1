import { describe, expect, test } from 'vitest';
import { routeItems } from '../../../shared/adapters/dynamodb/route-items.ts';
import { lineId, Sku } from '../../../shared/domain/ids.ts';
import { Location } from '../../../shared/domain/location.ts';
import { LocationGroup } from '../../../shared/domain/network/location-group.ts';
import { Restrictions, restrictionsOn } from '../../../shared/domain/network/restrictions.ts';
import { SafetyStockRule } from '../../../shared/domain/network/safety-stock.ts';
import { ShippingRates } from '../../../shared/domain/network/shipping-rates.ts';
import { Storefront } from '../../../shared/domain/network/storefront.ts';
import { decideRoute } from '../../../shared/domain/routing/decide-route.ts';
import { RoutingInput } from '../../../shared/domain/routing/input.ts';
import type { Network } from '../../../shared/ports/network.ts';
import { recordOf } from '../../../shared/use-cases/routing/route-record.ts';
import { routingInput } from '../../../shared/use-cases/routing/routing-input.ts';
import { networkOf, seeded } from '../../model/world.ts';
import { location as at, placeCommand, story } from '../domain/orders.ts';

const updatedAt = '2026-01-01T00:00:00.000Z';
/** A Monday, ten in the morning in Madrid. */
const monday = Date.parse('2026-01-05T09:00:00Z');
const cup = Sku.parse('cup');

const madrid = (id: string, changes: object = {}) =>
  Location.parse({
    id,
    name: id,
    kind: 'warehouse',
    country: 'ES',
    timeZone: 'Europe/Madrid',
    priority: 5,
    enabled: true,
    updatedAt,
    ...changes,
  });
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const officeHours = { hours: Object.fromEntries(weekdays.map((day) => [day, [{ from: '09:00', to: '17:00' }]])) };

function inputFor(network: Partial<Network>, left: Record<string, number>, now = monday): RoutingInput {
  const one = story();
  one.given({ ...placeCommand([{ sku: 'cup', quantity: 3, unitPrice: 500 }]), channel: 'web' });
  const stock = {
    category: undefined,
    safety: [],
    left: new Map(Object.entries(left).map(([id, units]) => [at(id), units])),
  };
  return routingInput({
    order: one.order,
    wanted: [{ lineId: lineId(1), sku: cup, quantity: 3 }],
    network: networkOf(network),
    stock: new Map([[cup, stock]]),
    geo: undefined,
    now,
    policy: { backorder: 'allow', splitKits: false },
  });
}

const siteIn = (input: RoutingInput, id: string) => {
  const site = input.sites.find(({ locationId }) => locationId === id);
  if (!site) throw new Error(`no site ${id}`);
  return site;
};

describe('what a routing decision is made on', () => {
  test('a shop that configured nothing: every location, no costs, by priority; the schema holds', () => {
    const input = inputFor({}, { 'dc-1': 5, 'dc-2': 5 });
    expect(RoutingInput.parse(input)).toEqual(input);
    expect(input.policy.name).toBe('by_priority');
    expect(input.sites.map(({ locationId, inSegment }) => `${locationId} ${inSegment}`)).toEqual([
      'dc-1 true',
      'dc-2 true',
      'store-1 true',
    ]);
    const { chosen } = decideRoute(input);
    expect(chosen).toMatchObject({ locations: ['dc-1'], kpis: { cost: 0, parcels: 1 } });
  });

  test('a split only where one site cannot do it alone, the lower priority before a second parcel', () => {
    expect(decideRoute(inputFor({}, { 'dc-1': 2, 'store-1': 3 })).chosen?.locations).toEqual(['store-1']);
    expect(decideRoute(inputFor({}, { 'dc-1': 2, 'dc-2': 1, 'store-1': 1 })).chosen?.locations).toEqual([
      'dc-1',
      'dc-2',
    ]);
  });

  test('the group, safety stock, policy and parcels of the storefront', () => {
    const group = LocationGroup.parse({
      id: 'g',
      name: 'g',
      locations: [{ locationId: 'dc-1' }, { locationId: 'dc-2', active: false }],
      updatedAt,
    });
    const web = Storefront.parse({
      id: 'web',
      name: 'Web',
      kind: 'web',
      locationGroupId: 'g',
      routingPolicy: 'nearest',
      maxParcels: 2,
      updatedAt,
    });
    const safety = [
      SafetyStockRule.parse({ sku: 'cup', units: 4 }),
      SafetyStockRule.parse({ locationId: 'dc-1', units: 9 }),
    ];
    const input = inputFor(
      { groups: new Map([[group.id, group]]), storefronts: new Map([[web.id, web]]), safety },
      { 'dc-1': 5, 'dc-2': 5 },
    );
    expect(input.sites.filter(({ inSegment }) => inSegment).map(({ locationId }) => locationId)).toEqual(['dc-1']);
    expect(siteIn(input, 'dc-1').stock).toEqual([{ sku: 'cup', available: 5, safetyStock: 4 }]);
    expect([input.policy.name, input.rules[0]?.maxParcels]).toEqual(['nearest', 2]);
  });

  test('parcels leave at the end of work of the first day that makes it: cut-off, weekend, processing', () => {
    const leaves = (changes: object, now: string) => {
      const locations = [madrid('dc', { calendar: officeHours, ...changes })];
      const [departure] = siteIn(inputFor({ locations }, { dc: 5 }, Date.parse(now)), 'dc').departures;
      return departure?.earliestAt === null || !departure ? null : new Date(departure.earliestAt).toISOString();
    };
    const cutOffs = { standard: '12:00' };
    expect(leaves({ cutOffs }, '2026-01-05T10:00:00Z')).toBe('2026-01-05T16:00:00.000Z');
    expect(leaves({ cutOffs }, '2026-01-05T11:00:00Z')).toBe('2026-01-06T16:00:00.000Z');
    expect(leaves({}, '2026-01-09T17:00:00Z')).toBe('2026-01-12T16:00:00.000Z');
    expect(leaves({ processingMinutes: 600 }, '2026-01-05T08:00:00Z')).toBe('2026-01-06T16:00:00.000Z');
    expect(leaves({ calendar: { hours: {} } }, '2026-01-05T08:00:00Z')).toBeNull();
    expect(leaves({ calendar: undefined }, '2026-07-05T09:00:00Z')).toBe('2026-07-05T22:00:00.000Z');
  });

  test('a location’s own rates take the place of the general ones; a zone without countries is the rest of the world', () => {
    const rate = { zone: 'home', service: 'standard', perParcel: 500 };
    const rates = ShippingRates.parse({
      zones: [{ zone: 'home', countries: ['ES'] }, { zone: 'world' }],
      rates: [rate, { ...rate, locationId: 'a', perParcel: 300 }, { ...rate, zone: 'world', perParcel: 2000 }],
    });
    const input = inputFor({ locations: [madrid('a'), madrid('b')], rates }, { a: 5, b: 5 });
    const prices = (id: string) => siteIn(input, id).rates.map(({ zone, perParcel }) => `${zone} ${perParcel}`);
    expect(prices('a')).toEqual(['home 300', 'world 2000']);
    expect(prices('b')).toEqual(['home 500', 'world 2000']);
    expect(siteIn(input, 'a').zones[1]).toEqual({ zone: 'world', countries: [input.delivery.country] });
  });

  test('of the restrictions, those on these goods and this country are decided on, categories by SKU', () => {
    const restrictions = Restrictions.parse({
      restrictions: [
        { sku: 'cup', locationId: 'a' },
        { sku: 'other' },
        { category: 'glass', country: 'ES' },
        { category: 'glass', country: 'FR' },
        { locationId: 'b', country: 'ES' },
      ],
    });
    const cups = (category: string) => restrictionsOn(restrictions.restrictions, new Map([[cup, { category }]]), 'ES');
    expect(cups('glass')).toEqual([
      { sku: 'cup', locationId: 'a' },
      { sku: 'cup', country: 'ES' },
      { locationId: 'b', country: 'ES' },
    ]);
    expect(cups('steel')).toHaveLength(2);
    const input = inputFor({ locations: [madrid('a'), madrid('b')], restrictions }, { a: 5, b: 5 });
    expect(decideRoute(input).chosen).toBeNull();
  });

  test('of hundreds of sites 60 are kept, those that may serve first, the rest is counted', () => {
    const locations = Array.from({ length: 200 }, (_, n) =>
      madrid(`s-${String(n).padStart(3, '0')}`, { enabled: n === 199 }),
    );
    const input = inputFor({ locations }, { 's-199': 5 });
    const { decision, leftOut } = recordOf(decideRoute(input), input, updatedAt);
    expect(leftOut.candidates).toBe(140);
    expect(decision.candidates[0]).toMatchObject({ locations: ['s-199'], covers: 3 });
    expect(decision.candidates.filter(({ excludedBy }) => excludedBy === 'DISABLED')).toHaveLength(59);
  });

  test('a site that has given these goods back is out for them, and says so', () => {
    const input = { ...inputFor({}, { 'dc-1': 5, 'dc-2': 5 }), rejectedGoods: [{ sku: cup, locationId: at('dc-1') }] };
    const { chosen, candidates } = decideRoute(input);
    expect(chosen?.locations).toEqual(['dc-2']);
    expect(candidates.find(({ locations: [id] }) => id === 'dc-1')).toMatchObject({
      excludedBy: 'REJECTED_BEFORE',
      reasons: [{ code: 'REJECTED_BEFORE', lineId: 'line_1', sku: 'cup' }],
    });
  });

  test('an input that is too large for an item is kept as its hash only', () => {
    const one = story();
    one.given(placeCommand([{ sku: 'cup', quantity: 3, unitPrice: 500 }]));
    const random = seeded(1);
    const noise = () => Array.from({ length: 60 }, () => Math.floor(random() * 36).toString(36)).join('');
    const small = inputFor({}, { 'dc-1': 5 });
    const large = { ...small, order: { ...small.order, tags: Array.from({ length: 10_000 }, noise) } };
    const rowsOf = (input: RoutingInput) => routeItems(one.order, recordOf(decideRoute(input), input, updatedAt));
    expect(rowsOf(small).map(({ sk }) => sk)).toEqual(['ROUTE#0000000001', 'ROUTE_INPUT#0000000001']);
    expect(rowsOf(large).map(({ sk }) => sk)).toEqual(['ROUTE#0000000001']);
  });

  test('a large order gets fewer looks, as each takes longer', () => {
    const one = story();
    one.given(placeCommand([{ sku: 'cup', quantity: 3, unitPrice: 500 }]));
    const budgetOf = (lines: number) => {
      const wanted = Array.from({ length: lines }, (_, n) => ({ lineId: lineId(n + 1), sku: cup, quantity: 1 }));
      const question = {
        order: one.order,
        wanted,
        network: networkOf(),
        stock: new Map(),
        geo: undefined,
        now: monday,
      };
      return routingInput({ ...question, policy: { backorder: 'allow', splitKits: false } }).budget;
    };
    expect([1, 100, 1000, 5000].map(budgetOf)).toEqual([20_000, 10_000, 1000, 1000]);
  });
});
