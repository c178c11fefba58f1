import type { CapacityUse } from '../../domain/capacity.ts';
import type { DeliveryMethod, Location, ShippingService } from '../../domain/location.ts';
import { alwaysOpen, hoursOn, readyAfter, shipDay } from '../../domain/network/calendar.ts';
import { ratesFrom, type ShippingRates } from '../../domain/network/shipping-rates.ts';
import { instantOf } from '../../domain/network/wall-clock.ts';
import type { Site, SiteStock } from '../../domain/routing/input.ts';
import type { WorkDay } from './work-days.ts';

/** What is asked of every location alike. */
export interface SiteQuestion {
  /** Epoch milliseconds. */
  now: number;
  /** Where the order goes. */
  country: string;
  rates: ShippingRates;
  /** Absent: it is shipped. */
  method?: DeliveryMethod;
}

/** What is asked of one location. */
interface Particulars {
  inSegment: boolean;
  stock: SiteStock[];
  /** Those that rules name. */
  groups?: string[];
  /** Share of these goods that it gave back lately. */
  rejectRate?: number;
  /** The day on which it would work on the order, if it declares a capacity. */
  work?: WorkDay | undefined;
}

/** Share of its capacity that is taken: of orders or of units, whichever is the larger. */
function utilizationOf({ orders, units }: CapacityUse, { ordersPerDay, unitsPerDay }: Location['capacity']): number {
  const share = (taken: number, of: number | undefined) => (of === undefined ? 0 : of === 0 ? 1 : taken / of);
  return Math.min(1, Math.max(share(orders, ordersPerDay), share(units, unitsPerDay)));
}

/** A location as routing sees it. */
export function siteOf(
  location: Location,
  { now, country, rates, method = 'ship' }: SiteQuestion,
  { inSegment, stock, groups = [], rejectRate = 0, work }: Particulars,
): Site {
  const { coordinates } = location.site;
  const used = work?.used;
  const own = ratesFrom(location.id, rates);
  const { ordersPerDay, unitsPerDay } = location.capacity;
  return {
    locationId: location.id,
    kind: location.kind,
    ...(location.country !== undefined && { country: location.country }),
    ...(coordinates && { geo: coordinates }),
    timeZone: location.timeZone,
    enabled: location.enabled,
    inSegment,
    groups,
    priority: location.priority,
    capabilities: location.capabilities,
    departures: (method === 'ship' ? [...new Set(own.map(({ service }) => service))] : [method]).map((service) => ({
      service,
      earliestAt: departureAt(location, service, work?.from ?? now) ?? null,
    })),
    processingMinutes: location.processingMinutes,
    capacity: {
      ...(ordersPerDay !== undefined && { ordersLeft: Math.max(0, ordersPerDay - (used?.orders ?? 0)) }),
      ...(unitsPerDay !== undefined && { unitsLeft: Math.max(0, unitsPerDay - (used?.units ?? 0)) }),
    },
    stock,
    pickCost: location.costs.pick,
    packCost: location.costs.pack,
    dutyBasisPoints: 0,
    zones: rates.zones.map(({ zone, countries, postalPrefixes }) => ({
      zone,
      countries: countries ?? [country],
      ...(postalPrefixes && { postalPrefixes }),
    })),
    rates: own.map(({ locationId: _, ...rate }) => rate),
    rejectRate,
    utilization: used ? utilizationOf(used, location.capacity) : 0,
  };
}

/**
 * When an order released at `now` leaves, epoch milliseconds: its parcels at the end of work of the first day that makes it; with the courier of
 * `one_hour` or its customer, who comes for it, as soon as it is ready. Undefined if that is more than 60 days off.
 */
export function departureAt(
  location: Location,
  service: ShippingService | 'pickup' | 'curbside',
  now: number,
): number | undefined {
  const { calendar = alwaysOpen, timeZone, processingMinutes: workMinutes, cutOffs } = location;
  const isCollected = service === 'pickup' || service === 'curbside';
  const work = { cutOff: isCollected ? undefined : cutOffs[service], workMinutes };
  if (isCollected || service === 'one_hour') return readyAfter(calendar, timeZone, now, work);
  const day = shipDay(calendar, timeZone, now, work);
  const closing = day === undefined ? undefined : hoursOn(calendar, day).at(-1)?.to;
  return day === undefined || closing === undefined ? undefined : instantOf(timeZone, day, closing);
}
