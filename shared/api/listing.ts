import type { Page, Position } from '../ports/order-store.ts';
import type { System } from '../ports/system.ts';
import type { Answer } from '../runtime/answer.ts';
import { type CursorSecret, openCursor, sealCursor } from '../runtime/cursor.ts';
import type { Caller } from '../runtime/door.ts';

export interface ListingDeps {
  cursors: CursorSecret;
  system: System;
}

/** A request for a page. `filters` are its other query parameters as given: a cursor is good for the same ones only. */
export interface Listing {
  route: string;
  filters: Readonly<Record<string, string | undefined>>;
  limit: number;
  cursor: string | undefined;
  caller: Caller;
  origin: string;
  path: string;
}

/** A page as an answer, with the next one's cursor in the body and as a link (RFC 8288). */
export async function pageAnswer<T>(
  { cursors, system }: ListingDeps,
  { route, filters, limit, cursor, caller, origin, path }: Listing,
  read: (page: { limit: number; after?: Position }) => Promise<Page<T>>,
  represent: (item: T) => unknown,
): Promise<Answer> {
  const scope = { route: `${route} ${path}`, filters, keyId: caller.keyId };
  const after = cursor === undefined ? undefined : await openCursor(cursors, cursor, scope, system.now());
  const { items, next } = await read({ limit, ...(after && { after }) });
  const nextCursor = next ? await sealCursor(cursors, next, scope, system.now()) : null;
  const body = { data: items.map(represent), nextCursor };
  if (nextCursor === null) return { status: 200, body };
  const query = new URLSearchParams({ limit: String(limit), cursor: nextCursor });
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
  return { status: 200, headers: { link: `<${origin}${path}?${query}>; rel="next"` }, body };
}
