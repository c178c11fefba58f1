import type { EventType, OrderEvent } from './events.ts';
import type { Applier, Appliers } from './evolve/applier.ts';
import { documents } from './evolve/documents.ts';
import { fraud } from './evolve/fraud.ts';
import { fulfillments } from './evolve/fulfillments.ts';
import { orders } from './evolve/orders.ts';
import { payments } from './evolve/payments.ts';
import { placed } from './evolve/placed.ts';
import type { Order } from './order.ts';

/**
 * The order after an event. Pure and total: an event in the log is a fact, so nothing is refused here; what does not fit throws, as it
 * can only be a bug (and the property tests look for it). `order` is undefined only for `order.placed`.
 */
export function evolve(order: Order | undefined, event: OrderEvent): Order {
  const next = apply(order, event);
  return { ...next, version: event.version, sequence: event.sequence, updatedAt: event.at };
}

export const fold = (events: readonly OrderEvent[]): Order | undefined =>
  events.reduce<Order | undefined>((order, event) => evolve(order, event), undefined);

const appliers: Appliers<Exclude<EventType, 'order.placed'>> = {
  ...orders,
  ...payments,
  ...documents,
  ...fulfillments,
  ...fraud,
};

function apply(order: Order | undefined, event: OrderEvent): Order {
  if (event.type === 'order.placed') return placed(event);
  if (!order) throw new Error(`${event.type} without an order`);
  const applier = appliers[event.type] as Applier<typeof event.type>;
  return applier(order, event.data as never, event);
}
