import { once } from 'node:events';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { sampleOrder } from '../../../local/client.ts';
import type { ApiKeys } from '../../../local/seed.ts';
import { problemCodes } from '../../../shared/runtime/problem-codes.ts';
import { type Shop, startShop } from '../fixture.ts';
import { change, changed, inside, number, seldom, strangeBody, text } from './hostile-values.ts';

const seed = Number(process.env.BATUTA_SEED ?? 7);
const requests = process.env.BATUTA_TEST_LONG ? 10_000 : 1_000;

/** API Gateway refuses these itself, in its own words: a path that is not UTF-8, a head or a body beyond its limits. */
const gatewayStatuses = new Set([400, 413, 431]);

/** The shape of every refusal of the product's own; a fault points into the body or names a parameter. */
const Problem = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string(),
  requestId: z.string(),
  errors: z
    .array(
      z.union([
        z.strictObject({ pointer: z.string().regex(/^(\/|$)/), code: z.string(), detail: z.string() }),
        z.strictObject({ parameter: z.string(), code: z.string(), detail: z.string() }),
      ]),
    )
    .min(1)
    .optional(),
  possible: z.array(z.string()).optional(),
  existingOrderId: z.string().optional(),
  reason: z.string().optional(),
});

const Document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

let shop: Shop;
let routes: { method: string; path: string }[];
/** Ids that exist, so that not every request ends at a 404. */
let known: Record<string, string[]>;

beforeAll(async () => {
  shop = await startShop();
  const { paths } = Document.parse(await shop.api.must('admin', 'GET', '/v1/openapi.json'));
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  // Bodies can be wrong in more ways than anything else.
  const withBody = all.filter(({ method, path }) => path in bodies && method !== 'GET');
  routes = [...all, ...withBody, ...withBody, ...withBody];
  const lines = [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }];
  const placed = await shop.api.place(sampleOrder('hostile', lines));
  const { fulfillments } = await shop.api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED');
  known = {
    id: [placed.id, ...fulfillments.map(({ id }) => id), 'dc-north', 'whe_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    handle: ['mine'],
    sku: ['donut-glazed'],
    locationId: ['dc-north'],
  };
}, 120_000);

afterAll(() => shop?.cloud.stop());

/** Bodies that each route takes, from which the fuzz takes away, adds and changes. */
const bodies: Record<string, unknown> = {
  '/v1/orders': sampleOrder('fuzz', [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }]),
  '/v1/orders/{id}/cancel': { reason: 'test' },
  '/v1/orders/{id}/holds': { handle: 'mine', reason: 'FRAUD', note: 'test' },
  '/v1/fulfillments/{id}/ship': { carrier: 'Correos', trackingNumber: '1', trackingUrl: 'https://correos.example/1' },
  '/v1/locations/{id}': { name: 'Test', kind: 'store', timeZone: 'UTC' },
  '/v1/inventory/{sku}/locations/{locationId}': { onHand: 5 },
  '/v1/webhook-endpoints': { url: 'https://partner.example.com/', eventTypes: ['*'] },
};

const hostileRequest = fc.record({
  route: fc.nat(),
  otherMethod: seldom(fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS')),
  role: fc.oneof(
    { weight: 12, arbitrary: fc.constant<keyof ApiKeys>('admin') },
    fc.constantFrom<(keyof ApiKeys | undefined)[]>('agent', 'storefront', 'warehouse', undefined),
  ),
  /** Undefined: one that exists. */
  segments: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, text), { minLength: 2, maxLength: 2 }),
  query: fc.option(
    fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom('status', 'customer', 'externalId', 'limit', 'cursor', 'afterSequence'), text),
        fc.oneof(text, number.map(String)),
      ),
      { maxLength: 3 },
    ),
    { freq: 2 },
  ),
  body: fc.oneof(
    { weight: 5, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => ({ changes })) },
    { weight: 3, arbitrary: strangeBody.map((bytes) => ({ bytes })) },
  ),
  contentType: fc.constantFrom(
    ...Array(6).fill('application/json'),
    'text/plain',
    'application/json; charset=latin1',
    ',',
  ),
  key: fc.oneof({ weight: 4, arbitrary: fc.uuid() }, fc.constantFrom('x', '"x"', 'a,b', 'é', 'a'.repeat(300), '"')),
  ifMatch: seldom(fc.constantFrom('*', '"v1"', 'v1', 'W/"v1"', `"v${'9'.repeat(40)}"`, '"')),
});
type HostileRequest = typeof hostileRequest extends fc.Arbitrary<infer R> ? R : never;

