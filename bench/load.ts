import { ApiClient, sampleOrder } from '../local/client.ts';
import type { ApiKeys } from '../local/seed.ts';

/** One run of the load, in a process of its own so that the clients do not share a thread with what they measure. */
export interface LoadRequest {
  api: string;
  keys: ApiKeys;
  clients: number;
  orders: number;
  run: string;
}

export interface LoadResult {
  clients: number;
  orders: number;
  seconds: number;
  apiRequests: number;
  /** Milliseconds. */
  placing: { p50: number; p95: number };
  whole: { p50: number; p95: number };
  events: number;
}

const quantile = (sorted: readonly number[], q: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0) * 10) / 10;

const quantiles = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
};

class CountingClient extends ApiClient {
  requests = 0;
  override call<T>(...request: Parameters<ApiClient['call']>) {
    this.requests += 1;
    return super.call<T>(...request);
  }
}

/** A two-line order from placing to delivered, as a storefront and a warehouse would drive it. */
async function drive(api: ApiClient, externalId: string) {
  const started = performance.now();
  const placed = await api.place(
    sampleOrder(externalId, [
      { sku: 'bench-a', quantity: 1, unitPrice: 1200 },
      { sku: 'bench-b', quantity: 2, unitPrice: 800 },
    ]),
  );
  const placing = performance.now() - started;
  const confirmed = await api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED', 60_000);
  await api.fulfill(confirmed);
  const end = await api.order(placed.id);
  if (end.status !== 'DELIVERED' || end.balance.captured !== end.total)
    throw new Error(`${end.id} ended ${end.status}`);
  return { placing, whole: performance.now() - started, events: await api.events(placed.id) };
}

process.on('message', async ({ api: url, keys, clients, orders, run }: LoadRequest) => {
  const api = new CountingClient(url, keys);
  const done: Awaited<ReturnType<typeof drive>>[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < orders) done.push(await drive(api, `${run}-${++next}`));
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const result: LoadResult = {
    clients,
    orders: done.length,
    seconds,
    apiRequests: api.requests,
    placing: quantiles(done.map(({ placing }) => placing)),
    whole: quantiles(done.map(({ whole }) => whole)),
    events: done.reduce((sum, { events }) => sum + events.length, 0),
  };
  process.send?.(result);
});
