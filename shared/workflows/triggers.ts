import type { EventData, EventType, OrderEvent } from '../domain/events.ts';
import type { Sku } from '../domain/ids.ts';
import { goodsOf } from '../domain/kit.ts';
import { postingsOf } from '../domain/stock.ts';

/** Machines that carry one order on. */
export const orderMachines = ['place-order', 'ship-fulfillment', 'deliver-digital', 'settle-order', 'reroute'] as const;
/** Machines that carry out what is asked of many orders or much stock at once. */
export const operationMachines = ['site-outage', 'stock-feed', 'routing-simulation'] as const;
export const machines = [...orderMachines, ...operationMachines] as const;
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
  'order.released': ({ digital = [], collect = false }) => [
    ...(digital.length > 0 ? [{ machine: 'deliver-digital' } as const] : []),
    ...(collect ? [{ machine: 'settle-order' } as const] : []),
  ],
  'order.hold.released': ({ holdsLeft, lifecycle, digital = false }) =>
    holdsLeft > 0
      ? []
      : [
          { machine: lifecycle === 'RELEASED' ? 'reroute' : 'place-order' },
          ...(digital ? [{ machine: 'deliver-digital' } as const] : []),
        ],
  // Where goods can still leave, the card is asked again ahead of time.
  'payment.lapsing': ({ awaitsStock }) => (awaitsStock ? [] : [{ machine: 'settle-order' }]),
  'payment.capture_requested': () => [{ machine: 'settle-order' }],
  'fulfillment.rejected': ({ rerouted }) => (rerouted ? [] : [{ machine: 'reroute' }]),
  'fulfillment.shorted': () => [{ machine: 'reroute' }],
  // Before it is released, what no longer waits lets the rest go on.
  'order.remainder_canceled': ({ lifecycle = 'RELEASED' }) => [
    { machine: lifecycle === 'RELEASED' ? 'settle-order' : 'place-order' },
  ],
  'fulfillment.packed': ({ fulfillmentId }) => [{ machine: 'ship-fulfillment', fulfillmentId }],
  'fulfillment.shipped': ({ collect = false }) => (collect ? [{ machine: 'settle-order' }] : []),
  // Most orders are captured to the cent by then.
  'fulfillment.delivered': ({ orderDelivered, settled, collect = false }) =>
    collect || (orderDelivered && settled !== true) ? [{ machine: 'settle-order' }] : [],
  'digital.delivered': ({ orderDelivered, settled }) =>
    orderDelivered && !settled ? [{ machine: 'settle-order' }] : [],
  // Won, what was not given back while the bank had it may be now; lost, what was kept for that is let go of.
  'payment.chargeback_closed': () => [{ machine: 'settle-order' }],
  // It is due again: another way is asked, or it is parked for a person.
  'payment.refund_reversed': () => [{ machine: 'settle-order' }],
  'order.canceled': () => [{ machine: 'settle-order' }],
  'credit_memo.posted': () => [{ machine: 'settle-order' }],
  'exception.resolved': ({ workflow, fulfillmentId, retry }) =>
    retry && isMachine(workflow) ? [{ machine: workflow, ...(fulfillmentId && { fulfillmentId }) }] : [],
};

/** Events of orders that give stock back, or leave the queue for it: those who wait for it get another go. */
const freeing: readonly EventType[] = [
  'reservation.released',
  'order.rejected',
  'order.cancellation_started',
  'order.canceled',
  'order.remainder_canceled',
  'fulfillment.rejected',
];

/** `stock.adjusted` comes from the inventory: it starts what the orders that wait for the SKU need. */
export const triggeringEventTypes: string[] = [...new Set([...Object.keys(triggers), ...freeing, 'stock.adjusted'])];

type Moved = Pick<EventData<'exception.resolved'>, 'moved'>;

