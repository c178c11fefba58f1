import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../../local/client.ts';
import { type Shop, startShop, until } from './fixture.ts';

const isLong = process.env.BATUTA_TEST_LONG !== undefined;
const rows = isLong ? 100_000 : 300;
const perPart = Math.min(5000, rows / 2);

/** In the long run as a shop has it: on disk, synced before anybody is told. */
const dataDirectory = isLong ? mkdtempSync(join(tmpdir(), 'batuta-feed-')) : undefined;
let shop: Shop;
beforeAll(async () => {
  shop = await startShop(dataDirectory === undefined ? {} : { dataDirectory });
}, 120_000);
afterAll(async () => {
  await shop.cloud.stop();
  if (dataDirectory !== undefined) rmSync(dataDirectory, { recursive: true, force: true });
});

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

/** The rows as parts of the feed's format. */
function partOf(format: 'csv' | 'json', part: number, quantity: (n: number) => number): object {
  const numbers = Array.from({ length: perPart }, (_, n) => (part - 1) * perPart + n);
  if (format === 'json')
    return { rows: numbers.map((n) => ({ sku: `feed-${n}`, locationId: 'dc-north', quantity: quantity(n) })) };
  const lines = numbers.map((n) => `feed-${n},dc-north,${quantity(n)}`);
  return { csv: ['sku,locationId,quantity', ...lines].join('\r\n') };
}

const isOver = ({ state }: Feed): boolean => state !== 'VALIDATING' && state !== 'APPLYING';

/** Sends a feed and waits for its end. @returns what it came to; prints how fast it went and what it cost */
async function fed(
  mode: 'reset' | 'delta',
  format: 'csv' | 'json',
  quantity: (n: number) => number,
  meanwhile: (read: () => Promise<Feed>) => Promise<void> = async () => undefined,
): Promise<Feed> {
  const { api, cloud } = shop;
  const { id } = await api.must<Feed>('warehouse', 'POST', feeds, { mode, source: 'ERP', format, onError: 'skip' });
  for (let part = 1; (part - 1) * perPart < rows; part++) {
    await api.must('warehouse', 'PUT', `${feeds}/${id}/parts/${part}`, partOf(format, part, quantity));
  }
  const read = () => api.must<Feed>('warehouse', 'GET', `${feeds}/${id}`);
  const meter = () => cloud.services.dynamodb.meter().byTable[cloud.outputs.InventoryTable ?? '']?.writeUnits ?? 0;
  const before = meter();
  const started = performance.now();
  await api.must('warehouse', 'POST', `${feeds}/${id}/submit`);
  await meanwhile(read);
  await until(async () => isOver(await read()), 'the last rows', 3_000_000);
  const seconds = (performance.now() - started) / 1000;
  const rate = `${rows} rows (${mode}, ${format}) in ${seconds.toFixed(1)} s: ${(rows / seconds).toFixed(0)} a second`;
  const cost = `${((meter() - before) / rows).toFixed(2)} write units a row`;
  console.info(`${rate}, ${cost}, peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB so far`);
  return read();
}

test(`${rows} rows of CSV, then of JSON, are checked and applied by the machine, while orders take from the same stock`, async () => {
  const { api } = shop;
  let orders: { id: string }[] = [];
  const feed = await fed('reset', 'csv', quantityOf, async (read) => {
    await until(async () => (await read()).applied > 0 || isOver(await read()), 'the first rows', 600_000);
    orders = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        api.place(sampleOrder(`fed-${n}`, [{ sku: `feed-${n}`, quantity: 2, unitPrice: 500 }])),
      ),
    );
  });
  expect(feed).toMatchObject({ state: 'DONE', total: rows, applied: rows, failed: 0 });

  for (const { id: order } of orders) {
    await until(async () => (await api.order(order)).status === 'CONFIRMED', `${order} to be confirmed`, 120_000);
  }
  for (const n of [0, 1, 2, 3, 4, 5, rows - 1]) {
    const { buckets } = await api.must<Stock>('warehouse', 'GET', `/v1/inventory/feed-${n}`);
    const [onHand, committed] = [quantityOf(n), n < orders.length ? 2 : 0];
    expect(buckets).toMatchObject([{ locationId: 'dc-north', onHand, committed, available: onHand - committed }]);
  }

  const more = await fed('delta', 'json', () => 3);
  expect(more).toMatchObject({ state: 'DONE', total: rows, applied: rows, failed: 0 });
  for (const n of [0, 4, 5, rows - 1]) {
    const { buckets } = await api.must<Stock>('warehouse', 'GET', `/v1/inventory/feed-${n}`);
    expect(buckets).toMatchObject([{ onHand: quantityOf(n) + 3, committed: n < orders.length ? 2 : 0 }]);
  }
  expect(shop.failures).toEqual([]);
}, 3_600_000);
