import {
  type Command,
  isIdentity,
  itemCallsOf,
  type RetryStrategy,
  readyAnswer,
  sendItemCall,
  type Way,
  wayOf,
} from './item-calls.ts';
import type { AnswerMessage, RequestMessage } from './messages.ts';
import { bytesOf } from './messages.ts';

/** Takes one request to a host's AWS endpoint and resolves with its answer, undefined when there is none; undefined = no door leads there. */
export type DoorTo = (host: string) => ((request: RequestMessage) => Promise<AnswerMessage | undefined>) | undefined;

/** `HttpRequest` of the SDK, as far as it is used here. */
interface Request {
  protocol: string;
  hostname: string;
  port?: number;
  method: string;
  path: string;
  query?: Record<string, unknown>;
  headers: Record<string, string>;
  body?: unknown;
}

interface Handler {
  handle(
    request: Request,
    options?: { abortSignal?: unknown; requestTimeout?: unknown },
  ): Promise<{ response: object }>;
}

/** Of an endpoint: what a request to it is signed for. */
interface Scope {
  signingName?: string;
  signingRegion?: string;
}

interface Signer {
  sign(request: Request, options: { signingRegion?: string; signingService?: string }): Promise<Request>;
}

interface Client {
  config: {
    requestHandler: Handler;
    signer: (scheme?: Scope) => Promise<Signer>;
    region: () => Promise<string>;
    defaultSigningName?: string;
    credentials: () => Promise<{ accessKeyId: string; sessionToken?: string }>;
    retryStrategy: () => Promise<RetryStrategy>;
  };
  middlewareStack: { identify(): string[] };
  send(command: Command, ...more: unknown[]): Promise<object>;
}

/**
 * A package of the SDK whose client hands its requests to the door as they are, by the two options that the SDK has for it: a request handler
 * without streams, timers and agents, and a signer that says who asks without computing what nobody checks. That is a third of a call's processor
 * time. Calls for items, nine of ten, do without the rest of the SDK as well once the client has sent its first request (`sendItemCall`). What a door
 * does not lead to goes the client's own way, as does what is not JSON, has a time-out or can be aborted.
 */
export function clientsByDoor(exports: object, doorTo: DoorTo): object {
  const itemCalls = itemCallsOf(exports);
  const changed = Object.entries(Object.getOwnPropertyDescriptors(exports)).map(([name, descriptor]) => {
    const value: unknown = Reflect.get(exports, name);
    if (!isClient(name, value)) return [name, descriptor] as const;
    return [name, { value: byDoor(value, doorTo, itemCalls), enumerable: true }] as const;
  });
  return Object.defineProperties({}, Object.fromEntries(changed));
}

type ClientClass = new (...args: unknown[]) => Client;

const isClient = (name: string, value: unknown): value is ClientClass =>
  typeof value === 'function' && /^[A-Z]\w*Client$/.test(name);

function byDoor(base: ClientClass, doorTo: DoorTo, itemCalls: ReadonlyMap<unknown, string>): ClientClass {
  const client = class extends base {
    readonly #door: { way?: Way | undefined };
    readonly #ownMiddlewares: ReadonlySet<string>;
    #isChanged: boolean | undefined;

    constructor(...args: unknown[]) {
      super(...args);
      this.#door = takeDoor(this.config, doorTo);
      this.#ownMiddlewares = new Set(this.middlewareStack.identify());
    }

    override async send(command: Command, ...more: unknown[]): Promise<object> {
      const { way } = this.#door;
      const operation = more.length === 0 && way ? itemCalls.get(command.constructor) : undefined;
      if (!operation || !way || this.#hasForeignMiddleware()) return super.send(command, ...more);
      const door = doorTo(way.host);
      const isSame = isIdentity(way, await this.config.credentials());
      if (!isSame) this.#door.way = undefined;
      if (!door || !isSame) return super.send(command);
      return sendItemCall(operation, command, way, door, (given) => super.send(given));
    }

    /** What somebody has put between the call and the wire is not left out. Nobody does after the first call. */
    #hasForeignMiddleware(): boolean {
      this.#isChanged ??= this.middlewareStack.identify().some((name) => !this.#ownMiddlewares.has(name));
      return this.#isChanged;
    }
  };
  return Object.defineProperty(client, 'name', { value: base.name });
}

/** @returns how requests went by the door, once one has */
function takeDoor(config: Client['config'], doorTo: DoorTo): { way?: Way | undefined } {
  const taken: { way?: Way | undefined } = {};
  const { requestHandler: ownHandler, signer: ownSigner } = config;
  const doorOf = (request: Request) => (isPlain(request) ? doorTo(`${request.hostname}:${request.port}`) : undefined);
  const handler: Handler = Object.create(ownHandler);
  handler.handle = async (request, options) => {
    const door = options?.abortSignal || options?.requestTimeout ? undefined : doorOf(request);
    if (!door) return ownHandler.handle(request, options);
    const message = messageOf(request);
    taken.way ??= await wayOf(message, await config.credentials(), await config.retryStrategy());
    const { answer } = readyAnswer() ?? { answer: await door(message) };
    if (!answer) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
    const { status, headers, body } = answer;
    return { response: { statusCode: status, headers, body: typeof body === 'string' ? Buffer.from(body) : body } };
  };
  config.requestHandler = handler;
  config.signer = async (scheme) => ({
    async sign(request, options) {
      if (!doorOf(request)) return (await ownSigner(scheme)).sign(request, options);
      const { accessKeyId, sessionToken } = await config.credentials();
      const region = options.signingRegion ?? scheme?.signingRegion ?? (await config.region());
      const service = options.signingService ?? scheme?.signingName ?? config.defaultSigningName;
      const credential = `${accessKeyId}/00000000/${region}/${service}/aws4_request`;
      request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
      if (sessionToken) request.headers['x-amz-security-token'] = sessionToken;
      return request;
    },
  });
  return taken;
}

/** Whose answer is JSON as a whole, and whose body is here as a whole. */
const isPlain = ({ headers, body, protocol }: Request): boolean =>
  protocol === 'http:' &&
  /^application\/(x-amz-)?json/.test(headers['content-type'] ?? '') &&
  (typeof body === 'string' || body instanceof Uint8Array);

function messageOf({ method, path, query, headers, hostname, port, body }: Request): RequestMessage {
  const search = Object.entries(query ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value ?? ''))}`),
  );
  return {
    method,
    url: search.length > 0 ? `${path}?${search.join('&')}` : path,
    headers: { ...headers, host: headers.host ?? `${hostname}:${port}` },
    body: typeof body === 'string' ? body : bytesOf(body as Uint8Array),
  };
}
