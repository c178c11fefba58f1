import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Position } from '../ports/order-store.ts';
import { ProblemError } from './problem.ts';

/** The key that seals cursors: 32 bytes. */
export interface CursorSecret {
  cursorSecret(): Promise<Buffer>;
}

/** What a cursor is good for: one listing with one set of filters, asked for by one API key. */
export interface CursorScope {
  route: string;
  filters: Readonly<Record<string, string | undefined>>;
  keyId: string;
}

const Sealed = z.object({
  v: z.literal(1),
  position: z.record(z.string(), z.string()),
  filterHash: z.string(),
  keyId: z.string(),
  /** Epoch milliseconds. */
  exp: z.number(),
});

const validFor = 24 * 3_600_000;
const ivLength = 12;
const tagLength = 16;

/** Positions hold keys of our tables and customers' ids: sealed (AES-256-GCM), a cursor tells nothing and cannot be changed. */
export async function sealCursor(
  secret: CursorSecret,
  position: Position,
  scope: CursorScope,
  now: number,
): Promise<string> {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', await secret.cursorSecret(), iv);
  const content = { v: 1, position, filterHash: hashOf(scope), keyId: scope.keyId, exp: now + validFor };
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** @throws ProblemError invalid_cursor: changed, of another key, of other filters, or older than 24 hours; which of them is not told */
export async function openCursor(
  secret: CursorSecret,
  cursor: string,
  scope: CursorScope,
  now: number,
): Promise<Position> {
  const opened = Sealed.safeParse(decrypt(cursor, await secret.cursorSecret()));
  const { data } = opened;
  if (!data || data.filterHash !== hashOf(scope) || data.keyId !== scope.keyId || data.exp <= now) {
    throw new ProblemError('invalid_cursor');
  }
  return data.position;
}

function decrypt(cursor: string, key: Buffer): unknown {
  const bytes = Buffer.from(cursor, 'base64url');
  // Buffer.from skips what it does not know and ignores spare bits: only one text may be this cursor.
  if (bytes.length <= ivLength + tagLength || bytes.toString('base64url') !== cursor) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivLength), { authTagLength: tagLength });
    decipher.setAuthTag(bytes.subarray(-tagLength));
    const text = Buffer.concat([decipher.update(bytes.subarray(ivLength, -tagLength)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

const hashOf = ({ route, filters }: CursorScope): string => {
  const given = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([route, given]))
    .digest('base64url');
};
