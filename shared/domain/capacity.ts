import * as z from 'zod';
import type { LocationId } from './ids.ts';
import { goodsOf } from './kit.ts';
import type { Location } from './location.ts';
import { alwaysOpen, shipDay } from './network/calendar.ts';
import { wallClockAt } from './network/wall-clock.ts';
import type { Order } from './order.ts';

/** What orders take of a location's capacity on one of its days, on its own calendar and clock. Kept only for locations that declare one. */
export const CapacityUse = z.object({
  orders: z.int().min(0),
  /** Pieces that are picked: a kit of three is three. */
  units: z.int().min(0),
});
export type CapacityUse = z.infer<typeof CapacityUse>;

/** A location and one of its days. */
export interface CapacityDay {
  locationId: LocationId;
  day: string;
}

/** What changes of a day, and how much of it there is. */
export interface CapacityChange extends CapacityDay {
  orders: number;
  units: number;
  limits: Location['capacity'];
}

export const capacityKey = ({ locationId, day }: CapacityDay): string => `${locationId} ${day}`;

export const declaresCapacity = ({ capacity }: Pick<Location, 'capacity'>): boolean =>
  capacity.ordersPerDay !== undefined || capacity.unitsPerDay !== undefined;

/** The day of the location on which what is ordered now is worked on: the one it leaves on. Today where that is not in sight. */
export function workDay(location: Location, service: keyof Location['cutOffs'], now: number): string {
  const { calendar = alwaysOpen, timeZone, processingMinutes: workMinutes, cutOffs } = location;
  const { date } = wallClockAt(timeZone, now);
  return shipDay(calendar, timeZone, now, { cutOff: cutOffs[service], workMinutes }) ?? date;
}

/**
 * What an order takes, by location and day: its reservations there that were not given back. What has left has taken its share of that day for
 * good; what is canceled, rejected, short or routed elsewhere takes none any more.
 */
export function capacityHeld(order: Pick<Order, 'lines'> | undefined): Map<string, CapacityDay & CapacityUse> {
  const held = new Map<string, CapacityDay & CapacityUse>();
  for (const { sku, components, reservations } of order?.lines ?? []) {
    for (const { locationId, capacityDay: day, quantity, state } of reservations) {
      if (day === undefined || state === 'RELEASED') continue;
      const key = capacityKey({ locationId, day });
      const pieces = goodsOf({ sku, quantity, components }).reduce((sum, goods) => sum + goods.quantity, 0);
      held.set(key, { locationId, day, orders: 1, units: (held.get(key)?.units ?? 0) + pieces });
    }
  }
  return held;
}

/** What a command changes of it: one change a day, as DynamoDB takes one action an item. */
export function capacityChanges(
  before: Pick<Order, 'lines'> | undefined,
  after: Pick<Order, 'lines'>,
  limitsOf: (locationId: LocationId) => Location['capacity'],
): CapacityChange[] {
  const [was, is] = [capacityHeld(before), capacityHeld(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const day = is.get(key) ?? was.get(key);
    const orders = (is.get(key)?.orders ?? 0) - (was.get(key)?.orders ?? 0);
    const units = (is.get(key)?.units ?? 0) - (was.get(key)?.units ?? 0);
    if (!day || (orders === 0 && units === 0)) return [];
    const { locationId } = day;
    return [{ locationId, day: day.day, orders, units, limits: limitsOf(locationId) }];
  });
}

/** Undefined when it takes more than there is left: the guard that the store's condition expresses. What gives back is never refused. */
export function withCapacity(
  use: CapacityUse | undefined,
  { orders, units, limits: { ordersPerDay, unitsPerDay } }: CapacityChange,
): CapacityUse | undefined {
  const next = { orders: (use?.orders ?? 0) + orders, units: (use?.units ?? 0) + units };
  if (orders > 0 && ordersPerDay !== undefined && next.orders > ordersPerDay) return undefined;
  if (units > 0 && unitsPerDay !== undefined && next.units > unitsPerDay) return undefined;
  return next;
}
