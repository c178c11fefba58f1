import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request as the API sees it, before it is known which route it is for. */
export interface ApiRequest {
  method: string;
  /** As sent, percent-encoded, without the query string. */
  path: string;
  rawQueryString: string;
  query: Record<string, string> | undefined;
  /** Lower-case names; repeated headers joined by commas; no cookies. */
  headers: Record<string, string>;
  cookies: string[] | undefined;
  body: string | undefined;
  isBase64Encoded: boolean;
  protocol: string;
  sourceIp: string;
  requestId: string;
}

/** @returns undefined if the request's target is no path, or it names two hosts */
export function readRequest(request: IncomingMessage, body: Buffer): ApiRequest | undefined {
  const target = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '') || '/';
  if (!target.startsWith('/')) return undefined;
  const question = target.indexOf('?');
  const rawQueryString = question < 0 ? '' : target.slice(question + 1);
  const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const { headers, cookies } = readHeaders(request.rawHeaders);
  // Two hosts: which one was meant is not ours to guess (RFC 9112, 3.2).
  if (headers.host?.includes(',')) return undefined;
  addForwarding(headers, sourceIp, request.socket.localPort);
  const text = body.length > 0 && isText(headers['content-type']) && isUtf8(body);
  return {
    method: request.method ?? 'GET',
    path: question < 0 ? target : target.slice(0, question),
    rawQueryString,
    query: readQuery(rawQueryString),
    headers,
    cookies,
    body: body.length === 0 ? undefined : body.toString(text ? 'utf8' : 'base64'),
    isBase64Encoded: body.length > 0 && !text,
    protocol: `HTTP/${request.httpVersion}`,
    sourceIp,
    requestId: randomUUID(),
  };
}

/** No prototypes here: names come from clients, and `__proto__` is one like any other. */
function record(): Record<string, string> {
  return Object.create(null);
}

function readHeaders(raw: string[]): Pick<ApiRequest, 'headers' | 'cookies'> {
  const headers = record();
  let cookies: string[] | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const value = raw[index + 1]!;
    if (name === 'cookie') {
      cookies ??= [];
      cookies.push(...value.split(/; */).filter((cookie) => cookie !== ''));
    } else {
      const before = headers[name];
      headers[name] = before === undefined ? value : `${before},${value}`;
    }
  }
  return { headers, cookies };
}

/** What API Gateway adds to a request's headers. */
function addForwarding(headers: Record<string, string>, sourceIp: string, port: number | undefined): void {
  const before = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before ? `${before}, ${sourceIp}` : sourceIp;
  headers['x-forwarded-proto'] ??= 'http';
  headers['x-forwarded-port'] ??= String(port ?? '');
  headers['x-amzn-trace-id'] ??= traceId();
}

function traceId(): string {
  // Node makes UUIDs in advance; asking the system for random bytes at each request takes longer than the rest of this file.
  const digits = randomUUID().replaceAll('-', '');
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)}`;
}

function readQuery(raw: string): Record<string, string> | undefined {
  if (raw === '') return undefined;
  const query = record();
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = query[name];
    query[name] = before === undefined ? value : `${before},${value}`;
  }
  return query;
}

/**
 * What reaches a function as text; any other type, and none, as base64, forms included (measured on AWS:
 * github.com/ministackorg/ministack/pull/766). Text that is not UTF-8 goes as base64 too, so that no byte is lost.
 */
function isText(contentType: string | undefined): boolean {
  return /^\s*(text\/|application\/(json|xml|javascript)\s*(;|$))/i.test(contentType ?? '');
}
