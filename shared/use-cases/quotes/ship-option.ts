import type { LocationId } from '../../domain/ids.ts';
import type { ShippingService } from '../../domain/location.ts';
import type { DeliveryOption } from '../../domain/network/delivery-option.ts';
import { cutOffAt, deadlineOf, type PromisedTime, promisedTime } from '../../domain/promises/promised-time.ts';
import { type Refusal, refusalOf, refusals } from '../../domain/promises/refusal.ts';
import type { Plan } from '../../domain/routing/decision.ts';
import { departureAt } from '../routing/routing-site.ts';
import { daysHold, type WorkDays } from '../routing/work-days.ts';
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
export async function shipOption(
  facts: QuoteFacts,
  option: DeliveryOption & { service: ShippingService },
): Promise<{ offer: ShipOffer } | { refusal: Refusal }> {
  const { now, timeZone } = facts;
  const { service } = option;
  const terms = termsOf(facts, option, timeZone);
  if ('refusal' in terms) return terms;
  const deadline = deadlineOf(option, timeZone, now);
  if (deadline === 'none') return { refusal: refusals.noDeliveryDay };
  const decided = await decideOn(facts, { service, promisedBy: deadline });
  const { decision } = decided;
  if (!decision.chosen || !isCovered(decision)) return { refusal: refusalOf(decision) };
  const arrivals = decision.chosen.parcels.map(({ arrivalAt }) => arrivalAt);
  if (deadline !== undefined && Math.max(...arrivals) > deadline) return { refusal: tooLate(decision.chosen) };
  const time = promisedTime(option, timeZone, { now, arrivals, deadline });
  const promisedBy = Math.min(time.to, deadline ?? time.to);
  // An earlier promise takes away only plans that are worse. A search that ran out of its budget may see others, though, and configured rules may ask for
  // the promise one by one: ask as the order will.
  const isSame = !decision.truncated && !decision.cascade;
  const { decision: asked, work } = isSame ? decided : await decideOn(facts, { service, promisedBy });
  if (!asked.chosen || !isCovered(asked)) return { refusal: refusalOf(asked) };
  const plan = asked.chosen;
  if (plan.parcels.some(({ arrivalAt }) => arrivalAt > promisedBy)) return { refusal: tooLate(plan) };
  const holdsAt = holding(facts, option, plan, promisedBy, work);
  return { offer: { price: terms.price, time, promisedBy, plan, holdsAt } };
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
  work: WorkDays,
) {
  const { service } = option;
  const cutOff = cutOffAt(option, timeZone, now) ?? Number.POSITIVE_INFINITY;
  const leaves = (locationId: LocationId, at: number) => {
    const location = network.locations.find(({ id }) => id === locationId);
    return location && departureAt(location, service, Math.max(at, work.get(locationId)?.from ?? at));
  };
  const sameDays = daysHold(network, service, now);
  const leavesNow = parcels.map(({ locationId }) => leaves(locationId, now) ?? now);
  return (instant: number): boolean =>
    instant < cutOff &&
    sameDays(instant) &&
    parcels.every(({ locationId, arrivalAt }, index) => {
      const [before, after] = [leavesNow[index] ?? now, leaves(locationId, instant)];
      if (after === undefined) return false;
      return service === 'one_hour' ? arrivalAt + (after - before) <= promisedBy : after === before;
    });
}
