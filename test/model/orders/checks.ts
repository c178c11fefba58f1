import { leftAfter, rankOf } from '../../../shared/domain/backorders.ts';
import type { Sku } from '../../../shared/domain/ids.ts';
import {
  auditOrder,
  bucketsBalance,
  capacityMatches,
  commitmentsMatch,
  stockIsFold,
} from '../../../shared/domain/invariants.ts';
import { kitsFrom } from '../../../shared/domain/kit.ts';
import { needsSite, timersOf } from '../../../shared/domain/next-action.ts';
import { isOver, type Order } from '../../../shared/domain/order.ts';
import { unitsIn } from '../../../shared/domain/positions.ts';
import { isSettled, outstanding, owed, received, settlement } from '../../../shared/domain/settlement.ts';
import type { Violation } from '../../../shared/domain/violation.ts';
import type { ModelWorld } from '../world.ts';

/** No day has taken more than there is of it. */
const withinCapacity = ({ capacity, sites: [first] }: ModelWorld): Violation[] =>
  [...capacity].flatMap(([key, { orders, units }]): Violation[] => {
    const { ordersPerDay = orders, unitsPerDay = units } = first?.capacity ?? {};
    if (orders <= ordersPerDay && units <= unitsPerDay) return [];
    return [{ invariant: 'U12', subject: key, message: `${orders} orders and ${units} units are too many` }];
  });

export async function audit(world: ModelWorld): Promise<Violation[]> {
  const buckets = [...world.buckets.values()];
  const orders = [...world.orders.values()];
  return [
    ...buckets.flatMap(bucketsBalance),
    ...commitmentsMatch(orders, buckets),
    ...capacityMatches(orders, world.capacity),
    ...withinCapacity(world),
    ...numbersAreGapless(world),
    ...stockIsFold(world.start, [...world.log.values()].flat(), buckets),
    ...orders.flatMap((one) => auditOrder(one, world.log.get(one.id) ?? [])),
  ];
}

/** Numbers of documents follow each other without a gap, and each is given once. */
function numbersAreGapless(world: ModelWorld): Violation[] {
  const orders = [...world.orders.values()];
  return [orders.flatMap(({ invoices }) => invoices), orders.flatMap(({ creditMemos }) => creditMemos)].flatMap((all) =>
    all
      .map(({ number }) => number)
      .sort()
      .flatMap((number, index) =>
        number.endsWith(`-${String(index + 1).padStart(6, '0')}`)
          ? []
          : [{ invariant: 'M7' as const, subject: number, message: `is document ${index + 1} of its series` }],
      ),
  );
}

/** Every order has come to an end, or waits for something that somebody can see. */
export function unfinished(world: ModelWorld): string[] {
  return [...world.orders.values()].flatMap((one) => {
    const isParked = one.exceptions.some(({ status }) => status === 'OPEN');
    if (isOver(one)) {
      const { captures, voids, refunds, unplaced } = settlement(one);
      const left = [...captures, ...voids, ...refunds, ...(unplaced > 0 ? [{ unplaced }] : [])];
      return left.length > 0 && !isParked ? [`${one.id} is ${one.lifecycle} with ${JSON.stringify(left)} to do`] : [];
    }
    if (isParked) return [];
    if (one.deliveredAt && owesWhatWasForced(one)) return [];
    if (one.deliveredAt) return [`${one.id} is delivered, received ${received(one)} of ${owed(one)}`];
    const waits = one.holds.length > 0 || one.lines.some((line) => unitsIn(line.positions, 'BACKORDERED') > 0);
    const now = new Date(world.deps.system.now()).toISOString();
    if (timersOf(one, world.deps.policy).some(({ name, dueAt }) => name === 'backorder' && dueAt <= now))
      return [`${one.id} waits longer than it may`];
    if (needsSite(one)) return [`${one.id} needs a site`];
    return waits ? [] : [`${one.id} rests at ${one.lifecycle}`];
  });
}

/** Finance has given back what the customer owes: he owes it still, and the order stays open. */
const owesWhatWasForced = (order: Order): boolean =>
  order.creditMemos.some(({ forced }) => forced) &&
  isSettled(settlement(order)) &&
  outstanding(order) <= order.payments.reduce((sum, payment) => sum + payment.refunded, 0);

/** Units lie idle that somebody waits for, whom nobody is ahead of. */
export async function idle(world: ModelWorld): Promise<string[]> {
  const found: string[] = [];
  for (const one of world.orders.values()) {
    if (one.holds.length > 0 || one.exceptions.some(({ status }) => status === 'OPEN')) continue;
    for (const line of one.lines) {
      const wanted = unitsIn(line.positions, 'BACKORDERED');
      // Whether a group could go out is the plan's to say: here each line is looked at by itself.
      if (wanted === 0 || line.keepTogether !== undefined) continue;
      const parts = line.components ?? [{ sku: line.sku, perUnit: 1 }];
      const left = new Map<Sku, Map<string, number>>();
      for (const { sku } of parts) left.set(sku, await leftFor(world, one, sku));
      for (const { id, enabled, capabilities } of world.sites) {
        const isAble = !line.customization || capabilities.includes('customize:engrave');
        if (!enabled || !isAble || line.excludedSites?.includes(id)) continue;
        const units = kitsFrom(parts, (sku) => left.get(sku)?.get(id) ?? 0);
        // A kit's line comes from one site, as a whole.
        const isSplit = line.splittable ?? (!line.components || world.deps.policy.splitKits);
        const needed = isSplit ? 1 : wanted;
        if (units >= needed) found.push(`${one.id} waits for ${line.sku}, ${id} has ${units}`);
      }
    }
  }
  return found;
}

/** What of a SKU those earlier in its queue leave, by site. */
async function leftFor(world: ModelWorld, one: Order, sku: Sku): Promise<Map<string, number>> {
  const serving = new Set(world.sites.filter(({ enabled }) => enabled).map(({ id }) => id));
  const stock = [...world.buckets.values()].filter((each) => each.sku === sku && serving.has(each.locationId));
  const ahead = await world.deps.backorders.ahead(sku, rankOf(one), () => false);
  const skills = new Map(world.sites.map(({ id, capabilities }) => [id, capabilities]));
  return leftAfter(stock, ahead, ({ capabilities }, site) =>
    capabilities.every((each) => skills.get(site)?.includes(each)) ? 0 : undefined,
  );
}
