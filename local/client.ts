import { randomUUID } from 'node:crypto';
import type { ApiKeys } from './seed.ts';

/** Answers are read by name here, as a partner's script would; the API's own tests check their shapes. */
export interface ApiAnswer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

/** What demos, benches and tests read of an order. */
export interface OrderView {
  id: string;
  status: string;
  lifecycle: string;
  fulfillmentStatus: string;
  paymentStatus: string;
  total: number;
  currency: string;
  version: number;
  placedAt: string;
  balance: { authorized: number; captured: number; refunded: number; voided: number };
  fulfillments: { id: string; status: string; locationId: string }[];
  exceptions: { id: string; status: string; error: string }[];
  holds: { handle: string; reason: string }[];
}

export interface EventView {
  id: string;
  type: string;
  sequence: number;
  time: string;
}

/** A plain client of the public API: what a partner would write. */
export class ApiClient {
  readonly url: string;
  readonly keys: ApiKeys;

  constructor(url: string, keys: ApiKeys) {
    this.url = url;
    this.keys = keys;
  }

  async call<T = Record<string, unknown>>(
    role: keyof ApiKeys,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.keys[role]}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  /** @throws Error on anything but 2xx, with the problem */
  async must<T = Record<string, unknown>>(...request: Parameters<ApiClient['call']>): Promise<T> {
    const { status, body } = await this.call<T>(...request);
    if (status >= 300) throw new Error(`${request[1]} ${request[2]}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  order(id: string): Promise<OrderView> {
    return this.must<OrderView>('agent', 'GET', `/v1/orders/${id}`);
  }

  place(order: unknown): Promise<OrderView> {
    return this.must<OrderView>('storefront', 'POST', '/v1/orders', order);
  }

  verb(
    fulfillmentId: string,
    verb: 'accept' | 'pick' | 'pack' | 'ship' | 'deliver',
    body?: unknown,
  ): Promise<ApiAnswer['body']> {
    return this.must('warehouse', 'POST', `/v1/fulfillments/${fulfillmentId}/${verb}`, body);
  }

  /**
   * Reads the order until `isThere`: often while it may be a matter of milliseconds, then less so.
   * @throws Error after `timeout` milliseconds, with the last state
   */
  async waitFor(id: string, isThere: (order: OrderView) => boolean, timeout = 15_000): Promise<OrderView> {
    const started = Date.now();
    for (let pause = 30; ; pause = Date.now() - started < 100 ? 10 : 50) {
      const order = await this.order(id);
      if (isThere(order)) return order;
      if (Date.now() - started > timeout)
        throw new Error(`${id} did not get there: ${JSON.stringify(order).slice(0, 600)}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** The order's events so far, oldest first. */
  async events(id: string): Promise<EventView[]> {
    const page = await this.must<{ data: EventView[] }>('agent', 'GET', `/v1/orders/${id}/events?limit=100`);
    return page.data;
  }

  /** Reads the events until one has this type. @throws Error after `timeout` milliseconds */
  async waitForEvent(id: string, type: string, timeout = 15_000): Promise<void> {
    const deadline = Date.now() + timeout;
    while (!(await this.events(id)).some((event) => event.type === type)) {
      if (Date.now() > deadline) throw new Error(`${id} has no event ${type} after ${timeout} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Takes every fulfillment of an order from accepted to delivered. */
  async fulfill(order: OrderView): Promise<void> {
    for (const { id } of order.fulfillments) {
      for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) await this.verb(id, verb);
    }
  }
}

/** An order as a storefront sends it. */
export const sampleOrder = (
  externalId: string,
  lines: { sku: string; quantity: number; unitPrice: number }[],
  options: { token?: string; locale?: string } = {},
) => ({
  externalId,
  channel: 'web',
  currency: 'EUR',
  customer: { email: 'ada@example.com', name: 'Ada Lovelace', locale: options.locale ?? 'en' },
  lines,
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'Ada Lovelace', line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' },
  },
  payment: { method: 'card', token: options.token ?? 'tok_ok' },
});
