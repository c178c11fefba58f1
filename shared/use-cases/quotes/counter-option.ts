import { kilometersBetween } from '../../domain/distance.ts';
import type { Location } from '../../domain/location.ts';
import type { DeliveryOption } from '../../domain/network/delivery-option.ts';
import { cutOffAt } from '../../domain/promises/promised-time.ts';
import { type Refusal, refusalOf, refusals } from '../../domain/promises/refusal.ts';
import { departureAt } from '../routing/routing-site.ts';
import { segmentOf } from '../routing/segment.ts';
import { daysHold, type WorkDay } from '../routing/work-days.ts';
import { decideOn, isCovered, type QuoteFacts, termsOf } from './facts.ts';

export type CounterOption = DeliveryOption & { method: 'pickup' | 'curbside' };

export type StoreAnswer = { location: Location; kilometers: number | undefined } & (
  | { price: number; readyAt: number; holdsAt(instant: number): boolean }
  | { refusal: Refusal }
);

/** The nearest are asked. A customer drives to none of the others. */
const mostStores = 20;

/** Each store with a counter: does it have everything, and when could the customer come? */
export async function counterOption(facts: QuoteFacts, option: CounterOption): Promise<StoreAnswer[]> {
  const stores = storesFor(facts, option);
  const network = { ...facts.network, locations: stores.map(({ location }) => location) };
  const near = { ...facts, network, sites: new Map() };
  const answers: StoreAnswer[] = [];
  for (const { location, kilometers } of stores) {
    answers.push({ location, kilometers, ...(await storeAnswer(near, option, location)) });
  }
  return answers;
}

async function storeAnswer(facts: QuoteFacts, option: CounterOption, location: Location) {
  const terms = termsOf(facts, option, location.timeZone);
  if ('refusal' in terms) return terms;
  const collected = { method: option.method, pickupLocationId: location.id };
  const { decision, work } = await decideOn(facts, { collected });
  const [parcel] = decision.chosen?.parcels ?? [];
  if (!parcel || !isCovered(decision)) return { refusal: refusalOf(decision) };
  const holdsAt = holding(facts, option, location, work.get(location.id));
  return { price: terms.price, readyAt: parcel.arrivalAt, holdsAt };
}

function storesFor({ network, order, geo }: QuoteFacts, { method }: CounterOption) {
  const segment = segmentOf(network, order.channel);
  return network.locations
    .filter(({ id, enabled, capabilities }) => enabled && segment.has(id) && capabilities.includes(method))
    .map((location) => {
      const { coordinates } = location.site;
      return { location, kilometers: geo && coordinates ? kilometersBetween(geo, coordinates) : undefined };
    })
    .sort(
      (a, b) => compare(a.kilometers ?? Infinity, b.kilometers ?? Infinity) || compare(a.location.id, b.location.id),
    )
    .slice(0, mostStores);
}

const compare = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** Readiness counts from the order: a minute later it is ready a minute later, until the store closes. */
function holding({ now, order }: QuoteFacts, option: CounterOption, location: Location, work: WorkDay | undefined) {
  const cutOff = cutOffAt(option, location.timeZone, now) ?? Number.POSITIVE_INFINITY;
  const readyAt = (at: number) => departureAt(location, option.method, Math.max(at, work?.from ?? at));
  const readyNow = readyAt(now) ?? now;
  const sameDay = daysHold({ locations: [location] }, order.delivery.service, now);
  return (instant: number): boolean => {
    const ready = readyAt(instant);
    return instant < cutOff && sameDay(instant) && ready !== undefined && ready <= readyNow + (instant - now);
  };
}

export const refusalOfStores = (stores: readonly StoreAnswer[]): Refusal => {
  const [nearest] = stores;
  return nearest && 'refusal' in nearest ? nearest.refusal : refusals.noSite;
};
