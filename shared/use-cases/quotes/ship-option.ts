import type { LocationId } from '../../domain/ids.ts';
import type { ShippingService } from '../../domain/location.ts';
import type { DeliveryOption } from '../../domain/network/delivery-option.ts';
import { cutOffAt, deadlineOf, type PromisedTime, promisedTime } from '../../domain/promises/promised-time.ts';
import { type Refusal, refusalOf, refusals } from '../../domain/promises/refusal.ts';
import type { Plan } from '../../domain/routing/decision.ts';
import type { Site } from '../../domain/routing/input.ts';
import { departureAt } from '../routing/routing-site.ts';
import { decideOn, isCovered, type QuoteFacts, termsOf } from './facts.ts';

export interface ShipOffer {
  price: number;
  time: PromisedTime;
  /** What the order says, for its routing to be this one. Epoch milliseconds. */
  promisedBy: number;
  plan: Plan;
  /** Would an order that is placed at `instant` be served like this? */
  holdsAt(instant: number): boolean;
}

/** An option that sends parcels: whether it is what its name says, by whom, for how much. */
export function shipOption(
  facts: QuoteFacts,
  option: DeliveryOption & { service: ShippingService },
  sites: Site[] | undefined,
): { offer: ShipOffer } | { refusal: Refusal } {
  const { now, timeZone } = facts;
  const { service } = option;
  const terms = termsOf(facts, option, timeZone);
  if ('refusal' in terms) return terms;
  const deadline = deadlineOf(option, timeZone, now);
  if (deadline === 'none') return { refusal: refusals.noDeliveryDay };
  const decision = decideOn(facts, { service, promisedBy: deadline, sites });
  if (!decision.chosen || !isCovered(decision)) return { refusal: refusalOf(decision) };
  const arrivals = decision.chosen.parcels.map(({ arrivalAt }) => arrivalAt);
  if (deadline !== undefined && Math.max(...arrivals) > deadline) return { refusal: tooLate(decision.chosen) };
  const time = promisedTime(option, timeZone, { now, arrivals, deadline });
  const promisedBy = Math.min(time.to, deadline ?? time.to);
  // An earlier promise takes away only plans that are worse. A search that ran out of its budget may see others, though: ask as the order will.
  const asked = decision.truncated ? decideOn(facts, { service, promisedBy, sites }) : decision;
  if (!asked.chosen || !isCovered(asked)) return { refusal: refusalOf(asked) };
  const plan = asked.chosen;
  return { offer: { price: terms.price, time, promisedBy, plan, holdsAt: holding(facts, option, plan, promisedBy) } };
}

const tooLate = ({ kpis: { arrivalAt }, locations }: Plan): Refusal => ({
  code: 'MISSES_PROMISE',
  detail: `${locations.join(', ')}: it would be there ${new Date(arrivalAt ?? 0).toISOString()}.`,
});

/** Until a cut-off or a closing time makes parcels leave later; an hour passes with every minute. */
function holding(
  { now, timeZone, network }: QuoteFacts,
  option: DeliveryOption & { service: ShippingService },
  { parcels }: Plan,
  promisedBy: number,
) {
  const { service } = option;
  const cutOff = cutOffAt(option, timeZone, now) ?? Number.POSITIVE_INFINITY;
  const leaves = (locationId: LocationId, at: number) => {
    const location = network.locations.find(({ id }) => id === locationId);
    return location && departureAt(location, service, at);
  };
  const leavesNow = parcels.map(({ locationId }) => leaves(locationId, now) ?? now);
  return (instant: number): boolean =>
    instant < cutOff &&
    parcels.every(({ locationId, arrivalAt }, index) => {
      const [before, after] = [leavesNow[index] ?? now, leaves(locationId, instant)];
      if (after === undefined) return false;
      return service === 'one_hour' ? arrivalAt + (after - before) <= promisedBy : after === before;
    });
}
