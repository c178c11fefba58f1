import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Passed {
  /** Method and path, ids as `{id}`. */
  route: string;
  status: number;
}

/**
 * stripe-mock with intents in a state: each request passes unchanged, so that stripe-mock checks it against Stripe's OpenAPI document; its answer
 * about an intent is its fixture with `intent` written over it, as stripe-mock itself remembers nothing.
 */
export async function stripeMockWith(
  base: string,
  intent: object,
): Promise<{
  url: string;
  passed: Passed[];
  stop(): Promise<void>;
}> {
  const passed: Passed[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    const answer = await fetch(new URL(url, base), {
      method,
      headers: {
        authorization: headers.authorization ?? '',
        'content-type': headers['content-type'] ?? 'application/x-www-form-urlencoded',
        'idempotency-key': String(headers['idempotency-key'] ?? ''),
      },
      ...(method === 'POST' && { body }),
    });
    const { pathname } = new URL(url, base);
    passed.push({ route: `${method} ${pathname.replace(/\/(pi|ch|re)_\w+/g, '/{id}')}`, status: answer.status });
    const parsed: unknown = await answer.json();
    const isIntent = (value: unknown): value is object =>
      typeof value === 'object' && value !== null && 'object' in value && value.object === 'payment_intent';
    const found = isIntent(parsed) ? { ...parsed, ...intent } : parsed;
    response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    stop: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
