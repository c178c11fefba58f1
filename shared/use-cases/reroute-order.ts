import type { Allocation, Command } from '../domain/commands.ts';
import { withinBuckets } from '../domain/decide/release-stock.ts';
import type { FulfillmentId, LineId, OrderId } from '../domain/ids.ts';
import { uncut } from '../domain/keep-together.ts';
import { isOver, type Line, type Order, unitsOfLine } from '../domain/order.ts';
import { unitsIn } from '../domain/positions.ts';
import { type CommandMeta, type ExecuteDeps, execute, StoreContention } from './execute.ts';
import { type PlanDeps, planSites, type SitePlan } from './plan-sites.ts';

export interface RerouteDeps extends ExecuteDeps, PlanDeps {}

export type Rerouted =
  /** Every unit has a site again, or had one. */
  | { outcome: 'ROUTED' }
  /** What no site has waits for supply. */
  | { outcome: 'BACKORDERED' }
  /** A person has to look: `cause` says why. The units stay open. */
  | { outcome: 'NO_SITE'; cause: string }
  /** The last hold's release starts this again. */
  | { outcome: 'ON_HOLD' }
  | { outcome: 'NOT_RELEASED' };

/** Taken from its location in the transaction that finds the units another one. */
export interface PullBack {
  fulfillmentId: FulfillmentId;
  reason: 'outage';
  note?: string;
}

/** Somebody took the units between plan and commit this often: leave it to the workflow's retry. */
const replans = 8;

/**
 * Each allocation may touch a bucket, a page of lines, a backorder row, and a fulfillment order with its event; 15 of them stay well below the 100
 * items of a transaction. A kit touches a bucket and a row for each component: one of 20 (40 rows) and 15 others (75) would be too many.
 */
const bucketsPerReroute = 15;
/** Each is a row of its own, of a kit one for each component. */
const backordersPerCommand = 20;

/**
 * 1. Which units of a released order stand without a site?
 * 2. Plan again, without the sites that have failed them.
 * 3. Reserve and hand over to the new site in one transaction; a large order takes several.
 * 4. What no site has waits for supply, or for a person: when the policy allows no backorders, when only sites that have failed these units have stock, or
 *    when more sites have failed them than the policy allows.
 * @throws StoreContention when the stock kept changing under every plan
 */
export async function rerouteOrder(
  deps: RerouteDeps,
  orderId: OrderId,
  meta: CommandMeta,
  pullBack?: PullBack,
): Promise<Rerouted> {
  for (let round = 0; round < replans; round++) {
    const order = await handedOver(deps, await deps.orders.load(orderId), meta);
    if (!order || isOver(order) || order.canceling || order.lifecycle !== 'RELEASED') {
      return { outcome: 'NOT_RELEASED' };
    }
    const taken = pullBack && stillThere(order, pullBack);
    if (order.holds.length > 0) {
      if (taken) await execute(deps, orderId, [takeBack(taken, false)], { ...meta, known: order });
      return { outcome: 'ON_HOLD' };
    }
    const wanted = wantedOf(deps, order, taken);
    const plan = await planSites(deps, order, wanted.needs);
    const rest = restOf(order, taken, plan);
    if (await carryOut(deps, order, plan, taken, rest, [...wanted.reasons, ...rest.reasons].length === 0, meta)) {
      const reasons = [...wanted.reasons, ...rest.reasons];
      if (reasons.length > 0) return { outcome: 'NO_SITE', cause: reasons.join(' ') };
      return { outcome: plan.short.length > 0 ? 'BACKORDERED' : 'ROUTED' };
    }
  }
  throw new StoreContention(`${orderId}: the stock changed under every one of ${replans} plans`);
}

const stillThere = (order: Order, pullBack: PullBack): PullBack | undefined =>
  order.fulfillments.some(
    ({ id, status }) => id === pullBack.fulfillmentId && (status === 'OPEN' || status === 'ACCEPTED'),
  )
    ? pullBack
    : undefined;

const takeBack = (pullBack: PullBack, rerouted: boolean): Command => ({
  type: 'rejectFulfillment',
  ...pullBack,
  rerouted,
});

/** Units of a line without a site, with those that are about to be taken back. */
function openUnits(order: Order, taken: PullBack | undefined): Map<Line, number> {
  const fulfillment = order.fulfillments.find(({ id }) => id === taken?.fulfillmentId);
  const back = new Map<LineId, number>();
  for (const { lineId, quantity } of fulfillment?.lines ?? []) back.set(lineId, (back.get(lineId) ?? 0) + quantity);
  return new Map(
    order.lines
      .map((line) => [line, unitsIn(line.positions, 'OPEN') + (back.get(line.id) ?? 0)] as const)
      .filter(([line, open]) => open + unitsIn(line.positions, 'BACKORDERED') > 0),
  );
}

