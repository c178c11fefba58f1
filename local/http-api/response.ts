import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';

export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: string | Buffer;
}

/** An answer of API Gateway itself. */
export function gatewayAnswer(status: number, message: string): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, cookies: [], body: JSON.stringify({ message }) };
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const shape = z.looseObject({
  statusCode: z.number().int().min(200).max(599),
  headers: z.record(z.string(), scalar).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Set by the connection, not by functions. */
const CONNECTION_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * Turns a function's result into an answer by the rules of payload format 2.0: with a `statusCode` it is a response, without one it is
 * the body of a 200.
 * @returns undefined if it is malformed, which API Gateway answers with 500
 */
export function mapResult(payload: string): ApiResponse | undefined {
  let result: unknown;
  try {
    result = JSON.parse(payload || 'null');
  } catch {
    return undefined;
  }
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { status: 200, headers: { 'content-type': 'application/json' }, cookies: [], body };
  }
  const parsed = shape.safeParse(result);
  if (!parsed.success) return undefined;
  const { statusCode, body, isBase64Encoded, cookies } = parsed.data;
  const headers = ownHeaders(parsed.data.headers ?? {}, cookies ?? []);
  if (!headers) return undefined;
  return {
    status: statusCode,
    headers: { 'content-type': 'text/plain;charset=utf-8', ...headers },
    cookies: cookies ?? [],
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

function ownHeaders(given: Record<string, string>, cookies: string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  try {
    for (const cookie of cookies) validateHeaderValue('set-cookie', cookie);
    for (const [name, value] of Object.entries(given)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      if (!CONNECTION_HEADERS.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
    }
  } catch {
    return undefined;
  }
  return headers;
}
