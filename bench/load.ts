import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ApiAnswer, ApiClient, sampleOrder } from '../local/client.ts';
import type { ApiKeys } from '../local/seed.ts';

/** How far the clients drive an order: until it is acknowledged, or through the warehouse until it is delivered. */
export type Course = 'placed' | 'delivered';

/** One run of the load, in a process of its own so that the clients do not share a thread with what they measure. */
export interface LoadRequest {
  course: Course;
  /** Each order has two of them, in turn. */
  skus: readonly string[];
  api: string;
  keys: ApiKeys;
  clients: number;
  orders: number;
  run: string;
}

export interface LoadResult {
  clients: number;
  orders: number;
  /** Until the last order was there. */
  seconds: number;
  /** Until the last order was confirmed, by the time in its event: its stock reserved, its payment authorized, its work at a location. */
  secondsToConfirmed: number;
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

/** Counts its requests, and makes them with `node:http`: `fetch` takes as much of the machine for an order as a quarter of its service. */
class CountingClient extends ApiClient {
  requests = 0;
  readonly #agent = new Agent({ keepAlive: true });

  override async call<T>(...[role, method, path, body]: Parameters<ApiClient['call']>): Promise<ApiAnswer<T>> {
    this.requests += 1;
    const sent = body === undefined ? '' : JSON.stringify(body);
    const asked = request(`${this.url}${path}`, {
      agent: this.#agent,
      method,
      headers: {
        authorization: `Bearer ${this.keys[role]}`,
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...(sent !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
      },
    });
    asked.end(sent);
    const [response]: [IncomingMessage] = (await once(asked, 'response')) as [IncomingMessage];
    const answer = await text(response);
    const { statusCode = 0, headers } = response;
    return {
      status: statusCode,
      headers: new Headers(headers as Record<string, string>),
      body: answer === '' ? {} : JSON.parse(answer),
    };
  }
}

interface Driven {
  id: string;
  placing: number;
  whole: number;
}

/** A two-line order, as a storefront and a warehouse would drive it. */
async function drive(api: ApiClient, course: Course, externalId: string, skus: readonly string[]): Promise<Driven> {
  const started = performance.now();
  const [first = '', second = ''] = skus;
  const { id } = await api.place(
    sampleOrder(externalId, [
      { sku: first, quantity: 1, unitPrice: 1200 },
      { sku: second, quantity: 2, unitPrice: 800 },
    ]),
  );
  const placing = performance.now() - started;
  if (course === 'delivered') {
    await api.fulfill(await confirmed(api, id));
    const end = await api.order(id);
    if (end.status !== 'DELIVERED' || end.balance.captured !== end.total) throw new Error(`${id} ended ${end.status}`);
  }
  return { id, placing, whole: performance.now() - started };
}

const confirmed = (api: ApiClient, id: string) => api.waitFor(id, ({ status }) => status === 'CONFIRMED', 300_000);

async function confirmedAt(api: ApiClient, id: string): Promise<{ events: number; at: number }> {
  const events = await api.events(id);
  const event = events.find(({ type }) => type === 'order.confirmed');
  if (!event) throw new Error(`${id} was never confirmed`);
  return { events: events.length, at: Date.parse(event.time) };
}

/** Two of the catalog, which is of two at least: the next two, and after each round of it every one beside another. */
function pairOf(skus: readonly string[], number: number): string[] {
  const half = Math.floor(skus.length / 2);
  const first = number % half;
  const round = Math.floor(number / half);
  return [skus[first] ?? '', skus[half + ((first + round) % half)] ?? ''];
}

process.on('message', async ({ api: url, keys, clients, orders, run, course, skus }: LoadRequest) => {
  const api = new CountingClient(url, keys);
  const done: Driven[] = [];
  let next = 0;
  const startedAt = Date.now();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < orders) {
        next += 1;
        done.push(await drive(api, course, `${run}-${next}`, pairOf(skus, next)));
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const apiRequests = api.requests;
  // The last first: while it is waited for, nobody asks for the others.
  if (course === 'placed') for (const { id } of done.toReversed()) await confirmed(api, id);
  const histories = [];
  for (const { id } of done) histories.push(await confirmedAt(api, id));
  const result: LoadResult = {
    clients,
    orders: done.length,
    seconds,
    secondsToConfirmed: (Math.max(...histories.map(({ at }) => at)) - startedAt) / 1000,
    apiRequests,
    placing: quantiles(done.map(({ placing }) => placing)),
    whole: quantiles(done.map(({ whole }) => whole)),
    events: histories.reduce((sum, { events }) => sum + events, 0),
  };
  process.send?.(result);
});
