import type { Sku } from '../../domain/ids.ts';
import type { DeliveryOption } from '../../domain/network/delivery-option.ts';
import { priceOf } from '../../domain/network/delivery-option.ts';
import type { Order } from '../../domain/order.ts';
import type { Policy } from '../../domain/policy.ts';
import { cutOffAt } from '../../domain/promises/promised-time.ts';
import { type Refusal, refusals } from '../../domain/promises/refusal.ts';
import { decideRoute } from '../../domain/routing/decide-route.ts';
import type { RoutingDecision } from '../../domain/routing/decision.ts';
import type { RoutingInput, Site } from '../../domain/routing/input.ts';
import type { Network } from '../../ports/network.ts';
import { type Collected, routingInput, type StockLeft, type Wanted } from '../routing/routing-input.ts';

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
}

export interface Question {
  service?: Order['delivery']['service'];
  /** Epoch milliseconds. */
  promisedBy?: number | undefined;
  collected?: Collected;
  sites?: Site[] | undefined;
}

/** What the order's routing would be decided on if it were placed now with this service and promise, or by a customer who comes for it. */
export function inputOf(facts: QuoteFacts, { service, promisedBy, collected, sites }: Question): RoutingInput {
  const { network, wanted, stock, geo, now, policy } = facts;
  const delivery = {
    ...facts.order.delivery,
    ...(service && { service }),
    ...(promisedBy !== undefined && { promisedBy: new Date(promisedBy).toISOString() }),
  };
  const order = { ...facts.order, delivery };
  return routingInput({ order, wanted, network, stock, geo, now, policy, ...(collected && { collected }), sites });
}

/** What is not stored needs no fingerprint. */
export const decideOn = (facts: QuoteFacts, question: Question): RoutingDecision =>
  decideRoute(inputOf(facts, question), { hash: () => '' });

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
