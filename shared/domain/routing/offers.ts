import { kilometersBetween } from '../distance.ts';
import type { RoutingInput, Site } from './input.ts';

const minute = 60_000;
export const hour = 3_600_000;
const day = 24 * hour;

/** One way in which a site could serve the order: a carrier service, or the customer's own way to the counter. */
export interface Offer {
  service: string;
  /** Null: the site does not open within the calendar's horizon. */
  arrivalAt: number | null;
  perParcel: number;
  perKilogram: number;
}

/** Every service of the site that reaches the destination, not only the cheapest: whether a date is met is decided by the score or a filter. */
export function offersOf(site: Site, { now, delivery }: Pick<RoutingInput, 'now' | 'delivery'>): Offer[] {
  const departure = (service: string): number | null => {
    const earliestAt = site.departures.find((one) => one.service === service)?.earliestAt ?? null;
    return earliestAt === null ? null : Math.max(earliestAt, now + site.processingMinutes * minute);
  };
  if (isCollected(delivery)) {
    const service = delivery.method;
    return [{ service, arrivalAt: departure(service), perParcel: 0, perKilogram: 0 }];
  }
  const zone = zoneOf(site, delivery);
  const offers: Offer[] = [];
  for (const { zone: to, service, perParcel, perKilogram, transitDays } of site.rates) {
    if (to !== zone || (delivery.service !== undefined && delivery.service !== service)) continue;
    const leaves = departure(service);
    const arrivalAt = leaves === null ? null : leaves + Math.round(transitDays * day);
    offers.push({ service, arrivalAt, perParcel, perKilogram });
  }
  return offers.length < 2 ? offers : offers.sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** The customer comes to a site that is fixed: nothing is searched, carried or measured. */
export const isCollected = ({ method }: Pick<RoutingInput['delivery'], 'method'>) =>
  method === 'pickup' || method === 'curbside';

/** Of the zones with the country, the one with the longest fitting postal prefix; undefined when the site sends nothing there. */
export function zoneOf(site: Pick<Site, 'zones'>, to: { country: string; postalCode: string }): string | undefined {
  let best: string | undefined;
  let length = -1;
  for (const { zone, countries, postalPrefixes } of site.zones) {
    if (!countries.includes(to.country)) continue;
    for (const prefix of postalPrefixes ?? ['']) {
      if (prefix.length > length && to.postalCode.startsWith(prefix)) {
        best = zone;
        length = prefix.length;
      }
    }
  }
  return best;
}

/** Null when either place is not known. 0 when the customer comes. */
export function kilometersTo(site: Site, { delivery }: Pick<RoutingInput, 'delivery'>): number | null {
  if (isCollected(delivery)) return 0;
  return site.geo && delivery.geo ? kilometersBetween(site.geo, delivery.geo) : null;
}

/** Whole hours begun after the promise; 0 in time or without a promise. Beyond 2,000 (12 weeks) later is not worse: its square stays exact. */
export function lateHours(arrivalAt: number, neededBy: number | undefined): number {
  if (neededBy === undefined || arrivalAt <= neededBy) return 0;
  return Math.min(2000, Math.ceil((arrivalAt - neededBy) / hour));
}

/** Whole hours begun from now on. */
export const hoursUntil = (arrivalAt: number, now: number): number => Math.max(0, Math.ceil((arrivalAt - now) / hour));
