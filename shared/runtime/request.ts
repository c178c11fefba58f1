import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Actor } from '../domain/actor.ts';
import { type RouteContract, routeKeyOf } from './contract.ts';
import type { Caller } from './door.ts';
import { bodyFaults, bodyProblem, parameterFaults } from './faults.ts';
import { bytesOf, type JsonObject, parseJsonObject } from './json-body.ts';
import { type Fault, ProblemError, type ProblemPlace } from './problem.ts';
import { type Headers, idempotencyKeyOf, ifMatchOf } from './request-headers.ts';

/** HTTP API, payload format 2.0. */
export type ApiEvent = APIGatewayProxyEventV2;

/** Who asks with which key for what: the scope of an Idempotency-Key is the API key and the route. */
export interface Idempotency {
  owner: string;
  key: string;
  /** SHA-256 of method, path, query and the body's very bytes, hex: another spacing is another request. */
  requestHash: string;
}

type ParamsOf<C> = C extends { params: { schema: infer S extends z.ZodObject } } ? z.output<S> : undefined;
type QueryOf<C> = C extends { query: infer S extends z.ZodObject } ? z.output<S> : undefined;
type BytesOf<C> = C extends { bytes: object } ? Buffer : undefined;
type BodyOf<C> = C extends { body: infer S extends z.ZodObject } ? z.output<S> : undefined;

/** A request that passed every check its contract names. */
export interface ApiRequest<C extends RouteContract> extends ProblemPlace {
  params: ParamsOf<C>;
  query: QueryOf<C>;
  body: BodyOf<C>;
  /** The body where it is no JSON. */
  bytes: BytesOf<C>;
  caller: C['roles'] extends 'public' ? undefined : Caller;
  /** The caller as the domain knows it. */
  actor: C['roles'] extends 'public' ? undefined : Actor;
  method: string;
  headers: Headers;
  idempotency: Idempotency | undefined;
  /** From If-Match. */
  expectedVersion: number | undefined;
}

export function placeOf(event: ApiEvent): ProblemPlace {
  const { host = event.requestContext.domainName, 'x-forwarded-proto': scheme } = headersOf(event);
  // API Gateway speaks https only; the one-machine cloud speaks http on the loopback interface.
  const isPlain = scheme === 'http' || (scheme === undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(host));
  return {
    origin: `${isPlain ? 'http' : 'https'}://${host.replaceAll(/[^\w.:[\]-]/g, '')}`,
    path: encodeURI(event.rawPath.toWellFormed()),
    requestId: event.requestContext.requestId,
  };
}

export const headersOf = (event: ApiEvent): Headers => event.headers;

/**
 * Checks a request against its contract, in the order of what a stranger may learn: path, headers, query, body. Who asks was found out before.
 * @throws ProblemError
 */
export function parseRequest<C extends RouteContract>(contract: C, event: ApiEvent, caller?: Caller): ApiRequest<C> {
  if (contract.roles !== 'public' && !caller) throw new Error(`nobody was let in to ${routeKeyOf(contract)}`);
  const params = contract.params && parseParams(contract.params, event.pathParameters ?? {});
  const headers = headersOf(event);
  const expectedVersion = contract.ifMatch === 'optional' ? ifMatchOf(headers) : undefined;
  const bytes = bytesOf(event.body, event.isBase64Encoded);
  const idempotency = caller && idempotencyOf(contract, caller, event, bytes);
  const query = parseQuery(contract.query, event.rawQueryString);
  const type = headers['content-type'];
  const body = isWriting(contract) && !contract.bytes ? parseBody(contract, bytes, type) : undefined;
  const request = {
    ...placeOf(event),
    params,
    query,
    body,
    bytes: contract.bytes && checkedBytes(contract.bytes, bytes, type),
    caller,
    actor: caller && {
      ...{ id: caller.keyId, role: caller.role },
      ...(caller.locations && { locations: [...caller.locations] }),
    },
    method: event.requestContext.http.method,
    headers,
    idempotency,
    expectedVersion,
  };
  // The fields were parsed by the very schemas that the contract's type names; the compiler cannot follow that through a generic.
  return request as ApiRequest<C>;
}

function parseParams({ schema, problems }: NonNullable<RouteContract['params']>, values: Record<string, unknown>) {
  const parsed = schema.safeParse(values);
  if (!parsed.success) throw new ProblemError(problems[String(parsed.error.issues[0]?.path[0])] ?? 'not_found');
  return parsed.data;
}

function idempotencyOf(contract: RouteContract, { keyId }: Caller, event: ApiEvent, bytes: Buffer) {
  if (contract.idempotencyKey === 'none') return undefined;
  const key = idempotencyKeyOf(headersOf(event));
  if (key === undefined) {
    if (contract.idempotencyKey === 'required') throw new ProblemError('idempotency_key_required');
    return undefined;
  }
  const { method } = event.requestContext.http;
  const requestHash = createHash('sha256')
    .update(`${method} ${event.rawPath}\n${event.rawQueryString}\n`)
    .update(bytes)
    .digest('hex');
  return { owner: `${keyId} ${routeKeyOf(contract)}`, key, requestHash };
}

/** From the raw string: the parsed parameters of the event join a repeated one with a comma. */
function parseQuery(schema: z.ZodObject | undefined, rawQueryString: string): unknown {
  const given = new URLSearchParams(rawQueryString);
  const errors: Fault[] = [];
  for (const name of new Set(given.keys())) {
    if (given.getAll(name).length > 1) errors.push({ parameter: name, code: 'repeated', detail: 'Is given twice.' });
    if (!schema || !Object.hasOwn(schema.shape, name)) {
      errors.push({ parameter: name, code: 'unknown_parameter', detail: 'There is no such parameter.' });
    }
  }
  if (errors.length > 0) throw new ProblemError('invalid_parameter', undefined, { errors });
  const parsed = schema?.safeParse(Object.fromEntries(given));
  if (parsed && !parsed.success) {
    throw new ProblemError('invalid_parameter', undefined, { errors: parameterFaults(parsed.error) });
  }
  return parsed?.data;
}

const isWriting = ({ method }: RouteContract): boolean => method === 'POST' || method === 'PUT';

function checkedBytes(
  { types, largest }: NonNullable<RouteContract['bytes']>,
  bytes: Buffer,
  contentType = '',
): Buffer {
  if (bytes.length > largest) {
    throw new ProblemError('payload_too_large', `This body has at most ${largest.toLocaleString('en')} bytes.`);
  }
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(type)) {
    throw new ProblemError('unsupported_media_type', `Send Content-Type: ${types.join(' or ')}.`);
  }
  return bytes;
}

const nothing = z.strictObject({});

function parseBody(contract: RouteContract, bytes: Buffer, contentType: string | undefined): unknown {
  const isAbsent = bytes.length === 0 && (!contract.body || contract.bodyOptional === true);
  const body: JsonObject = isAbsent ? {} : parseJsonObject(bytes, contentType, contract.multiline);
  const parsed = (contract.body ?? nothing).safeParse(body);
  if (!parsed.success) throw bodyProblem(bodyFaults(parsed.error, body));
  return contract.body && parsed.data;
}
