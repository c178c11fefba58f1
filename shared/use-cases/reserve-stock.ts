import type { Allocation } from '../domain/commands.ts';
import { bucketsPerCommand, withinBuckets } from '../domain/decide/release-stock.ts';
import type { LineId, OrderId } from '../domain/ids.ts';
import { uncut } from '../domain/keep-together.ts';
import { bucketsOf, goodsOf, type LineUnits } from '../domain/kit.ts';
import { isDigital, isOver, type Order, unitsOfLine } from '../domain/order.ts';
import { unitsIn } from '../domain/positions.ts';
import { type CommandMeta, type ExecuteDeps, execute, StoreContention } from './execute.ts';
import { giveBackDeclined } from './give-back-declined.ts';
import { mustSucceed } from './outcome.ts';
import { type PlanDeps, planSites, type SitePlan } from './plan-sites.ts';
import { endCartHold } from './stock/cart-holds.ts';

export interface ReserveStockDeps extends ExecuteDeps, PlanDeps {}

export type ReserveStockOutcome = 'TAX_PENDING' | 'RESERVED' | 'BACKORDERED' | 'REJECTED' | 'ON_HOLD' | 'OVER';

/** Somebody took the units between plan and commit this often: leave it to the workflow's retry. */
const replans = 8;

/**
 * 1. Its taxes are to be found first: nothing is reserved while nobody knows what is to be paid. What units have no stock yet? None: done.
 * 2. Plan the sites on fresh stock.
 * 3. Reserve, at most 60 buckets a transaction; when a bucket ran short meanwhile, plan again.
 * 4. What no site has is backordered, the order rejected or held for a person, as the routing rule says or the policy; where it splits, what is reserved
 * goes on alone.
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
    // Handed to its sites: what is short or comes later is re-routed, not placed again.
    if (order.lifecycle === 'RELEASED') return { outcome: 'RESERVED' };
    if (order.holds.length > 0) {
      await giveBackDeclined(deps, order, meta);
      return { outcome: 'ON_HOLD' };
    }
    if (order.tax?.status === 'PENDING') return { outcome: 'TAX_PENDING' };
    const needs = needsOf(order);
    if (needs.length === 0) return { outcome: 'RESERVED' };

    const plan = await planSites(deps, order, needs);
    if (plan.short.length > 0 && plan.onShort === 'reject')
      return rejectOrder(deps, order, { ...meta, route: plan.route });
    if (plan.short.length > 0 && plan.onShort === 'queue') return leaveToPerson(deps, order, plan, meta);
    if (await carryOut(deps, order, plan, meta)) {
      const goesOn = plan.short.length === 0 || (deps.policy.backorder === 'split' && hasUnits(order, plan));
      return { outcome: goesOn ? 'RESERVED' : 'BACKORDERED' };
    }
    order = await deps.orders.load(orderId);
  }
  throw new StoreContention(`${orderId}: the stock changed under every one of ${replans} plans`);
}

const hasUnits = (order: Order, { allocations }: SitePlan): boolean =>
  allocations.length > 0 || order.lines.some((line) => isDigital(line) || unitsIn(line.positions, 'RESERVED') > 0);

/** Reserves what the plan says, a chunk a transaction. False when somebody was faster: what is reserved by then stays, the rest is planned again. */
async function carryOut(deps: ReserveStockDeps, planned: Order, plan: SitePlan, meta: CommandMeta): Promise<boolean> {
  let waiting = newBackorders(planned, plan);
  const { routing, keep, capacityOf, cancelAt } = plan;
  let left = plan.allocations;
  let known = planned;
  let route = plan.route;
  do {
    const chunk = firstBuckets(planned, left);
    left = left.slice(chunk.length);
    const command = {
      type: 'reserve',
      allocations: chunk,
      backorders: left.length === 0 ? roomFor(planned, waiting, bucketsPerCommand - bucketsIn(planned, chunk)) : [],
      cancelAt,
      routing,
    } as const;
    waiting = waiting.slice(command.backorders.length);
    const result = await execute(deps, planned.id, [command], { ...meta, known, keep, capacityOf, route });
    if (result.outcome === 'stock_short') await endExpired(deps, plan);
    if (result.outcome !== 'done') return false;
    known = result.order;
    route = undefined;
  } while (left.length + waiting.length > 0);
  return true;
}

