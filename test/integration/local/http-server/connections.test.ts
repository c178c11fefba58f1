import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type HttpServer, listen, readBody } from '../../../../local/kernel/http-server.ts';

const quick = { headersTimeout: 60, requestTimeout: 120, connectionsCheckingInterval: 20, linger: 100 };

let server: HttpServer;
let reported: string[];
let arrived: Promise<void>;
let goOn: () => void;
beforeEach(async () => {
  reported = [];
  const first = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<void>();
  arrived = first.promise;
  goOn = slow.resolve;
  server = await listen(
    '127.0.0.1',
    0,
    async (request, response) => {
      const body = await readBody(request, 100).catch(() => null);
      if (body === null) return void response.destroy();
      first.resolve();
      if (request.url === '/slow') await slow.promise;
      // Answered later, as a service does that waits for its disk.
      await new Promise((resolve) => setImmediate(resolve));
      response.end(`${request.url}:${body?.length ?? 'too long'}\n`);
    },
    (where, error) => reported.push(`${where}: ${error}`),
    quick,
  );
});
afterEach(() => server.stop());

function open(port = server.port): { socket: Socket; answer: Promise<string> } {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  return {
    socket,
    answer: Promise.race([once(socket, 'end'), once(socket, 'close')]).then(() => {
      socket.destroy();
      return text;
    }),
  };
}

const head = (line: string, ...headers: string[]) => `${[line, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;

describe('a connection', () => {
  test('that the client has closed on its side gets its answer (nc -N)', async () => {
    const { socket, answer } = open();
    socket.end(`${head('POST /a HTTP/1.1', 'Content-Length: 3')}abc`);
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\/a:3\n$/s);
  });

  test('that the client has closed on its side gets the answers to all that it asked', async () => {
    const { socket, answer } = open();
    socket.end([1, 2, 3].map((number) => head(`GET /${number} HTTP/1.1`)).join(''));
    expect((await answer).match(/\/\d:0/g)).toEqual(['/1:0', '/2:0', '/3:0']);
  });

  test('on which nonsense follows whole requests gets their answers first, then a 400', async () => {
    const { socket, answer } = open();
    socket.write(`${head('GET /1 HTTP/1.1')}${head('GET /2 HTTP/1.1')}nonsense\r\n\r\n`);
    expect((await answer).match(/\/\d:0|HTTP\/1\.1 \d+/g)).toEqual([
      ...['HTTP/1.1 200', '/1:0', 'HTTP/1.1 200', '/2:0'],
      'HTTP/1.1 400',
    ]);
  });

  test.each([
    ['nonsense', 'nonsense\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT', head('CONNECT x:1 HTTP/1.1'), /^$/],
    ['its last request', head('GET /1 HTTP/1.1', 'Connection: close'), /^HTTP\/1\.1 200 .*fine$/s],
  ])('that goes on sending behind %s is not reset: its answer arrives', async (_, start, expected) => {
    // With a shop's patience: a busy machine takes its time for so many bytes.
    const patient = await listen(
      '127.0.0.1',
      0,
      async (_request, response) => void response.end('fine'),
      () => {},
    );
    const { socket, answer } = open(patient.port);
    const errors: Error[] = [];
    socket.on('error', (error) => errors.push(error));
    const closed = once(socket, 'close');
    // More than the buffers between the two hold.
    socket.end(`${start}${'x'.repeat(8_000_000)}`);
    expect(await answer).toMatch(expected);
    await closed;
    await patient.stop();
    expect(errors).toEqual([]);
  });

  test('on which requests follow the last one: they are not answered', async () => {
    const { socket, answer } = open();
    socket.write(head('GET /1 HTTP/1.1', 'Connection: close'));
    await arrived;
    setImmediate(() => setImmediate(() => socket.end(head('GET /2 HTTP/1.1'))));
    expect((await answer).match(/\/\d:0/g)).toEqual(['/1:0']);
  });

  test('that never stops sending behind nonsense is cut off', async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }).resume();
    const errors: string[] = [];
    socket.on('error', ({ message }) => errors.push(message));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const more = () => socket.writable && socket.write('x'.repeat(100_000), () => setImmediate(more));
    socket.write('nonsense\r\n\r\n', more);
    await closed;
    expect(errors.join()).toMatch(/^write (EPIPE|ECONNRESET)$|^read ECONNRESET$/);
  });

  test('on which CONNECT follows a whole request gets the answer first, then is hung up on', async () => {
    const { socket, answer } = open();
    socket.end(`${head('GET /1 HTTP/1.1')}${head('CONNECT x:1 HTTP/1.1')}`);
    expect((await answer).match(/\/\d:0|HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', '/1:0']);
  });

  test('that is reset behind a request and CONNECT costs nobody else anything', async () => {
    const reset = open();
    reset.socket.write(`${head('GET /slow HTTP/1.1')}${head('CONNECT x:1 HTTP/1.1')}`);
    await once(reset.socket, 'connect');
    await arrived;
    reset.socket.resetAndDestroy();
    await once(reset.socket, 'close');
    const { socket, answer } = open();
    socket.end(head('GET /2 HTTP/1.1'));
    expect(await answer).toContain('/2:0');
    goOn();
  });

  test('that is closed in the middle of a body gets a 400', async () => {
    const { socket, answer } = open();
    socket.end(`${head('POST /a HTTP/1.1', 'Content-Length: 30')}abc`);
    expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each([
    ['head', 'GET / HTTP/1.1\r\nX: '],
    ['body', head('POST /a HTTP/1.1', 'Content-Length: 30')],
    ['body in chunks', `${head('POST /a HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nabc`],
  ])('whose %s does not end is cut off', async (_, start) => {
    const { socket, answer } = open();
    socket.write(start);
    expect(await answer).toMatch(/^HTTP\/1\.1 4(00|08) /);
  });

  test('on which nobody says anything is cut off', async () => {
    const { answer } = open();
    expect(await answer).not.toContain('200');
  });

  test('that sends a byte now and then is cut off all the same (slow loris)', async () => {
    const { socket, answer } = open();
    socket.write('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('X: y\r\n'), 10);
    expect(await answer).not.toContain('200');
    clearInterval(drip);
  });

  afterEach(() => expect(reported).toEqual([]));
});
