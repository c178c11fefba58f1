import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from './errors.ts';
import { isLocalHost } from './http-server.ts';
import type { Principal, RequestHead, Service, WireRequest, WireResponse } from './kernel.ts';
import { isForLocalPages, type LocalPages, refusalOfLocalPages } from './local-pages.ts';
import { encodeQueryError, speaksQuery } from './query-errors.ts';
import { wireText } from './ready-text.ts';
import { type Credential, credentialOf } from './wire-credential.ts';
import { AnswerLost, encodeError } from './wire-errors.ts';

/** Bytes. Larger than any request of the services run here (DynamoDB's batch write: 16 MB). */
export const LARGEST_REQUEST = 16 * 1024 * 1024;

type Body = string | Uint8Array;

export type Identify = (accessKeyId: string, sessionToken: string | undefined) => Principal;

/** What is behind the AWS endpoint's port: finds out who asks, and which service is to answer. */
export class Endpoint {
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

  /** @param body undefined = longer than LARGEST_REQUEST. Undefined is returned where the connection is to be broken instead. */
  async answer(request: RequestHead, body: Body | undefined): Promise<WireResponse | undefined> {
    const requestId = randomUUID();
    const whole = body !== undefined && isWithinLimit(body) ? body : undefined;
    if (this.#pages && whole !== undefined && isForLocalPages(request)) {
      return complete(request, await this.#localPage(this.#pages, request, whole), requestId);
    }
    let service: Service | undefined;
    const credential = credentialOf(request);
    try {
      service = this.#find(request, credential);
      admit(request, credential);
      if (whole === undefined) {
        const message = `Request is larger than ${LARGEST_REQUEST} bytes`;
        throw new AwsError('RequestEntityTooLargeException', message, 413);
      }
      const token = headerOf(request, 'x-amz-security-token') ?? credential.sessionToken;
      const principal = this.#identify(credential.accessKeyId, token);
      const answer =
        service.json && (request.headers['x-amz-target'] || !service.wire)
          ? await answerJson(service, request, whole, principal)
          : await answerRest(service, request, whole, principal, requestId);
      return complete(request, answer, requestId);
    } catch (error) {
      if (error instanceof AnswerLost) return undefined;
      if (!(error instanceof AwsError)) this.#report(`${request.method} ${request.url} (${service?.name})`, error);
      const answer = speaksQuery(request)
        ? encodeQueryError(error, credential?.service, requestId)
        : encodeError(error, service);
      return complete(request, answer, requestId);
    }
  }

  async #localPage(pages: LocalPages, request: RequestHead, body: Body): Promise<WireResponse> {
    const credential = credentialOf(request);
    const isRole = credential ? this.#identify(credential.accessKeyId, credential.sessionToken).kind === 'role' : false;
    const refused = refusalOfLocalPages(request, isRole);
    if (refused) return { status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: refused };
    const [path = '/', query = ''] = request.url.split('?', 2);
    return pages({ method: request.method, path, query: new URLSearchParams(query), body: bufferOf(body) });
  }

  #find(request: RequestHead, credential: Credential | undefined): Service {
    const target = headerOf(request, 'x-amz-target');
    const prefix = target?.slice(0, target.lastIndexOf('.'));
    const service =
      prefix !== undefined
        ? this.#byTarget.get(prefix)
        : // A queue's URL names its service by its form: /<account>/<queue>.
          (this.#byName.get(credential?.service ?? '') ??
          (/^\/\d{12}\/[\w.-]+\/?(\?|$)/.test(request.url) ? this.#byName.get('sqs') : undefined));
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
function admit(request: RequestHead, credential: Credential | undefined): asserts credential is Credential {
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
  request: RequestHead,
  body: Body,
  principal: Principal,
): Promise<WireResponse> {
  const target = headerOf(request, 'x-amz-target') ?? '';
  const operation = target.slice(target.lastIndexOf('.') + 1);
  // Also keeps `constructor` and the like away from the services' tables of operations.
  if (!/^[A-Z][A-Za-z0-9]{1,99}$/.test(operation)) {
    throw new AwsError('UnknownOperationException', `Unknown operation: ${operation.slice(0, 100)}`);
  }
  const result = await service.call(operation, parseInput(body), principal);
  const text = wireText(result);
  return { status: 200, headers: jsonHeaders(service, text), body: text };
}

function parseInput(body: Body): object {
  if (body.length === 0) return {};
  let input: unknown;
  try {
    input = JSON.parse(typeof body === 'string' ? body : bufferOf(body).toString('utf8'));
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
  request: RequestHead,
  body: Body,
  principal: Principal,
  requestId: string,
): Promise<WireResponse> {
  if (!service.wire) throw new AwsError('UnknownOperationException', `${service.name} has no operation by that path`);
  const { method, url } = request;
  const question = url.indexOf('?');
  const wireRequest: WireRequest = {
    method,
    path: question < 0 ? url : url.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    headers: singleHeaders(request),
    body: bufferOf(body),
    principal,
    requestId,
  };
  return await service.wire(wireRequest);
}

function singleHeaders(request: RequestHead): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

function headerOf(request: RequestHead, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const bufferOf = (body: Body): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);

/** A character is at most three bytes of UTF-8 for each unit of a string's length: most need not be counted. */
function isWithinLimit(body: Body): boolean {
  return body.length * 3 <= LARGEST_REQUEST || Buffer.byteLength(body) <= LARGEST_REQUEST;
}

/** With what every answer carries, and without a body where HTTP has none. */
function complete({ method }: RequestHead, { status, headers, body }: WireResponse, requestId: string): WireResponse {
  const all: Record<string, string> = { 'x-amzn-requestid': requestId, ...headers };
  if (status === 204 || status === 304) return { status, headers: all, body: '' };
  all['content-length'] ??= String(Buffer.byteLength(body));
  return { status, headers: all, body: method === 'HEAD' ? '' : body };
}
