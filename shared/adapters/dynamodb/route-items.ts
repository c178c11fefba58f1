import { gzipSync } from 'node:zlib';
import type { Order } from '../../domain/order.ts';
import type { RouteRecord } from '../../ports/route-log.ts';
import { pk, sk } from './keys.ts';
import type { Item } from './order-items.ts';

/** Characters. An item of DynamoDB has 400 KB at most; what is larger is kept as its hash only, which is in the decision. */
const mostInput = 300_000;

/** What it was decided on says roughly where a customer lives, and is asked for weeks later, not years. The decision itself stays with the order. */
const inputKeptForDays = 90;

export const numbered = (prefix: string, version: number): string => `${prefix}${String(version).padStart(10, '0')}`;

/** The sites of an input say much the same, each: a tenth is left of it. */
const pack = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');

/** A decision beside the order, outside of `STATE#`: who loads the order does not read it. */
export function routeItems({ id, version }: Pick<Order, 'id' | 'version'>, { input, ...kept }: RouteRecord): Item[] {
  const key = pk.order(id);
  const packed = pack(input);
  const decision = { pk: key, sk: numbered(sk.route, version), version, data: pack(kept) };
  if (packed.length > mostInput) return [decision];
  const expiresAt = Math.floor(Date.parse(kept.at) / 1000) + inputKeptForDays * 24 * 3600;
  return [decision, { pk: key, sk: numbered(sk.routeInput, version), version, data: packed, expiresAt }];
}
