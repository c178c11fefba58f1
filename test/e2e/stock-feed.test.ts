import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { type Shop, startShop, until } from './fixture.ts';

const rows = process.env.BATUTA_TEST_LONG ? 100_000 : 300;
const perPart = Math.min(5000, rows / 2);

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 120_000);
afterAll(() => shop.cloud.stop());

interface Feed {
  id: string;
  state: string;
  total: number;
  applied: number;
  unchanged: number;
  failed: number;
}
interface Stock {
  buckets: { locationId: string; onHand: number; available: number; committed: number }[];
}

const feeds = '/v1/inventory/feeds';
const quantityOf = (n: number): number => 5 + (n % 100);

test(`${rows} rows of CSV are checked and applied by the machine, while orders take from the same stock`, async () => {
  const { api } = shop;
  const begun = { mode: 'reset', source: 'ERP', format: 'csv', onError: 'skip' };
  const { id } = await api.must<Feed>('warehouse', 'POST', feeds, begun);
  for (let part = 1; (part - 1) * perPart < rows; part++) {
    const lines = Array.from({ length: perPart }, (_, n) => (part - 1) * perPart + n).map(
      (n) => `feed-${n},dc-north,${quantityOf(n)}`,
    );
    const csv = ['sku,locationId,quantity', ...lines].join('\r\n');
    await api.must('warehouse', 'PUT', `${feeds}/${id}/parts/${part}`, { csv });
  }
  const started = performance.now();
  await api.must('warehouse', 'POST', `${feeds}/${id}/submit`);
  const read = () => api.must<Feed>('warehouse', 'GET', `${feeds}/${id}`);
  await until(async () => (await read()).applied > 0 || (await read()).state === 'DONE', 'the first rows', 600_000);
  const orders = await Promise.all(
    Array.from({ length: 5 }, (_, n) =>
      api.place(sampleOrder(`fed-${n}`, [{ sku: `feed-${n}`, quantity: 2, unitPrice: 500 }])),
    ),
  );
  await until(async () => (await read()).state !== 'APPLYING', 'the last rows', 3_000_000);
  const seconds = (performance.now() - started) / 1000;
  expect(await read()).toMatchObject({ state: 'DONE', total: rows, applied: rows, failed: 0 });
  console.info(`${rows} rows in ${seconds.toFixed(1)} s (${(rows / seconds).toFixed(0)} a second)`);

  for (const { id: order } of orders) {
    await until(async () => (await api.order(order)).status === 'CONFIRMED', `${order} to be confirmed`);
  }
  for (const n of [0, 1, 2, 3, 4, 5, rows - 1]) {
    const { buckets } = await api.must<Stock>('warehouse', 'GET', `/v1/inventory/feed-${n}`);
    const [onHand, committed] = [quantityOf(n), n < orders.length ? 2 : 0];
    expect(buckets).toMatchObject([{ locationId: 'dc-north', onHand, committed, available: onHand - committed }]);
  }
  expect(shop.failures).toEqual([]);
}, 3_600_000);