/** The plan counts what carts held too long: it can only be had once they are ended. */
async function endExpired({ cartHolds: holds, system }: ReserveStockDeps, { expired }: SitePlan): Promise<void> {
  if (holds) for (const id of expired) await endCartHold({ holds, system }, id, 'EXPIRED');
}

/** Units that have no stock yet. */
export const needsOf = (order: Order) =>
  order.lines
    .filter((line) => !isDigital(line))
    .map((line) => unitsOfLine(line, unitsIn(line.positions, 'OPEN', 'BACKORDERED')))
    .filter(({ quantity }) => quantity > 0);

/** Units still open after the plan. Allocations serve a line's open units first, then its backordered ones. */
function newBackorders(order: Order, plan: SitePlan) {
  const planned = new Map<string, number>();
  for (const { lineId, quantity } of plan.allocations) planned.set(lineId, (planned.get(lineId) ?? 0) + quantity);
  return order.lines
    .filter((line) => !isDigital(line))
    .map((line) => ({ lineId: line.id, quantity: unitsIn(line.positions, 'OPEN') - (planned.get(line.id) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/** As many allocations, groups whole, as touch at most `bucketsPerCommand` buckets and places in queues for supply. */
function firstBuckets(order: Order, allocations: Allocation[]): Allocation[] {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const rows = new Set<string>();
  const end = allocations.findIndex(({ lineId, locationId, quantity }) => {
    const line = lines.get(lineId);
    if (!line) return false;
    const goods = goodsOf({ ...line, quantity });
    for (const { sku } of goods) rows.add(`${sku} ${locationId}`);
    if (unitsIn(line.positions, 'BACKORDERED') > 0) for (const { sku } of goods) rows.add(`${sku} ${lineId}`);
    return rows.size > bucketsPerCommand;
  });
  return end < 0 ? allocations : uncut(order, allocations, end);
}

const lineOf = (order: Order, id: LineId): Pick<LineUnits, 'components'> =>
  order.lines.find((line) => line.id === id) ?? {};

const bucketsIn = (order: Order, allocations: readonly Allocation[]): number =>
  allocations.reduce((sum, { lineId }) => sum + bucketsOf(lineOf(order, lineId)), 0);

/** As many as take at most `rows` places in queues for supply. */
const roomFor = <U extends { lineId: LineId }>(order: Order, waiting: readonly U[], rows: number): U[] =>
  withinBuckets(
    waiting.map((one) => ({ one, components: lineOf(order, one.lineId).components })),
    rows,
  ).map(({ one }) => one);

/** Held, nothing reserved: when somebody has released it, it is planned again. */
async function leaveToPerson(
  deps: ReserveStockDeps,
  order: Order,
  { short, route }: SitePlan,
  meta: CommandMeta,
): Promise<{ outcome: 'ON_HOLD' | 'OVER' }> {
  const units = short.reduce((sum, { quantity }) => sum + quantity, 0);
  const note = `No site has ${units} of the units; the routing rule leaves the order to a person.`;
  const held = await execute(deps, order.id, [{ type: 'hold', handle: 'routing', reason: 'STOCK', note }], {
    ...meta,
    known: order,
    route,
  });
  return { outcome: held.outcome === 'rejected' ? 'OVER' : 'ON_HOLD' };
}

async function rejectOrder(
  deps: ReserveStockDeps,
  order: Order,
  meta: CommandMeta,
): Promise<{ outcome: 'REJECTED' | 'OVER' }> {
  let current = order;
  while (current.lifecycle === 'PLACED') {
    const rejection = await execute(deps, order.id, [{ type: 'reject', reason: 'out_of_stock' }], {
      ...meta,
      known: current,
    });
    // Canceled meanwhile, or placed by another run: there is nothing to reject.
    if (rejection.outcome === 'rejected') return { outcome: 'OVER' };
    current = mustSucceed(rejection).order;
  }
  return { outcome: 'REJECTED' };
}
