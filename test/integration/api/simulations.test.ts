import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoRouteHistory } from '../../../shared/adapters/dynamodb/route-history.ts';
import { dynamoSimulations } from '../../../shared/adapters/dynamodb/simulation-store.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { SimulationId, type SimulationStore } from '../../../shared/ports/simulations.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { simulateRoutes } from '../../../shared/use-cases/routing/simulate-routes.ts';
import { tendSimulations } from '../../../shared/use-cases/routing/tend-simulations.ts';
import { seeded } from '../../model/world.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

interface Side {
  unitsServed: number;
  unitsShort: number;
  parcels: number;
  splits: number;
  splitRate: number;
  late: number;
  cost: Record<string, number>;
}
interface Totals {
  orders: number;
  decisions: number;
  changed: number;
  before: Side;
  after: Side;
}
interface Simulated {
  id: string;
  state: string;
  progress: { total?: number; done: number; skipped: Record<string, number> };
  totals: Totals;
  days: (Totals & { day: string })[];
  sites: { locationId: string; before: { units: number; share: number }; after: { units: number; share: number } }[];
  mostChanged: { orderId: string; before: { locations: string[] }; after: { locations: string[] } }[];
}

let api: ApiForTests;
let simulations: SimulationStore;
const hour = 3_600_000;
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const week = { from: '2026-01-05', to: '2026-01-07' };
const ids: string[] = [];

const put = async (path: string, body: object) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(answer.text);
};
let keys = 0;
const start = (body: object, key = `sim-${++keys}`) =>
  api.ask('POST', '/v1/routing/simulate', { body, headers: { 'idempotency-key': key } });
const read = async (id: string) =>
  (await api.ask('GET', `/v1/routing/simulations/${id}`, { as: 'agent' })).body as Simulated;
const run = (id: string, hasTime: () => boolean = () => true, store = simulations) =>
  simulateRoutes(
    { simulations: store, history: dynamoRouteHistory(api.client, 'orders'), system: api.system },
    SimulationId.parse(id),
    hasTime,
  );
const simulate = async (body: object): Promise<Simulated> => {
  const { id } = (await start(body)).body as { id: string };
  await run(id);
  return read(id);
};
const items = async (prefix: string) => {
  const { Items = [] } = await api.client.send(
    new ScanCommand({ TableName: prefix === 'SKU#' ? 'inventory' : 'orders' }),
  );
  return Items.filter(({ pk }) => pk?.S?.startsWith(prefix))
    .map((one) => JSON.stringify(one))
    .toSorted();
};

/** Three days of orders in two storefronts: a near site that is dear, a far one that is cheap, and neither has all. */
beforeAll(async () => {
  api = await startApi();
  simulations = dynamoSimulations(api.client, 'orders');
  await put('/v1/locations/near', {
    name: 'Near',
    kind: 'store',
    timeZone: 'UTC',
    priority: 90,
    costs: { pick: 200, pack: 100 },
  });
  await put('/v1/locations/far', {
    name: 'Far',
    kind: 'warehouse',
    timeZone: 'UTC',
    priority: 10,
    costs: { pick: 10, pack: 10 },
  });
  for (const id of ['north', 'south']) {
    await put(`/v1/storefronts/${id}`, { name: id, kind: 'web', routingPolicy: 'by_priority' });
  }
  const random = seeded(7);
  for (const sku of ['lamp', 'rug']) {
    await count(api, sku, 'near', 9);
    await count(api, sku, 'far', 40);
  }
  for (let n = 0; n < 18; n++) {
    const lines = ['lamp', 'rug'].slice(0, 1 + Math.floor(random() * 2)).map((sku) => ({
      sku,
      quantity: 1 + Math.floor(random() * 3),
      unitPrice: 900,
    }));
    const { id } = await api.place({ channel: n % 3 === 0 ? 'south' : 'north', lines });
    await reserveStock(api.deps, OrderId.parse(id), meta);
    ids.push(id);
    api.later(3 * hour);
  }
}, 60_000);
afterAll(() => api.stop());

