import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

/** 32 bytes of chance, as Standard Webhooks writes a symmetric key. */
export const newSecret = (): string => `${prefix}${randomBytes(32).toString('base64')}`;

/** The key's bytes. Throws when it is not a `whsec_` secret of 24 to 64 bytes, the sizes that the specification allows. */
export function keyOf(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  const key = Buffer.from(text, 'base64');
  // Buffer skips what is not base64: only what encodes back to the same text was all read.
  if (key.toString('base64') !== text || key.length < 24 || key.length > 64)
    throw new Error('a webhook secret is "whsec_" and base64 of 24 to 64 bytes');
  return key;
}

/**
 * The signature `v1` of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, base64. An id holds no dot, so that no other
 * triple reads the same. Rotation and `v1a` add items to the header, separated by a space.
 * @param timestamp Unix seconds of this attempt
 */
export function sign(secret: string, id: string, timestamp: number, body: string | Uint8Array): string {
  if (!/^\w+$/.test(id)) throw new Error('a webhook id is letters, digits and underscores');
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) throw new Error('a timestamp is whole seconds');
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}
