import type { Allocation } from '../../domain/commands.ts';
import { type LineId, type LocationId, lineId, type Sku } from '../../domain/ids.ts';
import { goodsOf, kitsFrom } from '../../domain/kit.ts';
import type { StorefrontId } from '../../domain/network/storefront.ts';
import {
  CartHold,
  type CartHoldId,
  endHold,
  extendHold,
  type HoldEnd,
  mostHeldBuckets,
} from '../../domain/stock/cart-hold.ts';
import { type CartNeed, type CartSite, planCart } from '../../domain/stock/plan-cart.ts';
import type { CartHoldStore, KeptHold } from '../../ports/cart-holds.ts';
import type { Network, NetworkReader, SkuStock } from '../../ports/network.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { StoreContention } from '../execute.ts';
import { type Segment, segmentOf } from '../routing/segment.ts';

export interface CartHoldDeps {
  holds: CartHoldStore;
  network: NetworkReader;
  system: System;
}

export interface HoldRequest {
  id: CartHoldId;
  requestHash: string;
  storefrontId: StorefrontId;
  lines: readonly { sku: Sku; quantity: number }[];
  /** Pickup: only there. */
  locationId?: LocationId | undefined;
  seconds: number;
}

export type Held =
  | { outcome: 'held'; hold: CartHold }
  /** The same request was made before: the hold as it is now. */
  | { outcome: 'replay'; hold: CartHold; isSame: boolean }
  /** What can be had of each SKU that is short. */
  | { outcome: 'short'; lines: { line: number; sku: Sku; requested: number; available: number }[] }
  /** The units lie in more places than one hold can have. */
  | { outcome: 'too_scattered' }
  | Stranger;

/** What the request names does not exist. */
type Stranger = { outcome: 'unknown_storefront' | 'unknown_location' };

const attempts = 12;
const firstPause = 10;
const longestPause = 800;

/**
 * Takes all units of the lines out of sale, or none: the storefront's locations, less safety stock, fewest sites first. Holds whose time is over are
 * ended when their units are needed.
 * @throws StoreContention when every attempt met a conflict
 */
export async function holdCart(deps: CartHoldDeps, request: HoldRequest): Promise<Held> {
  const { holds, system } = deps;
  for (let attempt = 0; attempt < attempts; attempt++) {
    await pause(system, attempt);
    const stock = await readStock(deps, request);
    if (stock.stranger) return (await replay(deps, request)) ?? stock.stranger;
    const plan = planCart(stock.needs, stock.sites);
    if (plan.short.length > 0) {
      // A request that comes again finds the units gone: to itself.
      return (
        (await replay(deps, request)) ?? { outcome: 'short', lines: shortLines(stock.needs, stock.sites, plan.short) }
      );
    }
    const units = unitsOf(stock.needs, plan.allocations).map((one) => ({
      ...one,
      keep: stock.keep(one.sku, one.locationId),
    }));
    if (units.length > mostHeldBuckets) return { outcome: 'too_scattered' };
    const hold = newHold(request, units, system.now());
    const { outcome } = await holds.create({ hold, requestHash: request.requestHash }, units);
    if (outcome === 'done') return { outcome: 'held', hold };
    const known = outcome === 'conflict' && (await replay(deps, request));
    if (known) return known;
    // The plan counts what carts held too long: it can only be had once they are ended.
    for (const expired of stock.expired) await endCartHold(deps, expired, 'EXPIRED');
  }
  throw new StoreContention(`${request.id}: every one of ${attempts} attempts met a conflict`);
}

async function replay({ holds }: CartHoldDeps, { id, requestHash }: HoldRequest): Promise<Held | undefined> {
  const known = await holds.hold(id);
  return known && { outcome: 'replay', hold: known.hold, isSame: known.requestHash === requestHash };
}

/** Another look at a hold that must change: `change` answers undefined when there is nothing to do. */
async function changeHold(
  { holds, system }: Pick<CartHoldDeps, 'holds' | 'system'>,
  id: CartHoldId,
  change: (hold: CartHold) => { after: CartHold; write: 'extend' | 'end' } | undefined,
): Promise<{ changed: boolean; hold: CartHold } | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    await pause(system, attempt);
    const kept: KeptHold | undefined = await holds.hold(id);
    if (!kept) return undefined;
    const wanted = change(kept.hold);
    if (!wanted || wanted.after === kept.hold) return { changed: wanted !== undefined, hold: kept.hold };
    const { outcome } = await holds[wanted.write](kept.hold, wanted.after);
    if (outcome === 'done') return { changed: true, hold: wanted.after };
  }
  throw new StoreContention(`${id}: every one of ${attempts} attempts met a conflict`);
}

/** @returns undefined: there is no such hold; `changed` false: it is over */
export const extendCartHold = (deps: Pick<CartHoldDeps, 'holds' | 'system'>, id: CartHoldId, seconds: number) =>
  changeHold(deps, id, (hold) => {
    const after = extendHold(hold, seconds, isoNow(deps.system));
    return after && { after, write: 'extend' };
  });

/** Ends a hold and gives its units back. Ending one that has ended changes nothing. */
export const endCartHold = (deps: Pick<CartHoldDeps, 'holds' | 'system'>, id: CartHoldId, as: HoldEnd) =>
  changeHold(deps, id, (hold) => {
    const after = endHold(hold, as, isoNow(deps.system));
    return after && { after, write: 'end' };
  });