describe('a week of orders under another policy', () => {
  test('totals are the sum of what "what if" says of each order, and of the days', async () => {
    const patch = { policy: 'cheapest' };
    const result = await simulate({ ...week, patch });
    expect(result).toMatchObject({ state: 'SUCCEEDED', progress: { total: 18, done: 18 } });
    const sum = { before: { cost: 0, parcels: 0, units: 0 }, after: { cost: 0, parcels: 0, units: 0 } };
    let changed = 0;
    for (const orderId of ids) {
      const { body } = await api.ask('POST', '/v1/routing/what-if', { body: { orderId, patch } });
      const one = body as { changed: boolean } & Record<
        'before' | 'after',
        { chosen: { kpis: { cost: number; parcels: number; unitsServed: number } } }
      >;
      changed += one.changed ? 1 : 0;
      for (const side of ['before', 'after'] as const) {
        const { kpis } = one[side].chosen;
        sum[side].cost += kpis.cost;
        sum[side].parcels += kpis.parcels;
        sum[side].units += kpis.unitsServed;
      }
    }
    for (const side of ['before', 'after'] as const) {
      const { cost, parcels, unitsServed, unitsShort } = result.totals[side];
      expect({ cost, parcels, unitsServed, unitsShort }).toEqual({
        cost: { EUR: sum[side].cost },
        parcels: sum[side].parcels,
        unitsServed: sum[side].units,
        unitsShort: 0,
      });
      expect(result.days.reduce((all, one) => all + one[side].parcels, 0)).toBe(parcels);
    }
    expect(changed).toBeGreaterThan(3);
    expect(result.totals).toMatchObject({ orders: 18, decisions: 18, changed });
    expect(result.totals.after.cost.EUR).toBeLessThan(result.totals.before.cost.EUR ?? 0);
    expect(result.days.map(({ day, orders }) => `${day} ${orders}`)).toEqual([
      '2026-01-05 5',
      '2026-01-06 8',
      '2026-01-07 5',
    ]);
    expect(result.mostChanged.length).toBe(Math.min(20, changed));
    expect(result.mostChanged[0]).toMatchObject({ after: { locations: ['far'] } });
    expect(ids).toContain(result.mostChanged[0]?.orderId);
    const [near, far] = ['near', 'far'].map((id) => result.sites.find(({ locationId }) => locationId === id));
    expect(near?.after.share).toBeLessThan(near?.before.share ?? 0);
    expect((far?.after.share ?? 0) + (near?.after.share ?? 0)).toBeCloseTo(1, 3);
  });

  test('a site closed, one storefront, the oldest five orders: each does what it says', async () => {
    const closed = await simulate({ ...week, patch: { closeSites: ['near'] } });
    expect(closed.sites.find(({ locationId }) => locationId === 'near')?.after).toEqual({
      parcels: 0,
      units: 0,
      share: 0,
    });
    expect(closed.totals.before).toMatchObject({ parcels: expect.any(Number) });
    const south = await simulate({ ...week, storefront: 'south', patch: { policy: 'cheapest' } });
    expect(south).toMatchObject({ progress: { done: 18, skipped: { otherStorefront: 12 } }, totals: { orders: 6 } });
    const five = await simulate({ ...week, limit: 5, patch: { policy: 'cheapest' } });
    expect(five).toMatchObject({ state: 'SUCCEEDED', progress: { total: 5, done: 5 }, totals: { orders: 5 } });
    const quiet = await simulate({ from: '2025-12-30', to: '2026-01-04', patch: { policy: 'cheapest' } });
    expect(quiet).toMatchObject({
      state: 'SUCCEEDED',
      progress: { total: 0, done: 0 },
      totals: { orders: 0 },
      days: [],
    });
  });

  test('nothing of orders or stock is changed', async () => {
    const before = [await items('ORDER#'), await items('SKU#')];
    await simulate({ ...week, patch: { policy: 'nearest', maxParcels: 1 } });
    expect([await items('ORDER#'), await items('SKU#')]).toEqual(before);
  });

  test('cut off at any save, out of time after any order, run twice at once: the same totals', async () => {
    const patch = { policy: 'cheapest' };
    const whole = await simulate({ ...week, patch });
    for (let seed = 1; seed <= 4; seed++) {
      const random = seeded(seed);
      const crashing: SimulationStore = {
        ...simulations,
        async save(...args) {
          if (random() < 0.2) throw new Error('before the save');
          const saved = await simulations.save(...args);
          if (random() < 0.2) throw new Error('after the save');
          return saved;
        },
      };
      const { id } = (await start({ ...week, patch })).body as { id: string };
      let more = true;
      while (more) {
        const worker = () => run(id, () => random() < 0.7, crashing).catch(() => ({ outcome: 'MORE' }));
        more = (await Promise.all([worker(), worker()])).some(({ outcome }) => outcome === 'MORE');
      }
      const { totals, days, sites, mostChanged, progress } = await read(id);
      expect({ totals, days, sites, mostChanged, progress }).toEqual({
        totals: whole.totals,
        days: whole.days,
        sites: whole.sites,
        mostChanged: whole.mostChanged,
        progress: whole.progress,
      });
    }
  }, 60_000);

  test('the same key is the same simulation; another request under it is refused', async () => {
    const body = { ...week, patch: { policy: 'cheapest' } };
    const first = await start(body, 'twice');
    const again = await start(body, 'twice');
    expect(first.status).toBe(202);
    expect(again).toMatchObject({ status: 202, headers: { 'idempotent-replayed': 'true' } });
    expect((again.body as Simulated).id).toBe((first.body as Simulated).id);
    expect(await start({ ...body, to: '2026-01-06' }, 'twice')).toMatchObject({
      body: { code: 'idempotency_key_reused' },
    });
    expect((await api.ask('POST', '/v1/routing/simulate', { body })).body).toMatchObject({
      code: 'idempotency_key_required',
    });
  });

  test('canceled in the middle it stops, keeps what it has, and is not started again', async () => {
    const { id } = (await start({ ...week, patch: { policy: 'cheapest' } })).body as { id: string };
    let looks = 0;
    await run(id, () => ++looks <= 4);
    const cancel = () => api.ask('POST', `/v1/routing/simulations/${id}/cancel`);
    const canceled = (await cancel()).body as Simulated;
    expect(canceled.state).toBe('CANCELED');
    expect(canceled.progress.done).toBeGreaterThan(0);
    expect(canceled.progress.done).toBeLessThan(18);
    expect(await run(id)).toEqual({ outcome: 'DONE' });
    expect(await read(id)).toEqual(canceled);
    expect((await cancel()).body).toEqual(canceled);
  });

  test('an execution that is lost is started again; one that never gets on is given up, and says so', async () => {
    const { id } = (await start({ ...week, patch: { policy: 'cheapest' } })).body as { id: string };
    const started: string[] = [];
    const tend = () =>
      tendSimulations({
        simulations,
        system: api.system,
        start: async (_, name) => {
          if (name.startsWith(id)) started.push(name);
        },
      });
    await tend();
    expect(started).toEqual([]);
    for (let round = 0; round < 13; round++) {
      api.later(hour / 10);
      await tend();
    }
    expect(new Set(started).size).toBe(12);
    expect(await read(id)).toMatchObject({ state: 'FAILED', failure: 'Started again 12 times without any progress.' });
  });
});

