import { describe, expect, test } from 'vitest';
import { decideRoute } from '../../../../shared/domain/routing/decide-route.ts';
import { RoutingDecision } from '../../../../shared/domain/routing/decision.ts';
import { explain } from '../../../../shared/domain/routing/explain.ts';
import { RoutingInput } from '../../../../shared/domain/routing/input.ts';
import { runShadow } from '../../../../shared/domain/routing/shadow.ts';
import { whatIf } from '../../../../shared/domain/routing/what-if.ts';
import { at, day, eur, need, now, policy, question, rule, site, sku } from './network.ts';

const taken = (decision: RoutingDecision) =>
  (decision.chosen?.allocations ?? []).map(({ lineId, locationId, quantity }) => `${lineId} ${locationId} ${quantity}`);

describe('what goes wrong elsewhere, by thread', () => {
  test('vendure #4030: 13 units over 10 + 15 never plan more than were asked for', () => {
    const one = decideRoute(question([need(1, 'a', 13)], [site('x', { a: 10 }), site('y', { a: 15 })]));
    expect(taken(one)).toEqual(['line_1 y 13']);
    const two = decideRoute(question([need(1, 'a', 13)], [site('x', { a: 10 }), site('y', { a: 12 })]));
    expect(two.chosen?.allocations.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(13);
    expect(two.chosen?.locations).toEqual(['x', 'y']);
  });

  test('medusa #16502: two lines and a kit that share a component do not count the last unit twice', () => {
    const kit = need(2, 'set', 1, { components: [{ sku: sku('a'), perUnit: 2 }] });
    const decision = decideRoute(question([need(1, 'a', 2), kit], [site('x', { a: 3 })]));
    expect(decision.outcome).toBe('partial');
    // One kit and one piece, or two pieces: both serve two units; never both lines in full.
    expect(decision.chosen?.kpis.unitsServed).toBe(2);
    expect(decideRoute(question([need(1, 'a', 1), need(2, 'a', 1)], [site('x', { a: 1 })])).short).toHaveLength(1);
  });

  test('medusa #14987, #15132: what the sites have together is planned from both, not all of it from the first', () => {
    const decision = decideRoute(question([need(1, 'a', 5)], [site('x', { a: 3 }), site('y', { a: 2 })]));
    expect(taken(decision)).toEqual(['line_1 x 3', 'line_1 y 2']);
    expect(decision.outcome).toBe('routed');
  });

  test('vendure #3588: an order is split over sites; a line that may not be split stays whole', () => {
    const lines = [need(1, 'a', 2), need(2, 'b', 2, { splittable: false })];
    const split = decideRoute(question(lines, [site('x', { a: 2, b: 1 }), site('y', { b: 2 })]));
    expect(taken(split)).toEqual(['line_1 x 2', 'line_2 y 2']);
    const halves = decideRoute(question([lines[1]!], [site('x', { b: 1 }), site('y', { b: 1 })]));
    expect(halves).toMatchObject({ outcome: 'backorder', chosen: null, short: [{ lineId: 'line_2', quantity: 2 }] });
  });

  test('saleor #12888: the choice is not arbitrary, and stock of sites outside the segment stays theirs', () => {
    const franchise = site('a-franchise', { a: 9 }, { inSegment: false });
    const sites = [franchise, site('north', { a: 9 }, { pickCost: 30 }), site('south', { a: 9 })];
    for (const order of [sites, sites.toReversed()]) {
      const decision = decideRoute(question([need(1, 'a', 1)], order));
      expect(decision.chosen?.locations).toEqual(['south']);
      expect(explain(decision, eur).excluded).toEqual([
        {
          locationId: 'a-franchise',
          code: 'NOT_IN_SEGMENT',
          reasons: ['NOT_IN_SEGMENT: outside the scope by storefront'],
        },
      ]);
      expect(explain(decision, eur).comparison?.text).toBe('south beat north by 0.20 EUR: pick +0.20 EUR.');
    }
  });

  test('medusa #16338: a plan names for each unit the one site it comes from', () => {
    const decision = decideRoute(
      question([need(1, 'a', 4), need(2, 'b', 1)], [site('x', { a: 3, b: 1 }), site('y', { a: 3 })]),
    );
    const { allocations = [], locations = [] } = decision.chosen ?? {};
    expect(allocations.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(5);
    for (const { locationId } of allocations) expect(locations).toContain(locationId);
  });
});

describe('decisions and questions about them', () => {
  const twoSites = question(
    [need(1, 'a', 3)],
    [
      site('x', { a: 2 }, { stock: [{ sku: sku('a'), available: 3, safetyStock: 1 }] }),
      site('y', { a: 5 }, { pickCost: 90 }),
    ],
  );

  test('an exclusion tells its numbers: needed 3, available 3, safety stock 1', () => {
    const alone = { ...twoSites, needs: [need(1, 'a', 3, { splittable: false })] };
    expect(explain(decideRoute(alone), eur).excluded[0]?.reasons).toEqual([
      'SAFETY_STOCK: line_1: 3 of a needed, available 3, safety stock 1',
    ]);
  });

  test('input and decision are plain data: stored, parsed and replayed they are the same', () => {
    const decision = decideRoute(twoSites, { shadow: ['fastest'] });
    const replayed = decideRoute(RoutingInput.parse(JSON.parse(JSON.stringify(twoSites))), { shadow: ['fastest'] });
    expect(replayed).toEqual(decision);
    expect(RoutingDecision.parse(JSON.parse(JSON.stringify(decision)))).toEqual(decision);
    expect(decideRoute({ ...twoSites, now: now + 1 }).inputHash).not.toBe(decision.inputHash);
  });

  test('what if a site closes, or has one unit more?', () => {
    const closed = whatIf(twoSites, { closeSites: [at('y')] });
    expect(closed).toMatchObject({ changed: true, outcome: { before: 'routed', after: 'partial' } });
    expect(closed.exclusions).toEqual([{ locationId: 'y', before: null, after: 'DISABLED' }]);
    const more = whatIf(twoSites, { addStock: [{ locationId: at('x'), sku: sku('a'), units: 1 }] });
    expect(more.locations).toMatchObject({ before: ['y'], after: ['x'] });
    expect(more.score).toBeLessThan(0);
    expect(() => whatIf(twoSites, { closeSites: [at('nowhere')] })).toThrow(RangeError);
  });

  test('shadow policies tell what they would have done, and change nothing', () => {
    const fast = { zone: 'home', service: 'standard', perParcel: 900, perKilogram: 0, transitDays: 1 };
    const asked = question([need(1, 'a', 1)], [site('x', { a: 1 }), site('y', { a: 1 }, { rates: [fast] })]);
    expect(decideRoute(asked).chosen?.locations).toEqual(['x']);
    const [shadow] = runShadow(asked, ['fastest']);
    expect(shadow).toMatchObject({ locations: ['y'], kpis: { arrivalAt: now + day, cost: 960 } });
  });

  test('rules are asked in turn: own stores first, then anybody; the trail says so', () => {
    const stores = rule({
      name: 'stores',
      locationFilter: { kinds: ['store'] },
      allowPartial: false,
      onFail: 'nextRule',
    });
    const asked = { ...twoSites, rules: [stores, rule({ name: 'all' })], policy: policy('by_priority') };
    const decision = decideRoute(asked);
    expect(decision.trail.map(({ rule: name, result }) => `${name} ${result}`)).toEqual([
      'stores failed',
      'all covered',
    ]);
    const nobody = decideRoute({ ...asked, rules: [{ ...stores, onFail: { cancelAfterDays: 14 } }] });
    expect(nobody).toMatchObject({ outcome: 'cancel_after', cancelAfterDays: 14, chosen: null });
  });

  test('pick-up skips the search: the chosen store or none', () => {
    const counter = site(
      'store',
      { a: 1 },
      { capabilities: ['pickup'], departures: [{ service: 'pickup', earliestAt: now }] },
    );
    const delivery = { method: 'pickup', pickupLocationId: at('store'), country: 'ES', postalCode: '28001' } as const;
    const asked = question([need(1, 'a', 1)], [counter, site('x', { a: 9 })], { delivery });
    expect(decideRoute(asked).chosen?.parcels).toMatchObject([
      { locationId: 'store', service: 'pickup', kilometers: 0 },
    ]);
    expect(decideRoute({ ...asked, needs: [need(1, 'a', 2, { splittable: false })] }).outcome).toBe('backorder');
  });

  test('a budget of one look is spent at once, and the decision says that it was cut short', () => {
    const decision = decideRoute({
      ...question([need(1, 'a', 13)], [site('x', { a: 10 }), site('y', { a: 12 })]),
      budget: 1,
    });
    expect(decision.truncated).toBe(true);
    expect(explain(decision, eur).notes[0]).toContain('stopped at its budget');
  });
});