/** Units by SKU that others can have now: stock that went back, and what an order that waited no longer waits for. */
export function freedBy(event: Pick<OrderEvent, 'type' | 'data'>): Map<Sku, number> {
  const freed = new Map<Sku, number>();
  const add = (sku: Sku, quantity: number) => freed.set(sku, (freed.get(sku) ?? 0) + quantity);
  const { moved = [] } = event.data as Moved;
  // One more, as the order that waits for them is the first to be asked.
  for (const { sku, quantity } of moved) add(sku, quantity + 1);
  if (!freeing.includes(event.type)) return freed;
  for (const { sku, to, quantity } of postingsOf(event)) if (to === 'AVAILABLE') add(sku, quantity);
  const { type, data } = event as OrderEvent;
  if (
    type === 'order.canceled' ||
    type === 'order.cancellation_started' ||
    type === 'order.remainder_canceled' ||
    type === 'order.rejected'
  ) {
    for (const { from, ...units } of data.lines) {
      if (from !== 'BACKORDERED') continue;
      for (const { sku, quantity } of goodsOf(units)) add(sku, quantity);
    }
  }
  return freed;
}

export const startsOf = (event: Pick<OrderEvent, 'type' | 'data'>): Start[] => {
  const trigger = triggers[event.type] as ((data: OrderEvent['data']) => Start[]) | undefined;
  return trigger ? trigger(event.data) : [];
};

/** Execution names are deterministic: an event read twice starts its workflow once. */
export const executionName = (orderId: string, sequence: number): string => `${orderId}-${sequence}`;

export interface StartedExecution extends Start {
  name: string;
  /** The event that started it, or the first that it caused. */
  eventSequence: number;
}

/**
 * The executions of an order, from its log: those that its events started, and those that supply or a sweep started, known by what they
 * wrote (the execution's name is the correlation of all it causes).
 */
export function executionsOf(events: readonly OrderEvent[]): StartedExecution[] {
  const started = events.flatMap((event) =>
    startsOf(event).map((start) => ({
      ...start,
      name: executionName(event.orderId, event.sequence),
      eventSequence: event.sequence,
    })),
  );
  // A hold's release may start two machines under one name.
  const found = new Map(started.map((one) => [`${one.machine} ${one.name}`, one]));
  const known = new Set(started.map(({ name }) => name));
  let isReleased = false;
  for (const event of events) {
    const { orderId, correlationId: name, sequence: eventSequence, type, data } = event;
    const isOfDigital = event.type === 'payment.captured' && event.data.fulfillmentId === undefined;
    const wrote = isOfDigital ? 'deliver-digital' : wroteIn[type];
    const machine = isReleased && bothWrite.includes(type) ? 'reroute' : wrote;
    isReleased ||= type === 'order.released';
    if (!machine || known.has(name) || !name.startsWith(`${orderId}-`)) continue;
    const fulfillmentId = 'fulfillmentId' in data && machine === 'ship-fulfillment' ? data.fulfillmentId : undefined;
    known.add(name);
    const one = { machine, name, eventSequence, ...(typeof fulfillmentId === 'string' && { fulfillmentId }) };
    found.set(`${machine} ${name}`, one);
  }
  return [...found.values()].sort((a, b) => a.eventSequence - b.eventSequence);
}

/** Written by `place-order` until the order is released, by `reroute` from then on. */
const bothWrite: readonly EventType[] = ['reservation.created', 'order.backordered'];

/** Events that only one machine's steps write. */
const wroteIn: Partial<Record<EventType, Machine>> = {
  'reservation.created': 'place-order',
  'order.backordered': 'place-order',
  'payment.authorized': 'place-order',
  'payment.declined': 'place-order',
  'fraud.screened': 'place-order',
  'order.confirmed': 'place-order',
  'payment.captured': 'ship-fulfillment',
  'shipment.labeled': 'ship-fulfillment',
  'digital.started': 'deliver-digital',
  'digital.delivered': 'deliver-digital',
  'payment.voided': 'settle-order',
  'payment.refund_requested': 'settle-order',
  'payment.refunded': 'settle-order',
  'payment.refund_failed': 'settle-order',
};

/** The input of every machine: ids only, never personal data. */
export type WorkflowInput =
  | { orderId: string; fulfillmentId?: string }
  | { operationId: string }
  | { feedId: string }
  | { simulationId: string };