describe('what is kept of an address', () => {
  test('five characters of the postal code and the place to a kilometer, for 90 days', async () => {
    const address = { name: 'Ada', line1: 'High St 1', city: 'London', postalCode: 'SW1A 1AA', country: 'GB' };
    const { id } = await api.place({
      lines: [{ sku: 'lamp', quantity: 1, unitPrice: 900 }],
      delivery: { method: 'ship', service: 'standard', address },
    });
    await reserveStock(api.deps, OrderId.parse(id), meta);
    const [kept] = await dynamoRouteHistory(api.client, 'orders').inputs(OrderId.parse(id));
    expect(kept?.input?.delivery).toMatchObject({ country: 'GB', postalCode: 'SW1A ' });
    const text = JSON.stringify(kept?.input);
    for (const secret of ['Ada', 'High St', 'London', '1AA']) expect(text).not.toContain(secret);
    const [row = ''] = (await items('ORDER#')).filter((one) => one.includes(id) && one.includes('ROUTE_INPUT#'));
    const { expiresAt } = JSON.parse(row) as { expiresAt: { N: string } };
    expect(Number(expiresAt.N) * 1000 - api.system.now()).toBeGreaterThan(89 * 24 * hour);
    expect(Number(expiresAt.N) * 1000 - api.system.now()).toBeLessThanOrEqual(90 * 24 * hour);
  });
});

describe('bad input starts nothing', () => {
  const patch = { policy: 'cheapest' };
  test.each([
    [{ from: '2026-01-07', to: '2026-01-06', patch }, '/to', 'before_from'],
    [{ from: '2026-01-05', to: '2026-03-01', patch }, '/to', 'in_the_future'],
    [{ from: '2025-09-01', to: '2025-09-02', patch }, '/from', 'too_old'],
    [{ from: '2025-11-20', to: '2025-12-31', patch }, '/to', 'too_long'],
    [{ from: '2026-02-30', to: '2026-01-07', patch }, '/from', undefined],
    [{ ...week, patch: {} }, '/patch', undefined],
    [{ ...week, patch: { closeSites: ['atlantis'] } }, '/patch/closeSites/0', 'unknown_location'],
    [{ ...week, patch: { weights: { cost: -1 } } }, '/patch/weights/cost', undefined],
    [{ ...week, patch: { addStock: [] } }, undefined, undefined],
    [{ ...week, limit: 0, patch }, '/limit', undefined],
  ])('%j', async (body, pointer, code) => {
    const before = await items('SIMULATION#');
    const answer = await start(body);
    expect(answer.status, answer.text).toBe(422);
    if (pointer) expect(answer).toMatchObject({ body: { errors: [{ pointer, ...(code && { code }) }] } });
    expect(await items('SIMULATION#')).toEqual(before);
  });

  test('what is not there is not found; who may not is refused', async () => {
    const id = `sim_${'0'.repeat(26)}`;
    expect((await api.ask('GET', `/v1/routing/simulations/${id}`)).body).toMatchObject({
      code: 'simulation_not_found',
    });
    expect((await api.ask('POST', `/v1/routing/simulations/${id}/cancel`)).status).toBe(404);
    expect((await api.ask('GET', '/v1/routing/simulations/op_1')).status).toBe(404);
    const refused = await api.ask('POST', '/v1/routing/simulate', { body: { ...week, patch }, as: 'agent' });
    expect(refused.status).toBe(403);
  });
});