/** What is to be planned. Units that too many sites have failed are left to a person. */
function wantedOf({ policy }: RerouteDeps, order: Order, taken: PullBack | undefined) {
  const units = [...openUnits(order, taken)];
  const isTired = (line: Line) => (line.excludedSites?.length ?? 0) > policy.routingAttempts;
  return {
    needs: units
      .filter(([line]) => !isTired(line))
      .map(([line, open]) => unitsOfLine(line, open + unitsIn(line.positions, 'BACKORDERED'))),
    reasons: units
      .filter(([line]) => isTired(line))
      .map(([{ id, sku, excludedSites = [] }]) => `${id} (${sku}): ${excludedSites.join(', ')} have failed it.`),
  };
}

/** What becomes of open units that the plan found no site for. */
function restOf(order: Order, taken: PullBack | undefined, plan: SitePlan) {
  const open = openUnits(order, taken);
  const allocated = new Map<LineId, number>();
  for (const { lineId, quantity } of plan.allocations) {
    allocated.set(lineId, (allocated.get(lineId) ?? 0) + quantity);
  }
  const short = new Set(plan.short.map(({ lineId }) => lineId));
  const backorders: { lineId: LineId; quantity: number }[] = [];
  const reasons: string[] = [];
  for (const [line, units] of open) {
    if (!short.has(line.id)) continue;
    // Allocations serve a line's open units first, then its backordered ones.
    const quantity = units - (allocated.get(line.id) ?? 0);
    if (plan.passedOver.has(line.sku)) {
      const sites = line.excludedSites?.join(', ') ?? '';
      reasons.push(`${line.id} (${line.sku}): only sites that have failed it have stock (of ${sites}).`);
    } else if (quantity > 0 && plan.onShort !== 'backorder') {
      const why =
        plan.onShort === 'queue' ? 'the routing rule leaves it to a person' : 'the policy allows no backorders';
      reasons.push(`${line.id} (${line.sku}): no site has ${quantity}, and ${why}.`);
    } else if (quantity > 0) backorders.push({ lineId: line.id, quantity });
  }
  return { backorders, reasons };
}

/** A chunk a transaction. False when somebody was faster: what is written by then stays, the rest is planned again. */
async function carryOut(
  deps: RerouteDeps,
  planned: Order,
  plan: SitePlan,
  taken: PullBack | undefined,
  { backorders }: { backorders: { lineId: LineId; quantity: number }[] },
  isWhole: boolean,
  meta: CommandMeta,
): Promise<boolean> {
  const { routing, keep, capacityOf, cancelAt } = plan;
  let left: Allocation[] = plan.allocations;
  let known = planned;
  let first = taken;
  let waiting = backorders;
  let route = plan.route;
  do {
    const chunk = chunkOf(planned, left, bucketsPerReroute);
    left = left.slice(chunk.length);
    const backordered = left.length === 0 ? chunkOf(planned, waiting, backordersPerCommand) : [];
    waiting = waiting.slice(backordered.length);
    const commands: Command[] = [
      ...(first ? [takeBack(first, isWhole && left.length + waiting.length === 0)] : []),
      { type: 'reserve', allocations: chunk, backorders: backordered, cancelAt, routing },
      { type: 'release' },
    ];
    const result = await execute(deps, planned.id, commands, { ...meta, known, keep, capacityOf, route });
    if (result.outcome !== 'done') return false;
    known = result.order;
    first = undefined;
    route = undefined;
  } while (left.length + waiting.length > 0 || hasUnreleased(known));
  return true;
}

/** The first, groups whole, that touch at most `most` buckets; a kit of more goes by itself. */
function chunkOf<U extends { lineId: LineId }>(order: Order, units: readonly U[], most: number): U[] {
  const components = new Map(order.lines.map((line) => [line.id, line.components]));
  const fitting = withinBuckets(
    units.map((one) => ({ one, components: components.get(one.lineId) })),
    most,
  );
  return uncut(order, units, Math.max(1, fitting.length));
}

/** What is reserved and has no fulfillment order yet, left by a run that was cut off, goes to its location first. */
async function handedOver(deps: RerouteDeps, order: Order | undefined, meta: CommandMeta): Promise<Order | undefined> {
  let known = order;
  while (known && known.lifecycle === 'RELEASED' && known.holds.length === 0 && hasUnreleased(known)) {
    const released = await execute(deps, known.id, [{ type: 'release' }], { ...meta, known });
    if (released.outcome !== 'done') return deps.orders.load(known.id);
    known = released.order;
  }
  return known;
}

/** `release` makes at most 20 fulfillment orders a transaction. */
const hasUnreleased = (order: Order): boolean =>
  order.lines.some(({ reservations }) => reservations.some(({ state }) => state === 'COMMITTED'));
