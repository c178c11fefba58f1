import { timingSafeEqual } from 'node:crypto';
import { keyOf, sign } from './sign.ts';

export type Verification =
  | { ok: true }
  | { ok: false; reason: 'missing_header' | 'bad_id' | 'bad_timestamp' | 'too_old' | 'too_new' | 'no_match' };

/** Node's header object, or any map of lower-case names. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const toleranceSeconds = 300;
/** A signature header lists one item a key and version; more than this is not a sender, it is a search. */
const mostSignatures = 16;

/**
 * Receivers may copy this file and sign.ts: verifies a delivery of ours, or of any sender that follows Standard Webhooks 1.0.0 with `v1`.
 * Hand it the body's raw bytes: JSON that was parsed and printed again has another signature. Then drop what was seen before by
 * `webhook-id`, kept for seven days.
 * @param now epoch milliseconds
 * @throws Error when the secret is malformed; a bad request is an answer
 */
export function verifyWebhook(
  secret: string,
  headers: Headers,
  body: string | Uint8Array,
  now: number = Date.now(),
): Verification {
  keyOf(secret);
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  // A header given twice is an array in Node: which one was meant is not ours to guess.
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return { ok: false, reason: 'missing_header' };
  if (!/^\w+$/.test(id)) return { ok: false, reason: 'bad_id' };
  // Strict: parseInt would read "1614265330abc".
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'bad_timestamp' };
  const age = Math.floor(now / 1000) - Number(timestamp);
  if (age > toleranceSeconds) return { ok: false, reason: 'too_old' };
  if (age < -toleranceSeconds) return { ok: false, reason: 'too_new' };

  const expected = Buffer.from(sign(secret, id, Number(timestamp), body));
  const given = signatures.split(' ', mostSignatures).map((item) => Buffer.from(item));
  // Every item is compared, in a time that tells nothing about where it differs.
  const matches = given.filter((item) => item.length === expected.length && timingSafeEqual(item, expected));
  return matches.length > 0 ? { ok: true } : { ok: false, reason: 'no_match' };
}
