import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { webhookSender } from '../../../shared/adapters/webhook-sender.ts';
import { allowedNetworks } from '../../../shared/webhooks/addresses.ts';
import type { Resolve } from '../../../shared/webhooks/guard.ts';

const allowed = allowedNetworks(['127.0.0.0/8']);
const here: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
const open: { server: Server; sockets: Set<Socket>; timers: NodeJS.Timeout[] }[] = [];

afterEach(async () => {
  for (const { server, sockets, timers } of open.splice(0)) {
    for (const timer of timers) clearInterval(timer);
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

interface Receiver {
  url: string;
  connections: () => number;
  received: () => string;
  every: (milliseconds: number, act: () => void) => void;
  /** Whether the sender still holds a connection. */
  closed: () => Promise<void>;
}

/** A receiver that answers by bare TCP, so that it can do what no HTTP library would. */
async function receiver(answer: (socket: Socket, self: Receiver) => void): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const timers: NodeJS.Timeout[] = [];
  let connections = 0;
  let received = '';
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      received += bytes.toString();
      if (received.endsWith('{"hello":"é"}')) answer(socket, self);
    });
  });
  const self: Receiver = {
    url: '',
    connections: () => connections,
    received: () => received,
    every: (milliseconds, act) => void timers.push(setInterval(act, milliseconds)),
    async closed() {
      // Not `events.once`, which rejects when the sender cuts the connection with a reset.
      for (const socket of sockets) await new Promise((resolve) => socket.once('close', resolve));
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  self.url = `http://partner.test:${typeof address === 'object' ? address?.port : 0}/hook?x=1`;
  open.push({ server, sockets, timers });
  return self;
}

const answering = (text: string) => receiver((socket) => socket.end(text));

const post = (url: string, options: Partial<Parameters<typeof webhookSender>[0]> = {}) =>
  webhookSender({ allowed, resolve: here, deadline: 400, connectDeadline: 200, ...options })({
    url,
    headers: { 'content-type': 'application/json', 'webhook-id': 'evt_1' },
    body: '{"hello":"é"}',
  });

describe('a receiver that behaves', () => {
  test.each([200, 201, 204, 299])('answers %i: taken', async (status) => {
    const partner = await answering(`HTTP/1.1 ${status} x\r\ncontent-length: 0\r\n\r\n`);
    expect(await post(partner.url)).toEqual({ status });
    expect(partner.received()).toContain('POST /hook?x=1 HTTP/1.1\r\n');
    expect(partner.received()).toContain('Host: partner.test:');
    expect(partner.received()).toContain('content-length: 14\r\n');
  });

  test.each([400, 401, 404, 410, 413, 429, 500, 503])('answers %i: failed', async (status) => {
    const partner = await answering(`HTTP/1.1 ${status} x\r\nretry-after: 120\r\ncontent-length: 2\r\n\r\nno`);
    expect(await post(partner.url)).toEqual({
      status,
      retryAfter: '120',
      failure: { kind: 'status', text: `answered ${status}` },
    });
  });

  test('asks to be disabled in a header', async () => {
    const partner = await answering('HTTP/1.1 500 x\r\nwebhook-delivery: disable\r\ncontent-length: 0\r\n\r\n');
    expect(await post(partner.url)).toMatchObject({ status: 500, webhookDelivery: 'disable' });
  });

  test('speaks HTTP/1.0 and ends the body by closing: taken', async () => {
    const partner = await answering('HTTP/1.0 200 OK\r\n\r\nfine');
    expect(await post(partner.url)).toEqual({ status: 200 });
  });
});

describe('a hostile receiver', () => {
  test.each([301, 302, 303, 307, 308])('redirects with %i: not followed, a failure', async (status) => {
    const partner = await receiver((socket, self) =>
      socket.end(`HTTP/1.1 ${status} x\r\nlocation: ${self.url}&again\r\ncontent-length: 0\r\n\r\n`),
    );
    const result = await post(partner.url);
    expect(result).toMatchObject({ status, failure: { kind: 'redirect' } });
    expect(result.failure?.text).toContain('&again');
    expect(partner.connections()).toBe(1);
  });

  test('drips its headers: cut off at the deadline', async () => {
    const partner = await receiver((socket, { every }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      every(20, () => socket.write('x'));
    });
    expect(await post(partner.url)).toMatchObject({ failure: { kind: 'timeout' } });
    await partner.closed();
  });

  test('drips its body: cut off at the deadline, and 200 does not count', async () => {
    const partner = await receiver((socket, { every }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      every(20, () => socket.write('x'));
    });
    const before = performance.now();
    expect(await post(partner.url)).toMatchObject({ status: 200, failure: { kind: 'timeout' } });
    expect(performance.now() - before).toBeLessThan(2000);
    await partner.closed();
  });

  test('floods with 1xx: cut off at the deadline', async () => {
    const partner = await receiver((socket, { every }) => every(5, () => socket.write('HTTP/1.1 102 x\r\n\r\n')));
    expect(await post(partner.url)).toMatchObject({ failure: { kind: 'timeout' } });
    await partner.closed();
  });

  test('never stops sending: read to 16 kB, then the connection is cut', async () => {
    let sent = 0;
    const partner = await receiver((socket, { every }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n');
      every(1, () => {
        if (socket.writable && socket.writableLength < 1e6) sent += socket.write('x'.repeat(4096)) ? 4096 : 0;
      });
    });
    expect(await post(partner.url, { deadline: 5000 })).toEqual({ status: 200 });
    await partner.closed();
    expect(sent).toBeLessThan(5_000_000);
  });

  test('sends headers without end: refused', async () => {
    const partner = await answering(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}\r\n`);
    expect(await post(partner.url)).toMatchObject({ failure: { kind: 'response', text: 'HPE_HEADER_OVERFLOW' } });
  });

  test('is not HTTP: a failure', async () => {
    const partner = await answering('SSH-2.0-OpenSSH\r\n');
    expect(await post(partner.url)).toMatchObject({ failure: { kind: 'response' } });
  });

  test('resets before the headers: a failure', async () => {
    const partner = await receiver((socket) => void socket.resetAndDestroy());
    expect(await post(partner.url)).toMatchObject({ failure: { kind: 'connection', text: 'ECONNRESET' } });
  });

  test('resets in the middle of the body: 200 does not count', async () => {
    const partner = await receiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf', () => socket.resetAndDestroy());
    });
    expect(await post(partner.url)).toMatchObject({ status: 200, failure: { kind: 'connection' } });
  });

  test('accepts and says nothing: cut off at the deadline', async () => {
    const partner = await receiver(() => {});
    expect(await post(partner.url)).toEqual({ failure: { kind: 'timeout', text: 'no complete answer within 400 ms' } });
    await partner.closed();
  });

  test('speaks no TLS: a failure of its own kind', async () => {
    const plain = await receiver(() => {});
    const port = new URL(plain.url).port;
    const result = await post(`https://partner.test:${port}/`, { deadline: 2000 });
    expect(['tls', 'timeout']).toContain(result.failure?.kind);
  });
});

describe('before anything is sent', () => {
  test('a name that cannot be resolved in time is a timeout of the connection', async () => {
    const result = await post('http://partner.test/', { resolve: () => new Promise(() => {}) });
    expect(result).toEqual({ failure: { kind: 'timeout', text: 'no connection within 200 ms' } });
  });

  test('a name that does not exist is a failure of names', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    const result = await post('http://partner.test/', { resolve: () => Promise.reject(missing) });
    expect(result).toEqual({ failure: { kind: 'dns', text: 'ENOTFOUND' } });
  });

  test('nobody listens: a failure of the connection that names no address', async () => {
    const { server } = { server: createServer() };
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    server.close();
    await once(server, 'close');
    expect(await post(`http://partner.test:${port}/`)).toEqual({
      failure: { kind: 'connection', text: 'ECONNREFUSED' },
    });
  });

  test('a forbidden address is not connected to, whatever the name said before', async () => {
    const partner = await receiver(() => {});
    const answers = ['127.0.0.1', '10.0.0.1'];
    let asked = 0;
    const flips: Resolve = async () => [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }];
    // The first attempt asks once and connects to what it checked; the second finds the private answer.
    const first = await post(partner.url, { resolve: flips });
    expect(first.failure?.kind).toBe('timeout');
    expect(asked).toBe(1);
    expect(await post(partner.url, { resolve: flips })).toMatchObject({ failure: { kind: 'blocked' } });
    expect(partner.connections()).toBe(1);
  });

  test('with no network opened, plain http and localhost are blocked', async () => {
    const partner = await receiver(() => {});
    const closed = allowedNetworks([]);
    for (const url of [partner.url, partner.url.replace('partner.test', '127.0.0.1'), 'https://localhost/'])
      expect(await post(url, { allowed: closed })).toMatchObject({ failure: { kind: 'blocked' } });
    expect(partner.connections()).toBe(0);
  });
});
