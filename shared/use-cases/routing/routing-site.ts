import type { DeliveryMethod, Location, ShippingService } from '../../domain/location.ts';
import { alwaysOpen, hoursOn, readyAfter, shipDay } from '../../domain/network/calendar.ts';
import { ratesFrom, type ShippingRates } from '../../domain/network/shipping-rates.ts';
import { instantOf } from '../../domain/network/wall-clock.ts';
import type { Site, SiteStock } from '../../domain/routing/input.ts';

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

/** A location as routing sees it. */
export function siteOf(
  location: Location,
  { now, country, rates, method = 'ship' }: SiteQuestion,
  { inSegment, stock, groups = [] }: { inSegment: boolean; stock: SiteStock[]; groups?: string[] },
): Site {
  const { coordinates } = location.site;
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
      earliestAt: departureAt(location, service, now) ?? null,
    })),
    processingMinutes: location.processingMinutes,
    // What it has taken today is not counted: a day's capacity bounds what one order may bring.
    capacity: {
      ...(ordersPerDay !== undefined && { ordersLeft: ordersPerDay }),
      ...(unitsPerDay !== undefined && { unitsLeft: unitsPerDay }),
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
    rejectRate: 0,
    utilization: 0,
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
