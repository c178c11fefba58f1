import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';
import { StorefrontId } from '../network/storefront.ts';
import type { Account, Posting } from '../stock.ts';

export const CartHoldId = z
  .string()
  .regex(/^hld_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'CartHoldId'>();
export type CartHoldId = z.infer<typeof CartHoldId>;

/** Units of one SKU at one location. */
export const HeldUnits = z.object({ sku: Sku, locationId: LocationId, quantity: z.int().positive() });
export type HeldUnits = z.infer<typeof HeldUnits>;

/**
 * Units that nobody else can buy while a customer pays. Held from the moment it is made until it ends, once: RELEASED by the storefront, EXPIRED by
 * time, or CONVERTED into the reservations of an order, in the transaction that places the order (domain-model 3.3, vendure #3508).
 */
export const CartHold = z.object({
  id: CartHoldId,
  version: z.int().min(1),
  storefrontId: StorefrontId,
  state: z.enum(['HELD', 'CONVERTED', 'RELEASED', 'EXPIRED']),
  units: z.array(HeldUnits).min(1),
  createdAt: z.iso.datetime(),
  /** From then on the units are anybody's, whether or not the sweep has been there. */
  heldUntil: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  orderId: z.string().optional(),
});
export type CartHold = z.infer<typeof CartHold>;

/** Seconds. A hold that is extended again and again would take stock out of sale without a customer. */
export const holdLimits = { least: 30, most: 4 * 3600, fallback: 900, mostInAll: 24 * 3600 } as const;

/** One transaction ends or converts a hold: its row, and three actions for each bucket besides the order's own. */
export const mostHeldBuckets = 20;

export const isHeld = (hold: CartHold, now: string): boolean => hold.state === 'HELD' && hold.heldUntil > now;

export type HoldEnd = 'RELEASED' | 'EXPIRED';

/** @returns undefined if the hold has ended already, or must not end so yet */
export function endHold(hold: CartHold, as: HoldEnd, now: string): CartHold | undefined {
  if (hold.state !== 'HELD' || (as === 'EXPIRED' && hold.heldUntil > now)) return undefined;
  return { ...hold, version: hold.version + 1, state: as, endedAt: now };
}

/** @returns the hold until `seconds` from now, no later than a day after it was made; undefined if it is over */
export function extendHold(hold: CartHold, seconds: number, now: string): CartHold | undefined {
  if (!isHeld(hold, now)) return undefined;
  const latest = Date.parse(hold.createdAt) + holdLimits.mostInAll * 1000;
  const until = Math.min(Date.parse(now) + seconds * 1000, latest);
  if (until <= Date.parse(hold.heldUntil)) return hold;
  return { ...hold, version: hold.version + 1, heldUntil: new Date(until).toISOString() };
}

export interface Conversion {
  after: CartHold;
  /** What of the hold the lines get, line by line. */
  taken: { line: number; sku: Sku; locationId: LocationId; quantity: number }[];
  /** Held units that no line asks for: for sale again. */
  surplus: HeldUnits[];
}

/** A line of an order, as far as it decides what it can have of a hold. */
export interface CartLine {
  sku: Sku;
  quantity: number;
  /** Digital: no stock. */
  kind?: unknown;
  /** A kit: routed anew, its components have to be at one site. */
  components?: unknown;
  /** Routed anew: not every site can do that. */
  customization?: unknown;
}

/** Gives the held units to the lines of an order. What the hold does not cover is left to the order's own reservation. */
export function convertHold(
  hold: CartHold,
  lines: readonly CartLine[],
  orderId: string,
  now: string,
): Conversion | undefined {
  if (!isHeld(hold, now)) return undefined;
  const left = hold.units.map((units) => ({ ...units }));
  const taken: Conversion['taken'] = [];
  for (const [line, { sku, quantity, ...what }] of lines.entries()) {
    if (what.kind || what.components || what.customization) continue;
    let wanted = quantity;
    for (const units of left) {
      const got = units.sku === sku ? Math.min(wanted, units.quantity) : 0;
      if (got === 0) continue;
      taken.push({ line, sku, locationId: units.locationId, quantity: got });
      units.quantity -= got;
      wanted -= got;
    }
  }
  const after = { ...hold, version: hold.version + 1, state: 'CONVERTED' as const, endedAt: now, orderId };
  return { after, taken, surplus: left.filter(({ quantity }) => quantity > 0) };
}

export const holdPostings = (units: readonly HeldUnits[], from: Account, to: Account): Posting[] =>
  units.map(({ sku, locationId, quantity }) => ({ sku, locationId, from, to, quantity }));
