import { ProblemError } from './problem.ts';

/** API Gateway gives header names in lower case and joins repeated headers with commas. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** 1 to 255 printable ASCII characters in double quotes with `\"` and `\\` (a structured-field string, RFC 9651). */
const quotedKey = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
/** Bare, as most clients send it. No comma: that is how two headers look when joined. No quote: it would be half a quoted key. */
const bareKey = /^[\x21\x23-\x2b\x2d-\x7e](?:[\x20\x21\x23-\x2b\x2d-\x7e]*[\x21\x23-\x2b\x2d-\x7e])?$/;
const longestKey = 255;

/**
 * The Idempotency-Key; `"k"` and `k` are the same key.
 * @throws ProblemError invalid_idempotency_key
 */
export function idempotencyKeyOf(headers: Headers): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const text = header.trim();
  const quoted = quotedKey.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1');
  const key = quoted ?? (bareKey.test(text) ? text : undefined);
  if (key === undefined || key.length > longestKey) throw new ProblemError('invalid_idempotency_key');
  return key;
}

export const etagOf = (version: number): string => `"v${version}"`;

/** A version that no order has: what a well-formed tag that is not ours matches. */
const neverVersion = 0;

/**
 * The version that If-Match asks for, by strong comparison: a weak tag matches nothing (RFC 9110, 13.1.1). Undefined: any version, or no header.
 * @throws ProblemError invalid_if_match, also for a list: an order has one version
 */
export function ifMatchOf(headers: Headers): number | undefined {
  const header = headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  const tag = /^(W\/)?"([\x21\x23-\x7e]*)"$/.exec(header);
  if (!tag) throw new ProblemError('invalid_if_match');
  const version = tag[1] ? undefined : /^v([1-9][0-9]{0,9})$/.exec(tag[2] ?? '')?.[1];
  return version === undefined ? neverVersion : Number(version);
}

/** Whether If-None-Match names this tag, by weak comparison (RFC 9110, 13.1.2). */
export function matchesNone(headers: Headers, etag: string): boolean {
  const header = headers['if-none-match']?.trim();
  if (header === undefined) return false;
  return header === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
