import type { EventType, OrderEvent } from '../domain/events.ts';

export const machines = ['place-order', 'ship-fulfillment', 'settle-order'] as const;
export type Machine = (typeof machines)[number];

const isMachine = (name: string): name is Machine => machines.some((machine) => machine === name);

export interface Start {
  machine: Machine;
  fulfillmentId?: string;
}

type Triggers = { [T in EventType]?: (data: Extract<OrderEvent, { type: T }>['data']) => Start[] };

/** Which event starts which workflow: the whole choreography in one table. */
const triggers: Triggers = {
  'order.placed': () => [{ machine: 'place-order' }],
  'order.hold.released': ({ holdsLeft }) => (holdsLeft === 0 ? [{ machine: 'place-order' }] : []),
  'fulfillment.packed': ({ fulfillmentId }) => [{ machine: 'ship-fulfillment', fulfillmentId }],
  'fulfillment.delivered': ({ orderDelivered }) => (orderDelivered ? [{ machine: 'settle-order' }] : []),
  'order.canceled': () => [{ machine: 'settle-order' }],
  'exception.resolved': ({ workflow, fulfillmentId, retry }) =>
    retry && isMachine(workflow) ? [{ machine: workflow, ...(fulfillmentId && { fulfillmentId }) }] : [],
};

/** `stock.adjusted` comes from the inventory: it starts `place-order` for the orders that wait for the SKU. */
export const triggeringEventTypes: string[] = [...Object.keys(triggers), 'stock.adjusted'];

export const startsOf = (event: Pick<OrderEvent, 'type' | 'data'>): Start[] => {
  const trigger = triggers[event.type] as ((data: OrderEvent['data']) => Start[]) | undefined;
  return trigger ? trigger(event.data) : [];
};

/** Execution names are deterministic: an event read twice starts its workflow once. */
export const executionName = (orderId: string, sequence: number): string => `${orderId}-${sequence}`;

/** Which executions the events of an order started. Those that supply or a sweep started are named after their cause and not listed here. */
export const executionsOf = (events: readonly OrderEvent[]): (Start & { name: string; eventSequence: number })[] =>
  events.flatMap((event) =>
    startsOf(event).map((start) => ({
      ...start,
      name: executionName(event.orderId, event.sequence),
      eventSequence: event.sequence,
    })),
  );

/** The input of every machine: ids only, never personal data. */
export interface WorkflowInput {
  orderId: string;
  fulfillmentId?: string;
}
