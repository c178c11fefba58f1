import { type CapacityUse, capacityKey } from '../../domain/capacity.ts';
import type { Sku } from '../../domain/ids.ts';
import type { DeliveryOption } from '../../domain/network/delivery-option.ts';
import { priceOf } from '../../domain/network/delivery-option.ts';
import { ratesFor } from '../../domain/network/shipping-rates.ts';
import type { Order } from '../../domain/order.ts';
import type { Policy } from '../../domain/policy.ts';
import { cutOffAt } from '../../domain/promises/promised-time.ts';
import { type Refusal, refusals } from '../../domain/promises/refusal.ts';
import { decideRoute } from '../../domain/routing/decide-route.ts';
import type { RoutingDecision } from '../../domain/routing/decision.ts';
import type { RoutingInput, Site } from '../../domain/routing/input.ts';
import type { Network } from '../../ports/network.ts';
import { type Collected, routingInput, type StockLeft, type Wanted } from '../routing/routing-input.ts';
import { type CapacityReader, decideOnDays, type OnDays, type WorkDays } from '../routing/work-days.ts';

/** What every option of one quote is answered from, read at one moment. */
export interface QuoteFacts {
  now: number;
  network: Network;
  order: Order;
  wanted: readonly Wanted[];
  stock: ReadonlyMap<Sku, StockLeft>;
  /** Where the destination is, if anybody knows. */
  geo: RoutingInput['delivery']['geo'];
  /** On the clock of the destination. */
  timeZone: string;
  unknownSkus: readonly Sku[];
  policy: Policy;
  capacity: CapacityReader;
  /** By the days on which they work: making sites takes longer than many a decision, and most services share them. */
  sites: Map<string, Site[]>;
}

export interface Question {
  service?: Order['delivery']['service'];
  /** Epoch milliseconds. */
  promisedBy?: number | undefined;
  collected?: Collected;
}

/** The order's routing if it were placed now with this service and promise, or by a customer who comes for it. */
export async function decideOn(
  facts: QuoteFacts,
  { service, promisedBy, collected }: Question,
): Promise<OnDays<{ decision: RoutingDecision }>> {
  const { network, wanted, now, capacity } = facts;
  const delivery = {
    ...facts.order.delivery,
    ...(service && { service }),
    ...(promisedBy !== undefined && { promisedBy: new Date(promisedBy).toISOString() }),
  };
  const order = { ...facts.order, delivery };
  return decideOnDays(capacity, { network, order, wanted, now }, (work) => {
    const input = inputOn(facts, order, work, collected);
    // What is not stored needs no fingerprint.
    return { decision: decideRoute(input, { hash: () => '' }) };
  });
}

function inputOn(facts: QuoteFacts, order: Order, work: WorkDays, collected: Collected | undefined): RoutingInput {
  const { network, wanted, stock, geo, now, policy } = facts;
  const isShared = ratesFor(network.rates, order.delivery.service) === network.rates;
  const key = JSON.stringify([collected?.method, !isShared && order.delivery.service, ...work]);
  const sites = facts.sites.get(key);
  const asked = { order, wanted, network, stock, geo, now, policy, work, ...(collected && { collected }), sites };
  const input = routingInput(asked);
  facts.sites.set(key, input.sites);
  return input;
}

/** Each day is read once a quote. */
export function readingOnce(reader: CapacityReader): CapacityReader {
  const known = new Map<string, CapacityUse | undefined>();
  return {
    async capacity(days) {
      const asked = days.filter((day) => !known.has(capacityKey(day)));
      const read = asked.length === 0 ? new Map<string, CapacityUse>() : await reader.capacity(asked);
      for (const key of asked.map(capacityKey)) known.set(key, read.get(key));
      const uses = days.map((day) => [capacityKey(day), known.get(capacityKey(day))] as const);
      return new Map(uses.flatMap(([key, use]) => (use ? [[key, use] as const] : [])));
    },
  };
}

/** Everything is served. */
export const isCovered = ({ chosen, short }: RoutingDecision): boolean => chosen !== null && short.length === 0;

/** What the option and the cart themselves say, before any site is asked. */
export function termsOf(
  { order, wanted, now, unknownSkus }: QuoteFacts,
  option: DeliveryOption,
  timeZone: string,
): { price: number } | { refusal: Refusal } {
  const { currency, total: value, delivery } = order;
  const { country, address } = delivery;
  if (unknownSkus.length > 0) return { refusal: refusals.unknownSku(unknownSkus) };
  if (wanted.length === 0) return { refusal: refusals.nothingToShip };
  const cutOff = cutOffAt(option, timeZone, now);
  if (cutOff !== undefined && cutOff <= now) return { refusal: refusals.cutOffPassed(option.cutOff ?? '') };
  const price = priceOf(option, { currency, value, country, postalCode: address?.postalCode ?? '' });
  return price === undefined ? { refusal: refusals.noPrice } : { price };
}
