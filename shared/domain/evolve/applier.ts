import type { EventData, EventType, OrderEvent } from '../events.ts';
import type { Order } from '../order.ts';

/** What an event of that type makes of an order. */
export type Applier<T extends EventType> = (
  order: Order,
  data: EventData<T>,
  event: Extract<OrderEvent, { type: T }>,
) => Order;

export type Appliers<T extends EventType> = { [Type in T]: Applier<Type> };
