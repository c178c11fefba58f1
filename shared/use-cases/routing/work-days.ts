import { type CapacityUse, capacityHeld, capacityKey, declaresCapacity, workDay } from '../../domain/capacity.ts';
import type { LocationId } from '../../domain/ids.ts';
import { goodsOf, type LineUnits } from '../../domain/kit.ts';
import type { Location } from '../../domain/location.ts';
import { addDays, instantOf } from '../../domain/network/wall-clock.ts';
import type { Order } from '../../domain/order.ts';
import type { RoutingDecision } from '../../domain/routing/decision.ts';
import type { Network, NetworkReader } from '../../ports/network.ts';

/** The day on which a location would work on an order, and what other orders take of it. */
export interface WorkDay {
  day: string;
  used: CapacityUse;
  /** Epoch milliseconds: when the day begins, if it is a later one than the location would otherwise need. */
  from?: number;
}

/** Of the locations that declare a capacity. */
export type WorkDays = ReadonlyMap<LocationId, WorkDay>;

export type CapacityReader = Pick<NetworkReader, 'capacity'>;

/** Working days that are looked at, at most: who is full for longer has no capacity. */
const horizon = 10;

/** Each location's next day of work for the order. */
async function workDays(reader: CapacityReader, { locations }: Network, order: Order, now: number): Promise<WorkDays> {
  const { service } = order.delivery;
  const asked = locations.filter((one) => one.enabled && declaresCapacity(one));
  return withUse(
    reader,
    order,
    asked.map((one) => ({ locationId: one.id, day: workDay(one, service, now) })),
  );
}

/** What is decided, and for which days. */
export type OnDays<T> = T & { work: WorkDays };

/**
 * Decides on each location's next day of work; where nobody has room for all of it on that day, once more on later days, on which somebody may.
 * Who quotes and who reserves decide by this alike.
 */
export async function decideOnDays<T extends { decision: RoutingDecision }>(
  reader: CapacityReader,
  {
    network,
    order,
    wanted,
    now,
  }: { network: Network; order: Order; wanted: Parameters<typeof laterDays>[3]; now: number },
  decide: (work: WorkDays) => T,
): Promise<OnDays<T>> {
  const work = await workDays(reader, network, order, now);
  const decided = decide(work);
  if (!lacksCapacity(decided.decision)) return { ...decided, work };
  const later = await laterDays(reader, network, order, wanted, work, now);
  return { ...decide(later), work: later };
}

/** Until when each location would still work on an order on the day on which it would now: what others take of a day says nothing about the next. */
export function daysHold(
  { locations }: Pick<Network, 'locations'>,
  service: Order['delivery']['service'],
  now: number,
) {
  const limited = locations.filter((one) => one.enabled && declaresCapacity(one));
  const days = limited.map((one) => workDay(one, service, now));
  return (instant: number): boolean => limited.every((one, index) => workDay(one, service, instant) === days[index]);
}

/** Is something short for want of capacity, whatever else it wants? */
const lacksCapacity = ({ short, candidates }: RoutingDecision): boolean =>
  short.length > 0 && candidates.some(({ reasons }) => reasons.some(({ code }) => code === 'NO_CAPACITY'));

/** For locations that have no room for all that is wanted: their first day that has, or has nothing taken yet. */
async function laterDays(
  reader: CapacityReader,
  { locations }: Network,
  order: Order,
  wanted: readonly Pick<LineUnits, 'sku' | 'quantity' | 'components'>[],
  first: WorkDays,
  now: number,
): Promise<WorkDays> {
  const pieces = wanted.flatMap(goodsOf).reduce((sum, { quantity }) => sum + quantity, 0);
  const known = new Map(locations.map((one) => [one.id, one]));
  const found = new Map(first);
  for (let ahead = 1; ahead < horizon; ahead++) {
    const next = [...found].flatMap(([locationId, work]) => {
      const location = known.get(locationId);
      if (!location || hasRoom(location, work.used, pieces)) return [];
      const from = Math.max(now, instantOf(location.timeZone, addDays(work.day, 1), 0));
      return [{ locationId, day: workDay(location, order.delivery.service, from), from }];
    });
    if (next.length === 0) break;
    for (const [locationId, work] of await withUse(reader, order, next)) found.set(locationId, work);
  }
  return found;
}

/** For an order of so many pieces, or for as many of them as a whole day takes. */
function hasRoom({ capacity: { ordersPerDay, unitsPerDay } }: Location, used: CapacityUse, pieces: number): boolean {
  if (ordersPerDay !== undefined && used.orders >= ordersPerDay) return false;
  return unitsPerDay === undefined || used.units + Math.min(pieces, unitsPerDay) <= unitsPerDay;
}

/** An order counts once a day: one that takes of it already is not another. */
async function withUse(
  reader: CapacityReader,
  order: Order,
  days: readonly { locationId: LocationId; day: string; from?: number }[],
): Promise<Map<LocationId, WorkDay>> {
  const taken = days.length === 0 ? new Map<string, CapacityUse>() : await reader.capacity(days);
  const own = capacityHeld(order);
  return new Map(
    days.map((one) => {
      const { orders, units } = taken.get(capacityKey(one)) ?? { orders: 0, units: 0 };
      const used = { orders: orders - (own.has(capacityKey(one)) ? 1 : 0), units };
      return [one.locationId, { day: one.day, used, ...(one.from !== undefined && { from: one.from }) }];
    }),
  );
}
