import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle.ts';
import { ApiClient, sampleOrder } from '../../local/client.ts';
import { auditShop } from './audit.ts';
import { until } from './fixture.ts';
import { ShopProcess, tablesOf } from './shop-process.ts';

const long = Boolean(process.env.BATUTA_TEST_LONG);
const orders = long ? 1000 : 40;
const skus = ['out-a', 'out-b', 'out-c', 'out-d'];
/** Elsewhere, there is stock for nine of ten. */
const elsewhere = Math.floor((orders / skus.length) * 0.9);
const clients = 8;

const directory = mkdtempSync(join(tmpdir(), 'batuta-outage-'));
const shop = new ShopProcess(directory);
afterAll(async () => {
  await shop.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Progress {
  id: string;
  state: string;
  total: number;
  done: number;
  failed: number;
  outcomes: { rerouted: number; backordered: number };
}

test(`golden 21 on a real clock: ${orders} orders leave a site that fails, the machine is killed in the middle`, async () => {
  await bundleAndSynth();
  const at = await shop.start();
  let api = new ApiClient(at.api, at.keys);
  const supply = (sku: string, location: string, onHand: number) =>
    api.must('warehouse', 'PUT', `/v1/inventory/${sku}/locations/${location}`, { onHand });
  for (const sku of skus) await supply(sku, 'dc-north', orders);

  const ids: string[] = [];
  let next = 0;
  const client = async () => {
    while (next < orders) {
      const n = next++;
      const lines = [{ sku: skus[n % skus.length] ?? '', quantity: 1, unitPrice: 500 }];
      ids.push((await api.place(sampleOrder(`outage-${n}`, lines))).id);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  for (const id of ids) await api.waitFor(id, ({ status }) => status === 'CONFIRMED', 120_000);
  for (const sku of skus) await supply(sku, 'dc-south', elsewhere);
  expect(await committed(api)).toEqual({ 'dc-north': orders });

  const begun = performance.now();
  const { id } = await api.must<Progress>('admin', 'POST', '/v1/locations/dc-north/outage', { reason: 'flooded' });
  const read = () => api.must<Progress>('admin', 'GET', `/v1/operations/${id}`);
  const seen: number[] = [];
  const progressed = async (to: number): Promise<boolean> => {
    const { done } = await read();
    if (seen.at(-1) !== done) seen.push(done);
    return done >= to;
  };
  const moved = async () => (await committed(api))['dc-south'] ?? 0;
  await until(async () => (await progressed(orders)) || (await moved()) > orders / 3, 'a third to be moved', 600_000);
  const seconds = (performance.now() - begun) / 1000;
  const before = await moved();
  expect(before).toBeLessThan(elsewhere * skus.length);
  await shop.stop('SIGKILL');
  const again = await shop.start();
  api = new ApiClient(again.api, again.keys);
  await until(() => progressed(orders), 'all to be done', 600_000);
  // What was counted stays counted.
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(await read()).toMatchObject({
    total: orders,
    done: orders,
    failed: 0,
    outcomes: { rerouted: elsewhere * skus.length, backordered: orders - elsewhere * skus.length },
  });
  // U9: no commitment is lost or doubled; what nobody has waits for supply.
  expect(await committed(api)).toEqual({ 'dc-south': elsewhere * skus.length });
  for (const order of ids) {
    const { status, fulfillments } = await api.order(order);
    const active = fulfillments.filter((one) => one.status !== 'REJECTED').map(({ locationId }) => locationId);
    expect(`${status} ${active.join()}`).toBe(active.length > 0 ? 'CONFIRMED dc-south' : 'BACKORDERED ');
  }
  const { violations } = await auditShop(again.aws, await tablesOf(again.aws));
  expect(violations).toEqual([]);
  console.info(`${before} of ${orders} in ${seconds.toFixed(1)} s (${(before / seconds).toFixed(0)} a second)`);
}, 1_800_000);

/** Units committed by location, of those that have some. */
async function committed(api: ApiClient): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const sku of skus) {
    const { buckets } = await api.must<{ buckets: { locationId: string; committed: number }[] }>(
      'warehouse',
      'GET',
      `/v1/inventory/${sku}`,
    );
    for (const one of buckets) {
      if (one.committed > 0) sums[one.locationId] = (sums[one.locationId] ?? 0) + one.committed;
    }
  }
  return sums;
}
