import { LocationId, lineId, Sku } from '../shared/domain/ids.ts';
import { Currency } from '../shared/domain/money.ts';
import { decideRoute } from '../shared/domain/routing/decide-route.ts';
import type { Need, RoutingInput, Site } from '../shared/domain/routing/input.ts';
import { PolicyName, policyWeights } from '../shared/domain/routing/policies.ts';
import { withPolicy } from '../shared/domain/routing/shadow.ts';

/**
 * `node bench/routing.ts`: how long a routing decision takes, in milliseconds, fingerprint of the input counted in. Networks and orders are drawn from a fixed
 * seed: a 20-line order over 200 sites, for every policy and for shelves that hold much, half and little of what is asked, and 1,000 lines over 20 sites.
 */
const now = Date.UTC(2026, 10, 23, 9);
const day = 86_400_000;

/** Mulberry32 (public domain): the same numbers on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Shape {
  lines: number;
  sites: number;
  /** Chance that a site holds a SKU at all. */
  held: number;
  maxParcels: number;
}

function question({ lines, sites, held, maxParcels }: Shape, seed: number): RoutingInput {
  const next = random(seed);
  const upTo = (n: number) => Math.floor(next() * n);
  const skus = Array.from({ length: lines }, (_, n) => Sku.parse(`sku-${n}`));
  const needs = skus.map(
    (sku, n): Need => ({
      lineId: lineId(n + 1),
      sku,
      quantity: 1 + upTo(4),
      splittable: next() < 0.5,
      requiredCapabilities: [],
      unitWeight: 100 + upTo(3000),
      unitValue: 500 + upTo(10_000),
    }),
  );
  const network = Array.from({ length: sites }, (_, n): Site => {
    const express = 500 + upTo(900);
    return {
      locationId: LocationId.parse(`site-${String(n).padStart(3, '0')}`),
      kind: n % 10 === 0 ? 'distribution_center' : 'store',
      country: 'ES',
      geo: { latitude: 36 + next() * 7, longitude: -9 + next() * 12 },
      timeZone: 'Europe/Madrid',
      enabled: next() < 0.97,
      inSegment: true,
      groups: [],
      priority: upTo(1000),
      capabilities: ['ship'],
      departures: [
        { service: 'standard', earliestAt: now + upTo(2) * day },
        { service: 'express', earliestAt: now },
      ],
      processingMinutes: 30 + upTo(120),
      capacity: { ordersLeft: upTo(50) },
      stock: skus.flatMap((sku) =>
        next() < held
          ? [{ sku, available: 1 + upTo(8), safetyStock: upTo(2), coverDays: 1 + upTo(60), markdownRisk: upTo(200) }]
          : [],
      ),
      pickCost: 20 + upTo(80),
      packCost: 40 + upTo(60),
      dutyBasisPoints: 0,
      zones: [{ zone: 'home', countries: ['ES'] }],
      rates: [
        { zone: 'home', service: 'standard', perParcel: 250 + upTo(400), perKilogram: 20 + upTo(40), transitDays: 2 },
        { zone: 'home', service: 'express', perParcel: express, perKilogram: 40 + upTo(60), transitDays: 1 },
      ],
      rejectRate: next() * 0.2,
      utilization: next(),
    };
  });
  return {
    now,
    currency: Currency.parse('EUR'),
    order: { storefront: 'web', channel: 'web', priority: 0, value: 100_000, tags: [], placedAt: now },
    delivery: {
      method: 'ship',
      country: 'ES',
      postalCode: '28001',
      geo: { latitude: 40.4, longitude: -3.7 },
      neededBy: now + 3 * day,
    },
    needs,
    sites: network,
    restrictions: [],
    rejectedSites: [],
    rules: [
      {
        name: 'any',
        orderFilter: {},
        locationFilter: { safetyStock: 'keep', respectCapacity: true, meetPromise: false },
        allowPartial: true,
        maxParcels,
        minParcelValue: 0,
        onFail: 'backorder',
      },
    ],
    policy: {
      name: 'cheapest',
      version: '1',
      weights: policyWeights.cheapest,
      rates: {
        lateHourSquared: 10,
        hour: 5,
        extraParcel: 300,
        kilometer: 1,
        scarcity: 500,
        fullSite: 300,
        utilizationPower: 2,
        rejection: 400,
        priorityPoint: 1,
      },
    },
    budget: 20_000,
  };
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Milliseconds of processor time of this thread, whatever else the machine does. The kernel brings its count up to date when a thread pauses or a tick (4 ms on many
 * machines) ends: hence the pause.
 */
function cpu(): number {
  Atomics.wait(pause, 0, 0, 0.01);
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * `p50`, `p95` and `max`: by the clock, so what others do on the machine counts. `cpu`: processor time of one decision, by the mean and by
 * its own p95, asked for the first time and once more; `nodes`: what the search looked at (`evaluations`).
 */
function measure(shape: Shape, policy: PolicyName, runs: number) {
  const inputs = Array.from({ length: runs }, (_, n) => withPolicy(question(shape, n + 1), policy));
  const times: number[] = [];
  const spent: number[] = [];
  const nodes: number[] = [];
  let truncated = 0;
  let partial = 0;
  let parcels = 0;
  for (const input of inputs) {
    const began = cpu();
    const start = performance.now();
    const decision = decideRoute(input);
    times.push(performance.now() - start);
    spent.push(cpu() - began);
    nodes.push(decision.evaluations);
    truncated += decision.truncated ? 1 : 0;
    partial += decision.outcome === 'routed' ? 0 : 1;
    parcels += decision.chosen?.parcels.length ?? 0;
  }
  const again = inputs.map((input) => {
    const began = cpu();
    decideRoute(input);
    return cpu() - began;
  });
  const rounded = (value: number) => Number(value.toFixed(2));
  const meanOf = (values: number[]) => rounded(values.reduce((sum, value) => sum + value, 0) / runs);
  const at = (values: number[], share: number) =>
    rounded(values.toSorted((a, b) => a - b)[Math.min(runs - 1, Math.floor(runs * share))] ?? 0);
  return {
    ...{ p50: at(times, 0.5), p95: at(times, 0.95), max: at(times, 1) },
    cpu: { mean: meanOf(spent), p95: at(spent, 0.95), p95Again: at(again, 0.95) },
    nodes: { mean: Math.round(meanOf(nodes)), max: at(nodes, 1) },
    ...{ truncated, partial, parcels: rounded(parcels / runs) },
  };
}

const report = (row: Record<string, unknown>) => console.log(JSON.stringify(row));
// One run that is not counted: the compiler's.
measure({ lines: 20, sites: 200, held: 0.6, maxParcels: 3 }, 'cheapest', 30);
for (const held of [0.95, 0.6, 0.3]) {
  for (const policy of PolicyName.options) {
    report({
      order: '20 lines, 200 sites',
      held,
      policy,
      ...measure({ lines: 20, sites: 200, held, maxParcels: 3 }, policy, 60),
    });
  }
}
for (const policy of PolicyName.options) {
  report({
    order: '1,000 lines, 20 sites',
    held: 0.9,
    policy,
    ...measure({ lines: 1000, sites: 20, held: 0.9, maxParcels: 4 }, policy, 5),
  });
}