/** Ends the holds whose time is over, at most `limit`: the sweep. */
export async function sweepCartHolds(deps: Pick<CartHoldDeps, 'holds' | 'system'>, limit: number): Promise<number> {
  const due = await deps.holds.due(isoNow(deps.system), limit);
  let ended = 0;
  for (const id of due) if ((await endCartHold(deps, id, 'EXPIRED'))?.changed) ended += 1;
  return ended;
}

async function pause(system: System, attempt: number): Promise<void> {
  if (attempt > 0) await system.sleep(system.random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1)));
}

const skusOf = ({ lines }: HoldRequest): Sku[] => [...new Set(lines.map(({ sku }) => sku))];

/** Of a kit, the components: what is defined now. */
const needsOf = ({ lines }: HoldRequest, stocks: ReadonlyMap<Sku, SkuStock>): CartNeed[] =>
  lines.map(({ sku, quantity }, index) => {
    const components = stocks.get(sku)?.components;
    return { lineId: lineId(index + 1), sku, quantity, ...(components && { components }) };
  });

async function readStock({ network }: CartHoldDeps, request: HoldRequest) {
  const read = (skus: readonly Sku[]) => Promise.all(skus.map(async (sku) => [sku, await network.sku(sku)] as const));
  const [now, asked] = await Promise.all([network.network(), read(skusOf(request))]);
  const parts = asked.flatMap(([, { components }]) => components?.map(({ sku }) => sku) ?? []);
  const known = new Set(asked.map(([sku]) => sku));
  const stocks = [...asked, ...(await read([...new Set(parts)].filter((sku) => !known.has(sku))))];
  const bySku = new Map(stocks);
  const segment = segmentOf(now, request.storefrontId);
  const keep = (sku: Sku, locationId: LocationId) => segment.keep(sku, locationId, bySku.get(sku));
  const expired = stocks.flatMap(([, one]) => one.expired);
  return {
    keep,
    expired,
    needs: needsOf(request, bySku),
    sites: sitesOf(now, request, bySku, segment),
    stranger: strangerIn(now, request),
  };
}

/** A shop that has set up no storefronts sells everything everywhere; one that has, has a typing error here. */
function strangerIn({ storefronts, locations }: Network, request: HoldRequest): Stranger | undefined {
  if (storefronts.size > 0 && !storefronts.has(request.storefrontId)) return { outcome: 'unknown_storefront' };
  if (request.locationId === undefined || locations.some(({ id }) => id === request.locationId)) return undefined;
  return { outcome: 'unknown_location' };
}

function sitesOf(
  network: Network,
  { locationId }: HoldRequest,
  stocks: ReadonlyMap<Sku, SkuStock>,
  segment: Segment,
): CartSite[] {
  return network.locations.map(({ id, priority, enabled, capabilities }) => ({
    locationId: id,
    priority,
    enabled:
      enabled && segment.has(id) && (locationId === undefined ? capabilities.includes('ship') : locationId === id),
    available: new Map(
      [...stocks].map(([sku, stock]) => {
        const available = stock.buckets.find((bucket) => bucket.locationId === id)?.available ?? 0;
        return [sku, Math.max(0, available - segment.keep(sku, id, stock))] as const;
      }),
    ),
  }));
}

function shortLines(
  needs: readonly CartNeed[],
  sites: readonly CartSite[],
  short: readonly { lineId: LineId; quantity: number }[],
) {
  const isShort = new Set(short.map((one) => one.lineId));
  return needs.flatMap(({ lineId: id, sku, quantity, components }, line) => {
    if (!isShort.has(id)) return [];
    const bySite = sites
      .filter(({ enabled }) => enabled)
      .map(({ available: free }) =>
        components ? kitsFrom(components, (part) => free.get(part) ?? 0) : (free.get(sku) ?? 0),
      );
    // The kits of a line come from one site.
    const available = components ? Math.max(0, ...bySite) : bySite.reduce((sum, units) => sum + units, 0);
    return [{ line, sku, requested: quantity, available }];
  });
}

/** Summed by bucket: the store takes one action an item. */
function unitsOf(needs: readonly CartNeed[], allocations: readonly Allocation[]) {
  const units = new Map<string, { sku: Sku; locationId: LocationId; quantity: number }>();
  for (const { lineId: id, locationId, quantity } of allocations) {
    const need = needs.find((one) => one.lineId === id);
    if (!need) throw new Error(`the plan serves ${id}, which nobody asked for`);
    for (const goods of goodsOf({ ...need, quantity })) {
      const key = `${goods.sku} ${locationId}`;
      units.set(key, { ...goods, locationId, quantity: (units.get(key)?.quantity ?? 0) + goods.quantity });
    }
  }
  return [...units.values()];
}

const newHold = (
  { id, storefrontId, seconds }: HoldRequest,
  units: readonly { sku: Sku; locationId: LocationId; quantity: number }[],
  now: number,
): CartHold =>
  CartHold.parse({
    id,
    version: 1,
    storefrontId,
    state: 'HELD',
    units,
    createdAt: new Date(now).toISOString(),
    heldUntil: new Date(now + seconds * 1000).toISOString(),
  });
