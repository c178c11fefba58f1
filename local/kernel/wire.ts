import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError } from './errors.ts';
import { isLocalHost, listen, readBody } from './http-server.ts';
import type { Principal, Service, WireRequest, WireResponse } from './kernel.ts';
import { isForLocalPages, type LocalPages, refusalOfLocalPages } from './local-pages.ts';
import { type Credential, credentialOf } from './wire-credential.ts';
import { AnswerLost, encodeError } from './wire-errors.ts';

/** Larger than any request of the services run here (DynamoDB's batch write: 16 MB). */
const BODY_LIMIT = 16 * 1024 * 1024;

export interface Wire {
  readonly port: number;
  /** Until this is called every request is answered 503, which the SDKs retry. */
  serve(
    services: Iterable<Service>,
    identify: (accessKeyId: string, sessionToken: string | undefined) => Principal,
    pages?: LocalPages,
  ): void;
  stop(): Promise<void>;
}

/** The AWS endpoint: every service of this machine behind one port, speaking the services' own protocols. */
export async function startWire(
  host: string,
  port: number,
  report: (where: string, error: unknown) => void,
): Promise<Wire> {
  let endpoint: Endpoint | undefined;
  const server = await listen(
    host,
    port,
    async (request, response) => {
      if (!endpoint) {
        response.writeHead(503, { 'retry-after': '1' }).end();
        return;
      }
      await endpoint.handle(request, response);
    },
    report,
  );
  return {
    port: server.port,
    serve(services, identify, pages) {
      endpoint = new Endpoint([...services], identify, report, pages);
    },
    stop: () => server.stop(),
  };
}

class Endpoint {
  readonly #byName = new Map<string, Service>();
  readonly #byTarget = new Map<string, Service>();
  readonly #identify: (accessKeyId: string, sessionToken: string | undefined) => Principal;
  readonly #report: (where: string, error: unknown) => void;
  readonly #pages: LocalPages | undefined;

  constructor(
    services: Service[],
    identify: (accessKeyId: string, sessionToken: string | undefined) => Principal,
    report: (where: string, error: unknown) => void,
    pages: LocalPages | undefined,
  ) {
    this.#pages = pages;
    for (const service of services) {
      this.#byName.set(service.name, service);
      for (const prefix of service.json?.targetPrefixes ?? []) this.#byTarget.set(prefix, service);
    }
    this.#identify = identify;
    this.#report = report;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const body = await readBody(request, BODY_LIMIT).catch(() => null);
    if (body === null) return void response.destroy();
    if (this.#pages && body && isForLocalPages(request)) {
      return send(response, await this.#localPage(this.#pages, request, body), requestId);
    }
    let service: Service | undefined;
    try {
      const credential = credentialOf(request);
      service = this.#find(request, credential);
      admit(request, credential);
      if (!body)
        throw new AwsError('RequestEntityTooLargeException', `Request is larger than ${BODY_LIMIT} bytes`, 413);
      const token = headerOf(request, 'x-amz-security-token') ?? credential.sessionToken;
      const principal = this.#identify(credential.accessKeyId, token);
      const answer =
        service.json && (request.headers['x-amz-target'] || !service.wire)
          ? await answerJson(service, request, body, principal)
          : await answerRest(service, request, body, principal, requestId);
      send(response, answer, requestId);
    } catch (error) {
      if (error instanceof AnswerLost) return void response.destroy();
      if (!(error instanceof AwsError)) this.#report(`${request.method} ${request.url} (${service?.name})`, error);
      send(response, encodeError(error, service), requestId);
    }
  }

  async #localPage(pages: LocalPages, request: IncomingMessage, body: Buffer): Promise<WireResponse> {
    const credential = credentialOf(request);
    const isRole = credential ? this.#identify(credential.accessKeyId, credential.sessionToken).kind === 'role' : false;
    const refused = refusalOfLocalPages(request, isRole);
    if (refused) return { status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: refused };
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    return pages({ method: request.method ?? 'GET', path, query: new URLSearchParams(query), body });
  }

