import * as z from 'zod';
import { LocationId, Sku } from '../ids.ts';
import { type Component, goodsOf, kitsFrom } from '../kit.ts';
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
  taken: { line: number; sku: Sku; locationId: LocationId; quantity: number; components?: Component[] }[];
  /** Held units that no line asks for: for sale again. */
  surplus: HeldUnits[];
}

/** A line of an order, as far as it decides what it can have of a hold. */
export interface CartLine {
  sku: Sku;
  quantity: number;
  /** Digital: no stock. */
  kind?: unknown;
  /** A kit: has its components at one site, or is routed anew. */
  components?: Component[] | undefined;
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
  const stocked = [...lines.entries()].filter(([, { kind, customization }]) => !kind && !customization);
  const taken: Conversion['taken'] = [];
  // Kits first: what single units may have from anywhere, a kit needs at one site.
  for (const [line, { sku, quantity, components }] of stocked) {
    const locationId = components && siteWithKits(left, components, quantity);
    if (!locationId) continue;
    for (const goods of goodsOf({ sku, quantity, components })) take(left, goods.sku, goods.quantity, locationId);
    taken.push({ line, sku, locationId, quantity, components });
  }
  for (const [line, { sku, quantity, components }] of stocked) {
    if (components) continue;
    for (const { locationId, quantity: got } of take(left, sku, quantity))
      taken.push({ line, sku, locationId, quantity: got });
  }
  const after = { ...hold, version: hold.version + 1, state: 'CONVERTED' as const, endedAt: now, orderId };
  return { after, taken, surplus: left.filter(({ quantity }) => quantity > 0) };
}

/** The first location whose held units make all these kits. */
const siteWithKits = (left: readonly HeldUnits[], components: readonly Component[], kits: number) =>
  [...new Set(left.map(({ locationId }) => locationId))].find((site) => {
    const held = (sku: Sku) =>
      left.reduce((sum, one) => sum + (one.sku === sku && one.locationId === site ? one.quantity : 0), 0);
    return kitsFrom(components, held) >= kits;
  });

/** Takes up to so many units off what is held, there or anywhere; answers with what came from where. */
function take(left: HeldUnits[], sku: Sku, quantity: number, at?: LocationId): HeldUnits[] {
  let wanted = quantity;
  return left.flatMap((units) => {
    const fits = units.sku === sku && (at === undefined || units.locationId === at);
    const got = fits ? Math.min(wanted, units.quantity) : 0;
    if (got === 0) return [];
    units.quantity -= got;
    wanted -= got;
    return [{ sku, locationId: units.locationId, quantity: got }];
  });
}

export const holdPostings = (units: readonly HeldUnits[], from: Account, to: Account): Posting[] =>
  units.map(({ sku, locationId, quantity }) => ({ sku, locationId, from, to, quantity }));
