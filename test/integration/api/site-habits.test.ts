import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrderId, Sku } from '../../../shared/domain/ids.ts';
import { count } from '../stores/stores-for-tests.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
  for (const id of ['hill', 'lake']) {
    await must(`/v1/locations/${id}`, { name: id, kind: 'store', timeZone: 'UTC', priority: 500 });
  }
  await must('/v1/location-groups/pair', {
    name: 'Pair',
    locations: [{ locationId: 'hill' }, { locationId: 'lake' }],
  });
  await must('/v1/storefronts/pair', { name: 'Pair', kind: 'web', locationGroupId: 'pair', routingPolicy: 'cheapest' });
});
afterAll(() => api.stop());

const must = async (path: string, body: object) => {
  const answer = await api.ask('PUT', path, { body });
  if (answer.status !== 200) throw new Error(answer.text);
};
const order = (sku: string, quantity: number) =>
  api.place({ channel: 'pair', lines: [{ sku, quantity, unitPrice: 900 }] });
const siteOf = async (id: string) =>
  (await api.orders.load(OrderId.parse(id)))?.lines.flatMap((line) => line.reservations.map((one) => one.locationId));
const demandOf = async (sku: string, locationId: string) => {
  const { buckets } = await api.deps.network.sku(Sku.parse(sku));
  return buckets.find((one) => one.locationId === locationId)?.demand;
};
/** Placed, released and, if a reason is given, rejected by its site. */
async function routed(sku: string, quantity: number, reason?: 'no_capacity') {
  const { id } = await order(sku, quantity);
  const [fulfillment] = await api.confirm(id);
  const sites = await siteOf(id);
  if (reason) {
    const answer = await api.ask('POST', `/v1/fulfillments/${fulfillment}/reject`, { body: { reason } });
    expect(answer.status, answer.text).toBe(200);
  }
  return { id, sites };
}
const decisionOf = async (id: string) => {
  const { body } = await api.ask('GET', `/v1/orders/${id}/routing`);
  return (body as { data: unknown[] }).data[0];
};

describe('a site’s habits, as orders leave them in its stock', () => {
  test('what it rejects costs it the next order of the same goods, in money, and is forgotten in time', async () => {
    for (const site of ['hill', 'lake']) await count(api, 'vase', site, 100);
    // Alike in all: the lower id wins.
    expect((await routed('vase', 5, 'no_capacity')).sites).toEqual(['hill']);
    expect(await demandOf('vase', 'hill')).toEqual({ reserved: expect.closeTo(5, 2), refused: expect.closeTo(5, 2) });

    const next = await routed('vase', 1);
    expect(next.sites).toEqual(['lake']);
    // 5 of 5 and a benefit of 10, of 4.00.
    expect(await decisionOf(next.id)).toMatchObject({
      explanation: {
        comparison: {
          chosen: ['lake'],
          runnerUp: ['hill'],
          terms: [
            { term: 'reject', chosen: 0, runnerUp: expect.closeTo(133.3, 0), difference: expect.closeTo(133.3, 0) },
          ],
          text: expect.stringContaining('reject +1.33'),
        },
      },
    });
    // Of other goods nothing is said.
    for (const site of ['hill', 'lake']) await count(api, 'bowl', site, 100);
    expect((await routed('bowl', 1)).sites).toEqual(['hill']);
    api.later(28 * 86_400_000);
    expect((await demandOf('vase', 'hill'))?.refused).toBeCloseTo(2.5, 1);
  });

  test('what sells fast there and is nearly gone is protected, where the storefront asks for it', async () => {
    await count(api, 'rug', 'hill', 12);
    await count(api, 'rug', 'lake', 100);
    for (let n = 0; n < 3; n++) expect((await routed('rug', 2)).sites).toEqual(['hill']);
    const patch = { policy: 'protect_stock' };
    const { id } = await routed('rug', 2);
    const asked = await api.ask('POST', '/v1/routing/what-if', { body: { orderId: id, patch } });
    expect(asked).toMatchObject({ status: 200, body: { locations: { before: ['hill'], after: ['lake'] } } });
  });

  test('what is canceled was wanted; rows of a hot SKU count together, and hand on what they counted', async () => {
    await count(api, 'lamp', 'hill', 100);
    const { shards } = api.deps;
    const bucketOf = async () => {
      const [one] = await shards.buckets(Sku.parse('lamp'));
      if (!one) throw new Error('no bucket');
      return one;
    };
    expect(await shards.resize(await bucketOf(), 4)).toBe(true);
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push((await routed('lamp', 2)).id);
    await api.ask('POST', `/v1/orders/${ids[0]}/cancel`, { body: { reason: 'changed my mind' } });
    const before = await demandOf('lamp', 'hill');
    expect(before).toEqual({ reserved: expect.closeTo(16, 1), refused: 0 });
    for (let rows = 3; rows > 0; rows--) expect(await shards.resize(await bucketOf(), rows)).toBe(true);
    expect((await bucketOf()).shards).toHaveLength(1);
    expect((await demandOf('lamp', 'hill'))?.reserved).toBeCloseTo(16, 1);
  });
});
