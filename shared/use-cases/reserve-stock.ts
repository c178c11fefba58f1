import type { Allocation } from '../domain/commands.ts';
import { bucketsPerCommand } from '../domain/decide/release-stock.ts';
import type { OrderId, Sku } from '../domain/ids.ts';
import { isOver, type Order } from '../domain/order.ts';
import { unitsIn } from '../domain/positions.ts';
import { type Plan, planRoute, type Site } from '../domain/routing.ts';
import type { Inventory } from '../ports/inventory.ts';
import { type CommandMeta, type ExecuteDeps, execute, StoreContention } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export interface ReserveStockDeps extends ExecuteDeps {
  inventory: Inventory;
}

export type ReserveStockOutcome = 'RESERVED' | 'BACKORDERED' | 'REJECTED' | 'ON_HOLD' | 'OVER';

/** Somebody took the units between plan and commit this often: leave it to the workflow's retry. */
const replans = 8;
const queriesAtOnce = 8;

/**
 * 1. What units have no stock yet? None: done.
 * 2. Plan the sites on fresh buckets.
 * 3. Reserve, at most 60 buckets a transaction; when a bucket ran short meanwhile, plan again.
 * 4. What no site has is backordered, or the order rejected, as the policy says.
 * @throws StoreContention when the stock kept changing under every plan
 */
export async function reserveStock(
  deps: ReserveStockDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: ReserveStockOutcome }> {
  let order = await deps.orders.load(orderId);
  for (let round = 0; round < replans; round++) {
    if (!order || isOver(order) || order.canceling) return { outcome: 'OVER' };
    if (order.holds.length > 0) return { outcome: 'ON_HOLD' };
    const needs = needsOf(order);
    if (needs.length === 0) return { outcome: 'RESERVED' };

    const plan = planRoute(
      needs,
      await sitesFor(
        deps.inventory,
        needs.map(({ sku }) => sku),
      ),
    );
    if (plan.short.length > 0 && deps.policy.backorder === 'deny') return rejectOrder(deps, order, meta);
    if (await carryOut(deps, order, plan, meta)) return { outcome: plan.short.length > 0 ? 'BACKORDERED' : 'RESERVED' };
    order = await deps.orders.load(orderId);
  }
  throw new StoreContention(`${orderId}: the stock changed under every one of ${replans} plans`);
}

/** Reserves what the plan says, a chunk a transaction. False when somebody was faster: what is reserved by then stays, the rest is planned again. */
async function carryOut(deps: ReserveStockDeps, planned: Order, plan: Plan, meta: CommandMeta): Promise<boolean> {
  const backorders = newBackorders(planned, plan);
  const routing = { candidates: plan.candidates.slice(0, 20), sites: plan.sites };
  let left = plan.allocations;
  let known = planned;
  do {
    const chunk = firstBuckets(planned, left);
    left = left.slice(chunk.length);
    const command = {
      type: 'reserve',
      allocations: chunk,
      backorders: left.length === 0 ? backorders : [],
      routing,
    } as const;
    const result = await execute(deps, planned.id, [command], { ...meta, known });
    if (result.outcome !== 'done') return false;
    known = result.order;
  } while (left.length > 0);
  return true;
}

const needsOf = (order: Order) =>
  order.lines
    .map((line) => ({ lineId: line.id, sku: line.sku, quantity: unitsIn(line.positions, 'OPEN', 'BACKORDERED') }))
    .filter(({ quantity }) => quantity > 0);

/** Units still open after the plan. Allocations serve a line's open units first, then its backordered ones. */
function newBackorders(order: Order, plan: Plan) {
  const planned = new Map<string, number>();
  for (const { lineId, quantity } of plan.allocations) planned.set(lineId, (planned.get(lineId) ?? 0) + quantity);
  return order.lines
    .map((line) => ({ lineId: line.id, quantity: unitsIn(line.positions, 'OPEN') - (planned.get(line.id) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/** As many allocations as touch at most `bucketsPerCommand` buckets. */
function firstBuckets(order: Order, allocations: Allocation[]): Allocation[] {
  const skus = new Map(order.lines.map((line) => [line.id, line.sku]));
  const buckets = new Set<string>();
  const end = allocations.findIndex(({ lineId, locationId }) => {
    buckets.add(`${skus.get(lineId)} ${locationId}`);
    return buckets.size > bucketsPerCommand;
  });
  return end < 0 ? allocations : allocations.slice(0, end);
}

async function sitesFor(inventory: Inventory, skus: readonly Sku[]): Promise<Site[]> {
  const wanted = [...new Set(skus)];
  const locations = await inventory.locations();
  const bySite = new Map<string, Map<Sku, number>>();
  for (let start = 0; start < wanted.length; start += queriesAtOnce) {
    const found = await Promise.all(wanted.slice(start, start + queriesAtOnce).map((sku) => inventory.buckets(sku)));
    for (const { sku, locationId, available } of found.flat()) {
      const stock = bySite.get(locationId) ?? new Map<Sku, number>();
      bySite.set(locationId, stock.set(sku, available));
    }
  }
  return locations.map(({ id, priority, enabled }) => ({
    locationId: id,
    priority,
    enabled,
    available: bySite.get(id) ?? new Map(),
  }));
}

async function rejectOrder(deps: ReserveStockDeps, order: Order, meta: CommandMeta): Promise<{ outcome: 'REJECTED' }> {
  let current = order;
  while (current.lifecycle === 'PLACED') {
    const rejection = await execute(deps, order.id, [{ type: 'reject', reason: 'out_of_stock' }], {
      ...meta,
      known: current,
    });
    current = mustSucceed(rejection).order;
  }
  return { outcome: 'REJECTED' };
}