  #find(request: IncomingMessage, credential: Credential | undefined): Service {
    const target = headerOf(request, 'x-amz-target');
    const prefix = target?.slice(0, target.lastIndexOf('.'));
    const service =
      prefix !== undefined
        ? this.#byTarget.get(prefix)
        : // A queue's URL names its service by its form: /<account>/<queue>.
          (this.#byName.get(credential?.service ?? '') ??
          (/^\/\d{12}\/[\w.-]+\/?(\?|$)/.test(request.url ?? '') ? this.#byName.get('sqs') : undefined));
    if (service) return service;
    const asked = target || credential?.service;
    if (asked)
      throw new AwsError('UnknownOperationException', `No service on this machine answers ${asked.slice(0, 100)}`);
    throw missingToken();
  }
}

/**
 * Refuses what did not come from a client of AWS. A web page can make the browser of the person at this machine send "simple"
 * requests anywhere; it cannot add an Authorization header to them, and the `Host` check closes the way around that.
 */
function admit(request: IncomingMessage, credential: Credential | undefined): asserts credential is Credential {
  if (!credential) throw missingToken();
  if (!isLocalHost(request.headers.host)) {
    throw new AwsError(
      'AccessDeniedException',
      'Host names no address of this machine: use 127.0.0.1 or localhost',
      403,
    );
  }
  const harmless = request.method === 'GET' || request.method === 'HEAD';
  if (credential.presigned && request.headers.origin && !harmless) throw missingToken();
}

function missingToken(): AwsError {
  return new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', 403);
}

async function answerJson(
  service: Service,
  request: IncomingMessage,
  body: Buffer,
  principal: Principal,
): Promise<WireResponse> {
  const target = headerOf(request, 'x-amz-target') ?? '';
  const operation = target.slice(target.lastIndexOf('.') + 1);
  // Also keeps `constructor` and the like away from the services' tables of operations.
  if (!/^[A-Z][A-Za-z0-9]{1,99}$/.test(operation)) {
    throw new AwsError('UnknownOperationException', `Unknown operation: ${operation.slice(0, 100)}`);
  }
  const result = await service.call(operation, parseInput(body), principal);
  const text = JSON.stringify(result ?? {});
  return { status: 200, headers: jsonHeaders(service, text), body: text };
}

function parseInput(body: Buffer): object {
  if (body.length === 0) return {};
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'The request body is not a JSON object');
  }
  return input;
}

function jsonHeaders(service: Service, text: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': `application/x-amz-json-${service.json?.version ?? '1.1'}`,
  };
  // DynamoDB is the one service whose SDKs (botocore, Java, Go) check it.
  if (service.name === 'dynamodb') headers['x-amz-crc32'] = String(crc32(text));
  return headers;
}

async function answerRest(
  service: Service,
  request: IncomingMessage,
  body: Buffer,
  principal: Principal,
  requestId: string,
): Promise<WireResponse> {
  if (!service.wire) throw new AwsError('UnknownOperationException', `${service.name} has no operation by that path`);
  const url = request.url ?? '/';
  const question = url.indexOf('?');
  const wireRequest: WireRequest = {
    method: request.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    headers: singleHeaders(request),
    body,
    principal,
    requestId,
  };
  return await service.wire(wireRequest);
}

function singleHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function send(response: ServerResponse, answer: WireResponse, requestId: string): void {
  if (response.destroyed) return;
  const bodyless = answer.status === 204 || answer.status === 304;
  const headers: Record<string, string> = { 'x-amzn-requestid': requestId, ...answer.headers };
  if (!bodyless) headers['content-length'] ??= String(Buffer.byteLength(answer.body));
  response.writeHead(answer.status, headers);
  response.end(bodyless ? undefined : answer.body);
}
