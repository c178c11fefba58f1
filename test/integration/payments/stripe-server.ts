import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { StripeAccount } from './stripe-account.ts';
import { type Answer, failure } from './stripe-objects.ts';

/**
 * What happens to a request: `loseRequest` before it takes place, `loseAnswer` after; `fail` and `failAfter` are a 500 before and after;
 * `inUse` is the 409 of an idempotency key whose first request is still running, `inUseInvalid` the same under the other type that Stripe has been
 * seen to give it; `busy` the 429 of a rate limit.
 */
export type Fault = 'loseRequest' | 'loseAnswer' | 'fail' | 'failAfter' | 'inUse' | 'inUseInvalid' | 'busy';

const typeInUse: Partial<Record<Fault, string>> = { inUse: 'idempotency_error', inUseInvalid: 'invalid_request_error' };

const day = 24 * 3_600_000;

export interface StripeServer {
  url: string;
  account: StripeAccount;
  /** What the next requests to a path that ends so meet, one after the other. */
  faults: { on: RegExp; fault: Fault }[];
  /** Method and path of every request, in order. */
  heard: string[];
  stop(): Promise<void>;
}

/** Stripe over HTTP: form bodies, its idempotency (kept 24 h, answers saved, 500 included), its errors. */
export async function startStripe(now: () => number): Promise<StripeServer> {
  const account = new StripeAccount(now);
  const kept = new Map<string, { at: number; request: string; answer: Answer }>();
  const faults: StripeServer['faults'] = [];
  const heard: string[] = [];

  const executed = (request: IncomingMessage, path: string, body: string, query: URLSearchParams): Answer => {
    const parameters = Object.fromEntries(request.method === 'GET' ? query : new URLSearchParams(body));
    return structuredClone(account.answer(request.method ?? '', path, parameters));
  };

  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://stripe');
    const body = await text(request);
    heard.push(`${request.method} ${path}`);
    const next = faults.findIndex(({ on }) => request.method === 'POST' && on.test(path));
    const fault = next < 0 ? undefined : faults.splice(next, 1)[0]?.fault;
    const answered = (): Answer | 'cut' => {
      if (request.headers.authorization !== 'Bearer sk_test_batuta')
        return failure(401, { type: 'invalid_request_error', message: 'Invalid API Key' });
      if (fault === 'loseRequest') return 'cut';
      if (fault === 'busy')
        return failure(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' });
      const type = fault && typeInUse[fault];
      if (type) return failure(409, { type, code: 'idempotency_key_in_use', message: 'In use' });
      if (request.method === 'GET') return executed(request, path, body, searchParams);
      const key = String(request.headers['idempotency-key']);
      const before = kept.get(key);
      if (before && now() - before.at < day) {
        if (before.request === `${path}?${body}`) return fault === 'loseAnswer' ? 'cut' : before.answer;
        return failure(400, {
          type: 'idempotency_error',
          message: 'Keys for idempotent requests can only be used with the same parameters',
        });
      }
      const done = fault === 'fail' ? undefined : executed(request, path, body, searchParams);
      const answer =
        done && fault !== 'failAfter'
          ? done
          : failure(500, { type: 'api_error', message: 'An unknown error occurred' });
      // What fails validation is not kept.
      if (answer.status !== 400 && answer.status !== 404)
        kept.set(key, { at: now(), request: `${path}?${body}`, answer });
      return fault === 'loseAnswer' ? 'cut' : answer;
    };
    const answer = answered();
    if (answer === 'cut') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'request-id': 'req_1',
      connection: 'close',
    });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    account,
    faults,
    heard,
    stop: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
