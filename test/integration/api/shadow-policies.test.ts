import { afterAll, beforeAll, expect, test } from 'vitest';
import { OrderId } from '../../../shared/domain/ids.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

interface Kpis {
  cost: number;
  parcels: number;
  unitsServed: number;
}
interface Totals {
  policy: string;
  decisions: number;
  decided: number;
  parcels: number;
  unitsServed: number;
  unitsShort: number;
  cost: Record<string, number>;
}

let api: ApiForTests;
const meta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' } as const;
const put = async (path: string, body: object) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(answer.text);
};
const place = async (channel: string, quantity: number) => {
  const { id } = await api.place({ channel, lines: [{ sku: 'lamp', quantity, unitPrice: 900 }] });
  await reserveStock(api.deps, OrderId.parse(id), meta);
  return id;
};
const compare = (from: string, to: string, id = 'watched') =>
  api.ask('GET', `/v1/storefronts/${id}/shadow-policies?from=${from}&to=${to}`, { as: 'agent' });

beforeAll(async () => {
  api = await startApi();
  const site = { kind: 'store', timeZone: 'UTC' };
  await put('/v1/locations/near', { ...site, name: 'Near', priority: 90, costs: { pick: 200, pack: 100 } });
  await put('/v1/locations/far', { ...site, name: 'Far', priority: 10, costs: { pick: 10, pack: 10 } });
  const watched = { name: 'Watched', kind: 'web', routingPolicy: 'by_priority' };
  await put('/v1/storefronts/watched', { ...watched, shadowPolicies: ['cheapest', 'nearest', 'by_priority'] });
  await put('/v1/storefronts/alone', watched);
  await count(api, 'lamp', 'near', 8);
  await count(api, 'lamp', 'far', 12);
}, 60_000);
afterAll(() => api.stop());

test('policies that look on: their totals are the sums of what is kept with each decision, day by day', async () => {
  const days = new Map<string, string[]>();
  for (let n = 0; n < 10; n++) {
    const day = new Date(api.system.now()).toISOString().slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), await place('watched', 1 + (n % 4))]);
    api.later(4 * 3_600_000);
  }
  await place('alone', 1);
  const { data } = (await compare('2026-01-01', '2026-01-31')).body as { data: { day: string; policies: Totals[] }[] };
  expect(data.map(({ day }) => day)).toEqual([...days.keys()]);
  for (const { day, policies } of data) {
    expect(policies.map(({ policy }) => policy)).toEqual(['by_priority', 'cheapest', 'nearest']);
    const sums = new Map<string, Kpis>();
    for (const id of days.get(day) ?? []) {
      const kept = (await api.ask('GET', `/v1/orders/${id}/routing`)).body as {
        data: { policy: string; chosen: { kpis: Kpis } | null; shadow: { policy: string; kpis?: Kpis }[] }[];
      };
      for (const one of kept.data) {
        const others = one.shadow.filter(({ policy }) => policy !== one.policy);
        for (const { policy, kpis } of [{ policy: one.policy, kpis: one.chosen?.kpis }, ...others]) {
          const sum = sums.get(policy) ?? { cost: 0, parcels: 0, unitsServed: 0 };
          sum.cost += kpis?.cost ?? 0;
          sum.parcels += kpis?.parcels ?? 0;
          sum.unitsServed += kpis?.unitsServed ?? 0;
          sums.set(policy, sum);
        }
      }
    }
    for (const { policy, cost, parcels, unitsServed, decisions, decided } of policies) {
      expect({ cost: cost.EUR, parcels, unitsServed }).toEqual(sums.get(policy));
      expect(decisions).toBe(days.get(day)?.length);
      expect(decided).toBe(policy === 'by_priority' ? decisions : 0);
    }
  }
  // Twenty lamps, twenty-four were ordered: some decision was short, under every policy alike.
  const short = data.flatMap(({ policies }) => policies.map(({ unitsShort }) => unitsShort));
  expect(Math.max(...short)).toBeGreaterThan(0);
});

test('a storefront without any is not counted; one that never was is empty', async () => {
  expect((await compare('2026-01-01', '2026-01-31', 'alone')).body).toEqual({ data: [] });
  expect((await compare('2026-01-01', '2026-01-31', 'never')).body).toEqual({ data: [] });
});

test.each([
  ['2026-01-02', '2026-01-01'],
  ['2026-01-01', '2026-02-01'],
  ['2026-02-30', '2026-03-01'],
  ['yesterday', 'today'],
])('from %s to %s is refused', async (from, to) => {
  expect(await compare(from, to)).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
});
