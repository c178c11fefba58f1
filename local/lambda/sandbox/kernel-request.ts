import { AsyncResource } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { type AnswerMessage, bytesOf } from './messages.ts';
import { QuietSocket } from './quiet-socket.ts';

/** Node tells of its HTTP client's requests here; VirtualTime and tracing libraries listen. */
const channels = {
  start: channel('http.client.request.start'),
  finish: channel('http.client.response.finish'),
  error: channel('http.client.request.error'),
};

type Send = (body: string | Uint8Array) => void;

/**
 * What `http.request` returns, without a connection: stands for `http.ClientRequest` as the AWS SDK's NodeHttpHandler (and any code that keeps to
 * the documented events) uses it. The body is sent as a whole when it is complete; the answer comes as a whole.
 */
export class KernelRequest extends Writable {
  /** Not documented to be there, but read by tracing libraries. */
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol = 'http:';
  aborted = false;
  reusedSocket = true;
  #send: Send;
  #chunks: (string | Buffer)[] = [];
  #answer: KernelAnswer | undefined;
  #socket: QuietSocket | undefined;
  #headers: Record<string, string>;
  /** Events belong to the invocation that made the request: what is logged in a listener is its own. */
  #context = new AsyncResource('HTTPCLIENTREQUEST');

  constructor(head: { method: string; path: string; host: string; headers: Record<string, string> }, send: Send) {
    // It ends when the answer has been read, not when the body has been written.
    super({ autoDestroy: false, decodeStrings: false });
    this.method = head.method;
    this.path = head.path;
    this.host = head.host;
    this.#headers = head.headers;
    this.#send = send;
    if (channels.start.hasSubscribers) channels.start.publish({ request: this });
  }

  /** Made for those who ask: most never do. */
  get socket(): QuietSocket {
    this.#socket ??= new QuietSocket(() => this.destroy());
    return this.#socket;
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  setTimeout(milliseconds: number, onTimeout?: () => void): this {
    if (onTimeout) this.once('timeout', onTimeout);
    this.socket.setTimeout(milliseconds, () => this.emit('timeout'));
    return this;
  }

  abort(): void {
    this.aborted = true;
    this.destroy();
  }

  override _write(chunk: string | Buffer, encoding: BufferEncoding, done: () => void): void {
    const isText = typeof chunk === 'string' && (encoding === 'utf8' || encoding === 'utf-8');
    this.#chunks.push(typeof chunk !== 'string' || isText ? chunk : Buffer.from(chunk, encoding));
    done();
  }

  override _final(done: () => void): void {
    const [first = ''] = this.#chunks;
    // Text stays text. What is not Unicode would have been replaced on the wire.
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks.map((chunk) => Buffer.from(chunk))) : first;
    this.#chunks = [];
    this.#send(typeof body === 'string' ? body.toWellFormed() : bytesOf(body));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.setTimeout(0);
    if (this.#answer) {
      if (!this.#answer.readableEnded) this.#answer.destroy(error ?? hungUp('aborted'));
      done(null);
      return;
    }
    const cause = error ?? hungUp('socket hang up');
    if (channels.error.hasSubscribers) channels.error.publish({ request: this, error: cause });
    done(cause);
  }

  /** @param answer undefined = there will be none: what a broken connection is to a socket */
  answered(answer: AnswerMessage | undefined): void {
    this.#context.runInAsyncScope(() => {
      if (this.destroyed) return;
      if (!answer) return void this.destroy(hungUp('socket hang up'));
      const response = new KernelAnswer(this, answer);
      this.#answer = response;
      response.on('close', () => this.destroy());
      if (channels.finish.hasSubscribers) channels.finish.publish({ request: this, response });
      // Nobody listens: what is not read would never end.
      if (!this.emit('response', response)) response.resume();
    });
  }
}

/** Stands for `http.IncomingMessage` as a client sees it. Everything has arrived when it is made. */
class KernelAnswer extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: IncomingHttpHeaders = {};
  readonly trailers = {};
  readonly rawTrailers: string[] = [];
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly complete = true;
  readonly aborted = false;
  readonly req: KernelRequest;
  #body: string | Uint8Array;

  constructor(request: KernelRequest, { status, headers, body }: AnswerMessage) {
    super();
    this.req = request;
    this.statusCode = status;
    this.statusMessage = STATUS_CODES[status] ?? '';
    for (const [name, value] of Object.entries(headers)) this.headers[name.toLowerCase()] = value;
    this.#body = body;
  }

  get socket(): QuietSocket {
    return this.req.socket;
  }

  get rawHeaders(): string[] {
    return Object.entries(this.headers).flatMap(([name, value]) => [name, String(value)]);
  }

  setTimeout(milliseconds: number, onTimeout?: () => void): this {
    this.req.setTimeout(milliseconds, onTimeout);
    return this;
  }

  override _read(): void {
    if (this.#body.length > 0) this.push(this.#body);
    this.push(null);
  }
}

function hungUp(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}
