import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { LocationId } from '../domain/ids.ts';

/** What an API key may do. */
export const KeyRole = z.enum(['storefront', 'agent', 'warehouse', 'finance', 'admin']);
export type KeyRole = z.infer<typeof KeyRole>;

/** What is kept of an API key: never the key. */
export const ApiKeyRecord = z.object({
  id: z.string(),
  /** SHA-256 of the whole key, hex. The key has 256 bits of chance, so that a slow hash would protect nothing more. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  role: KeyRole,
  /** Of a key for the work of some locations only. */
  locations: z.array(LocationId).min(1).optional(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
});
export type ApiKeyRecord = z.infer<typeof ApiKeyRecord>;

export interface ApiKeyStore {
  apiKey(id: string): Promise<ApiKeyRecord | undefined>;
}

/** `oms_live_<id>_<32 bytes of chance><CRC-32>`, all base 62. The pattern is public, for secret scanners. */
const keyPattern = /^oms_live_([0-9A-Za-z]{10})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})$/;
const checksumLength = 6;

export type Authentication =
  | { ok: true; keyId: string; role: KeyRole; locations?: readonly LocationId[] }
  | { ok: false; error: 'authentication_required' | 'invalid_api_key' };

const invalid = { ok: false, error: 'invalid_api_key' } as const;

/**
 * Who sends this Authorization header. The checksum is verified before anything is read, so that guesses and typing errors cost nothing.
 * Two headers arrive joined by a comma and fit no key.
 */
export async function authenticate(
  authorization: string | undefined,
  keys: ApiKeyStore,
  now: number,
): Promise<Authentication> {
  const header = authorization?.trim() ?? '';
  if (header === '') return { ok: false, error: 'authentication_required' };
  // The scheme is case-insensitive (RFC 9110, 11.1).
  const [, key = ''] = /^bearer +(\S+)$/i.exec(header) ?? [];
  const [, id, checksum] = keyPattern.exec(key) ?? [];
  if (id === undefined || checksum !== checksumOf(key.slice(0, -checksumLength))) return invalid;
  const record = await keys.apiKey(id);
  const given = sha256(key);
  // An unknown id takes the same path as a wrong key.
  const isSame = timingSafeEqual(given, record ? Buffer.from(record.hash, 'hex') : Buffer.alloc(given.length));
  if (!record || !isSame) return invalid;
  const isOver =
    record.revokedAt !== undefined || (record.expiresAt !== undefined && Date.parse(record.expiresAt) <= now);
  if (isOver) return invalid;
  const { id: keyId, role, locations } = record;
  return { ok: true, keyId, role, ...(locations && { locations }) };
}

/** A new key, shown once, and what is kept of it. */
export function newApiKey(
  { role, name, locations }: { role: KeyRole; name: string; locations?: LocationId[] },
  now: number,
  random: (size: number) => Buffer = randomBytes,
): { key: string; record: ApiKeyRecord } {
  // 8 bytes give up to 11 digits: the last 10 are as random as any.
  const id = base62(random(8), 11).slice(1);
  const body = `oms_live_${id}_${base62(random(32), 43)}`;
  const key = `${body}${checksumOf(body)}`;
  const hash = sha256(key).toString('hex');
  const createdAt = new Date(now).toISOString();
  return { key, record: { id, hash, role, ...(locations && { locations }), name, createdAt } };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes, checksumLength);
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let index = 0; index < length; index++) {
    text = `${digits[Number(rest % 62n)]}${text}`;
    rest /= 62n;
  }
  return text;
}
