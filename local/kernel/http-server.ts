import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface HttpServer {
  readonly port: number;
  /** Takes no new connection, lets what is under way finish for a moment, then cuts it off. */
  stop(): Promise<void>;
}

/** What is still under way at `stop` after this long (a long poll, a stuck function) is cut off. */
const STOP_GRACE_MILLISECONDS = 500;

/** In milliseconds. The SDKs keep an idle connection for less, so that it is never the server that closes one just as a request comes in. */
const TIMES = {
  keepAliveTimeout: 75_000,
  /** From the first byte of a request to its last: whoever sends slower is hung up on. */
  requestTimeout: 60_000,
  headersTimeout: 20_000,
  /** How often the two above are looked at. */
  connectionsCheckingInterval: 5_000,
};

/** For so long, in milliseconds, what a client goes on sending behind a refusal is read and thrown away (nginx's `lingering_timeout`). */
const LINGER = 5_000;

/**
 * An HTTP/1.1 server that no client can bring down: malformed requests get a 400 and are hung up on, slow ones time out,
 * a throwing handler costs only its own request.
 * @param port 0 = any free one
 * @param times other than a shop's, for tests
 * @throws the error of `listen`, for example with `code` `EADDRINUSE`
 */
export async function listen(
  host: string,
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  report: (where: string, error: unknown) => void,
  { linger = LINGER, ...times }: Partial<typeof TIMES> & { linger?: number } = {},
): Promise<HttpServer> {
  const server = createServer({ keepAlive: true, ...TIMES, ...times });
  // A client that says that it will send no more (`nc -N`) still waits for its answers. Node knows this switch, its documentation does not.
  Object.assign(server, { httpAllowHalfOpen: true });
  const answering = new Answering();
  const hungUp = new HungUp(linger);
  // What node calls behind an answer that is the connection's last.
  server.on('connection', (socket: Socket) => {
    socket.destroySoon = () => hungUp.add(socket);
  });
  server.on('request', (request, response) => {
    if (hungUp.has(request.socket)) return; // Behind the last answer nothing is done any more (RFC 9112, 9.6).
    answering.watch(request, response);
    request.on('error', () => {}); // The client went away: nobody is left to tell.
    response.on('error', () => {});
    handle(request, response).catch((error: unknown) => {
      report(`HTTP ${request.method} ${request.url}`, error);
      if (!response.headersSent) response.writeHead(500, { connection: 'close' });
      response.end();
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (hungUp.has(socket) && error.code !== 'ECONNRESET') return; // Each further piece of nonsense is another error.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    const refusal = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
    answering.after(socket, () => hungUp.add(socket, refusal));
  });
  // Upgrades are not spoken here. Without a listener node would treat them as ordinary requests, which is right.
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {}); // Node has let go of the socket: a reset by the client would end the process.
    answering.after(socket, () => hungUp.add(socket));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => report('HTTP server', error));

  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Real time on purpose: a process must be able to stop whatever its clock does.
        setTimeout(() => {
          server.closeAllConnections();
          hungUp.cutOff();
        }, STOP_GRACE_MILLISECONDS).unref();
      }),
  };
}

/**
 * Connections that have been told the last word and wait until the client hangs up too: bytes that nobody has read make the kernel reset
 * a connection, and the client would lose the answer (RFC 9112, 9.6).
 */
class HungUp {
  readonly #sockets = new Set<Socket>();
  readonly #linger: number;

  constructor(linger: number) {
    this.#linger = linger;
  }

  has(socket: Socket): boolean {
    return this.#sockets.has(socket);
  }

  add(socket: Socket, lastWord = ''): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    const end = setTimeout(() => socket.destroy(), this.#linger).unref();
    socket.once('close', () => {
      clearTimeout(end);
      this.#sockets.delete(socket);
    });
    socket.end(lastWord);
    socket.resume();
  }

  cutOff(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Which connections owe answers: a refusal of what came behind whole requests must not be taken for the answer to one of them. */
class Answering {
  readonly #open = new WeakMap<Socket, Set<IncomingMessage>>();
  readonly #after = new WeakMap<Socket, () => void>();

  watch(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const open = this.#open.get(socket) ?? new Set();
    this.#open.set(socket, open.add(request));
    response.once('close', () => {
      open.delete(request);
      if (!owes(open)) this.#after.get(socket)?.();
    });
  }

  /** Does it when the connection owes no answer. */
  after(socket: Socket, what: () => void): void {
    if (owes(this.#open.get(socket))) this.#after.set(socket, what);
    else what();
  }
}

/** The answer to a request that has not come whole is the refusal itself. */
const owes = (open: Set<IncomingMessage> | undefined): boolean =>
  open !== undefined && [...open].some(({ complete }) => complete);

/**
 * The whole body, or undefined if it is longer than `limit` bytes. What is too much is read and thrown away, because a client that
 * is still sending would not see the answer; `requestTimeout` bounds that.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks = [];
    });
    request.on('end', () => {
      if (size > limit) resolve(undefined);
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('The client hung up before its request was complete')));
  });
}

/**
 * True for a `Host` header that names this machine by address or as localhost. A page of the web that points its own name at
 * 127.0.0.1 (DNS rebinding) fails this, and so cannot use the browser of the person at this machine to come in.
 */
export function isLocalHost(hostHeader: string | undefined): boolean {
  if (!hostHeader) return true; // HTTP/1.0 tools; browsers always send it.
  const name = hostHeader.startsWith('[') ? 'address' : hostHeader.replace(/:\d*$/, '').toLowerCase();
  return name === 'address' || name === 'localhost' || name.endsWith('.localhost') || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}
