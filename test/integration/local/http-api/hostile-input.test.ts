import { once } from 'node:events';
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiForTests, addRoute, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(api.url + path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('hostile input', () => {
  beforeEach(() => addRoute(api, 'ANY /{proxy+}'));

  test('a body over 10 MB is a 413', async () => {
    const { status, text } = await ask('/a', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect([status, text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(api.asked).toHaveLength(0);
  });

  test.each([
    ['GET /%zz HTTP/1.1\r\nHost: x', /^HTTP\/1.1 400 /],
    ['GET /%ff HTTP/1.1\r\nHost: x', /^HTTP\/1.1 400 /],
    ['OPTIONS * HTTP/1.1\r\nHost: x', /^HTTP\/1.1 400 /],
    ['GET http://evil.example/a HTTP/1.1\r\nHost: x', /^HTTP\/1.1 200 /],
    ['CONNECT evil.example:443 HTTP/1.1\r\nHost: x', /^$/],
    ['GET /a HTTP/1.1\r\nHost: x\r\nHost: y', /^HTTP\/1.1 400 /],
    ['GET / FTP/9', /^HTTP\/1.1 400 /],
    ['POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked', /^HTTP\/1.1 400 /],
    [`GET /a HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}`, /^HTTP\/1.1 431 /],
    ['GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket', /^HTTP\/1.1 200 /],
  ])('%j does no harm', async (head, expected) => {
    expect(await raw(`${head}\r\n\r\n`)).toMatch(expected);
    expect((await ask('/alive')).status).toBe(200);
  });

  test('random bytes on the socket never bring the API down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
        await raw(Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')]));
      }),
      { numRuns: 60, seed: 3 },
    );
    expect((await ask('/alive')).status).toBe(200);
    expect(api.reported).toEqual([]);
  });

  test('any path, query and header that HTTP can carry reaches the function or gets a 4xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.webPath(),
        fc.webQueryParameters(),
        fc.string({ unit: 'grapheme-ascii' }),
        async (path, query, header) => {
          const response = await fetch(`${api.url}/p${path}?${query}`, { headers: { 'x-any': header.trim() } });
          expect([200, 400, 404]).toContain(response.status);
          await response.arrayBuffer();
        },
      ),
      { numRuns: 100, seed: 5 },
    );
    expect(api.reported).toEqual([]);
  });
});

describe('pages of this machine', () => {
  beforeEach(() => {
    api.api.extraRoute('/local/mailbox', async ({ method, path }) => ({
      status: 200,
      headers: {},
      body: `${method} ${path}`,
    }));
    addRoute(api, 'ANY /{proxy+}');
  });

  test('answer beside the API, themselves and what is below them', async () => {
    expect((await ask('/local/mailbox')).text).toBe('GET /local/mailbox');
    expect((await ask('/local/mailbox/1', { method: 'DELETE' })).text).toBe('DELETE /local/mailbox/1');
    expect((await ask('/local/mailboxes')).text).toBe('ok');
  });

  test('are closed to proxies, other names and other sites', async () => {
    const refused = { status: 403 };
    expect(await ask('/local/mailbox', { headers: { 'x-forwarded-for': '203.0.113.9' } })).toMatchObject(refused);
    expect(await ask('/local/mailbox', { method: 'POST', headers: { origin: 'https://evil.example' } })).toMatchObject(
      refused,
    );
    expect(await raw('GET /local/mailbox HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 403 /,
    );
  });
});

/** Sends bytes as they are; resolves with all that came back. */
async function raw(bytes: string | Buffer): Promise<string> {
  const socket = connect(api.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.end(bytes);
  await once(socket, 'close');
  return answer;
}