function targetOf({ route, segments, query }: HostileRequest): { method: string; path: string; target: string } {
  const { method, path } = routes[route % routes.length]!;
  let next = 0;
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const existing = known[name] ?? [];
    const segment = segments[next++] ?? existing[route % existing.length] ?? '';
    return encodeURIComponent(segment.toWellFormed());
  });
  const search =
    query &&
    new URLSearchParams(query.map(([name, value]): [string, string] => [name.toWellFormed(), value.toWellFormed()]));
  return { method, path, target: search ? `${target}?${search}` : target };
}

async function send(request: HostileRequest): Promise<{ what: string; status: number; type: string; text: string }> {
  const { method: ownMethod, path, target } = targetOf(request);
  const method = request.otherMethod ?? ownMethod;
  const { body: given } = request;
  const bytes =
    'bytes' in given ? given.bytes : Buffer.from(JSON.stringify(changed(bodies[path] ?? {}, given.changes)) ?? '');
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const response = await fetch(`${shop.cloud.apiUrl}${target}`, {
    method,
    headers: {
      ...(request.role && { authorization: `Bearer ${shop.keys[request.role]}` }),
      ...(request.ifMatch !== undefined && { 'if-match': request.ifMatch }),
      'idempotency-key': request.key,
      ...(hasBody && { 'content-type': request.contentType }),
    },
    ...(hasBody && { body: Buffer.from(bytes) }),
  });
  const what = `${method} ${target.slice(0, 200)} ${hasBody ? Buffer.from(bytes).toString('utf8').slice(0, 300) : ''}`;
  return {
    what,
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

/** Sends bytes as they are; resolves with all that came back. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(shop.cloud.apiUrl);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return answer;
}

describe('hostile input', () => {
  test(`${requests} requests at every route of the document: never a 5xx, every refusal a problem (seed ${seed})`, async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => {
        const { what, status, type, text: answer } = await send(request);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(status, `${what}\n${answer}`).toBeLessThan(500);
        if (status < 400 || request.otherMethod === 'HEAD') return;
        expect(answer, what).not.toMatch(inside);
        if (type.startsWith('application/problem+json')) {
          const problem = Problem.parse(JSON.parse(answer));
          expect(problem.status, what).toBe(status);
          expect(problemCodes, `${what}\n${answer}`).toHaveProperty(problem.code);
        } else expect(gatewayStatuses, `${what}\n${answer}`).toContain(status);
      }),
      { numRuns: requests, seed },
    );
    console.log(
      [...statuses]
        .toSorted()
        .map(([status, times]) => `${status}: ${times}`)
        .join(', '),
    );
    // The fuzz must get beyond the door, or it shows nothing.
    for (const status of [200, 400, 403, 404, 405, 422])
      expect(statuses.get(status), String(status)).toBeGreaterThan(0);
  }, 1_800_000);

  test.each([
    ['path that is no percent encoding', 'GET /v1/orders/%zz HTTP/1.1'],
    ['path that is no UTF-8', 'GET /v1/orders/%ff HTTP/1.1'],
    ['path out of the API', 'GET /v1/../../etc/passwd HTTP/1.1'],
    ['empty segment', 'GET //v1/orders HTTP/1.1'],
    ['parameter given twice', `GET /v1/orders?limit=1&limit=2 HTTP/1.1\r\nAuthorization: Bearer KEY`],
    ['path of 20,000 characters', `GET /${'a'.repeat(20_000)} HTTP/1.1`],
    ['unknown method', 'FOO /v1/orders HTTP/1.1'],
    ['key given twice', 'GET /v1/orders HTTP/1.1\r\nAuthorization: Bearer KEY\r\nAuthorization: Bearer KEY'],
    ['negative length', 'POST /v1/orders HTTP/1.1\r\nContent-Length: -1'],
    ['length and chunks', 'POST /v1/orders HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked'],
    ['two lengths', 'POST /v1/orders HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 5'],
    ['header with a zero byte', 'GET /docs HTTP/1.1\r\nX: \0'],
  ])('a %s is refused', async (_, head) => {
    const given = head.replaceAll('KEY', shop.keys.admin);
    const answer = await raw(`${given}\r\nHost: "><script>\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain('<script>');
  });

  test('afterwards the shop works as before and nothing failed behind the answers', async () => {
    const lines = [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }];
    // The fuzz may have closed locations and counted stock anew.
    await shop.api.must('admin', 'PUT', '/v1/locations/after', {
      name: 'After',
      kind: 'store',
      timeZone: 'UTC',
      priority: 1000,
    });
    await shop.api.must('admin', 'PUT', '/v1/inventory/donut-glazed/locations/after', { onHand: 10 });
    const placed = await shop.api.place(sampleOrder('after-hostile', lines));
    await shop.api.fulfill(await shop.api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED'));
    expect(await shop.api.order(placed.id)).toMatchObject({ status: 'DELIVERED', paymentStatus: 'PAID' });
    expect(shop.failures).toEqual([]);
  }, 60_000);
});
