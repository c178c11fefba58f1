import { once } from 'node:events';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from '../../../local/client.ts';
import { type Shop, startShop } from '../fixture.ts';
import { inside } from './hostile-values.ts';

const seed = Number(process.env.BATUTA_SEED ?? 13);
const connections = process.env.BATUTA_TEST_LONG ? 5_000 : 500;
/** A client that says nothing more for so long, in milliseconds, goes away: the server's own patience is tested with its server. */
const PATIENCE = 40;

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 120_000);
afterAll(() => shop?.cloud.stop());

const credential =
  'Authorization: AWS4-HMAC-SHA256 Credential=operator/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';
const target = 'X-Amz-Target: DynamoDB_20120810.ListTables';
const post = (body: string) =>
  `POST / HTTP/1.1\r\nHost: x\r\n${credential}\r\n${target}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const fine = [
  'GET /v1/orders HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /docs HTTP/1.1\r\nHost: x\r\n\r\n',
  post('{}'),
  post('{"Limit":1}').replace(
    /Content-Length: 11\r\n\r\n(.*)$/,
    'Transfer-Encoding: chunked\r\n\r\nb\r\n$1\r\n0\r\n\r\n',
  ),
];

const requestLine = fc.oneof(
  fc.constantFrom(
    ...[
      'GET / HTTP/1.1',
      'GET /%zz HTTP/1.1',
      'POST / HTTP/1.1',
      'GET / HTTP/9.9',
      'GET / HTTP/0.9',
      'GET /',
      'get / http/1.1',
      'OPTIONS * HTTP/1.1',
      'PRI * HTTP/2.0',
      'CONNECT x:1 HTTP/1.1',
    ],
  ),
  fc.constantFrom(
    ...[
      '\x16\x03\x01\x02\x00\x01',
      'GET http://evil.example/ HTTP/1.1',
      'GET /a b HTTP/1.1',
      'GET /\xff HTTP/1.1',
      `GET /${'a'.repeat(30_000)} HTTP/1.1`,
      'TRACE / HTTP/1.1',
      'BREW /pot HTTP/1.1',
    ],
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
);
const headerLine = fc.oneof(
  fc.constantFrom(
    ...[
      'Host: x',
      'Host: ',
      'Host: x\r\nHost: y',
      credential,
      target,
      'X-Amz-Target: x',
      'Content-Length: 5',
      'Content-Length: -1',
      'Content-Length: 5, 6',
      'Content-Length: 99999999999999999999',
      'Content-Length: 0x5',
    ],
  ),
  fc.constantFrom(
    ...[
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 5',
      'Transfer-Encoding: x',
      'Expect: 100-continue',
      'Expect: x',
      'Connection: close',
      'Connection: upgrade\r\nUpgrade: h2c',
      'Trailer: x',
    ],
  ),
  fc.constantFrom(
    ...[
      'X',
      ': x',
      ' X: y',
      'X : y',
      'X: a\r\n b',
      'X: \0',
      'X: \x7f',
      `X: ${'y'.repeat(20_000)}`,
      'Authorization: Bearer x',
      'Cookie: ;;;=',
      'Content-Encoding: gzip',
    ],
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
);
const body = fc.oneof(
  fc.constantFrom(
    '',
    '{}',
    '{"Limit":',
    '5\r\nabcde\r\n0\r\n\r\n',
    'zz\r\n',
    '-1\r\n',
    'fffffffffffffffff\r\n',
    '5;x=y\r\nabc',
    '0\r\nX: y\r\n\r\n',
    'x'.repeat(100_000),
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 100 }),
);
const broken = fc
  .tuple(requestLine, fc.array(headerLine, { maxLength: 5 }), fc.constantFrom('\r\n', '\n', '\r'), body)
  .map(([line, headers, newline, text]) => [line, ...headers, '', text].join(newline));

const conversation = fc.record({
  port: fc.constantFrom<('apiUrl' | 'awsUrl')[]>('apiUrl', 'awsUrl'),
  /** Sent before it in one piece: pipelining. */
  before: fc.array(fc.constantFrom(...fine), { maxLength: 3 }),
  bytes: fc.oneof(
    { weight: 4, arbitrary: broken },
    { weight: 2, arbitrary: fc.constantFrom(...fine) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
  ),
  /** How much of it is sent, from 0 to 1. */
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  end: fc.constantFrom<('half-close' | 'reset' | 'silence')[]>('half-close', 'half-close', 'reset', 'silence'),
});
type Conversation = typeof conversation extends fc.Arbitrary<infer R> ? R : never;

/** Says it, and resolves with all that came back. */
async function say({ port, before, bytes, cut, end }: Conversation): Promise<string> {
  const url = new URL(shop.cloud[port]);
  const socket = connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true });
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.on('end', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(before.join('') + bytes.slice(0, Math.round(bytes.length * cut)), 'latin1');
  if (end === 'half-close') socket.end();
  else if (end === 'reset') setImmediate(() => socket.resetAndDestroy());
  // Nobody answers half a request, and an answered connection is kept for the next one.
  if (end !== 'reset') socket.setTimeout(end === 'silence' ? PATIENCE : 10_000, () => socket.destroy());
  await closed;
  return answer;
}

/** The statuses of the answers that came back whole, and what is left over. */
function statusesOf(answer: string): { statuses: number[]; rest: string } {
  const statuses: number[] = [];
  let rest = answer;
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n|^HTTP\/1\.1 (100) Continue\r\n\r\n/s.exec(rest);
    if (!head) return { statuses, rest };
    const status = Number(head[1] ?? head[3]);
    const length = Number(/^content-length: (\d+)$/im.exec(head[2] ?? '')?.[1] ?? 0);
    statuses.push(status);
    rest = rest.slice(head[0].length + length);
    // Node's own 400 for a request without a host: empty, but in chunks.
    if (/^transfer-encoding: chunked$/im.test(head[2] ?? '')) rest = rest.replace(/^0\r\n\r\n/, '');
  }
}

describe('sockets', () => {
  test(`${connections} connections at both ports with broken, cut and piled up requests: no 5xx, and nothing but answers (seed ${seed})`, async () => {
    const heard = new Map<number, number>();
    let halfClosed = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (said) => {
        const answer = await say(said);
        const shown = `${JSON.stringify({ ...said, bytes: said.bytes.slice(0, 500) })}\n${answer.slice(0, 1_000)}`;
        expect(answer, shown).not.toMatch(inside);
        const { statuses, rest } = statusesOf(answer);
        for (const status of statuses) {
          heard.set(status, (heard.get(status) ?? 0) + 1);
          // 501 is S3's own word; 505 is HTTP's.
          expect(status < 500 || status === 501 || status === 505, shown).toBe(true);
        }
        if (said.end === 'half-close') {
          halfClosed++;
          expect(rest, shown).toBe('');
          // What was whole before the client closed its side is answered, one by one.
          expect(statuses.length, shown).toBeGreaterThanOrEqual(said.before.length);
        }
      }),
      { numRuns: connections, seed },
    );
    console.log(
      `${halfClosed} half-closed; ${[...heard]
        .toSorted()
        .map(([status, times]) => `${status}: ${times}`)
        .join(', ')}`,
    );
    for (const status of [200, 400, 401]) expect(heard.get(status), String(status)).toBeGreaterThan(0);
  }, 1_800_000);

  test('a body of 17 MB is refused by the AWS endpoint in its own words', async () => {
    const response = await fetch(shop.cloud.awsUrl, {
      method: 'POST',
      headers: {
        authorization: credential.slice('Authorization: '.length),
        'x-amz-target': 'DynamoDB_20120810.PutItem',
      },
      body: Buffer.alloc(17 * 1024 * 1024, 'x'),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ __type: 'com.amazon.coral.service#RequestEntityTooLargeException' });
  });

  test('afterwards an order is confirmed, and nothing failed behind the answers', async () => {
    const lines = [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }];
    const placed = await shop.api.place(sampleOrder('after-sockets', lines));
    await shop.api.waitFor(placed.id, ({ status }) => status === 'CONFIRMED');
    expect(shop.failures).toEqual([]);
  }, 60_000);
});
