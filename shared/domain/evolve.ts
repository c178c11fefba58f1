import type { Customization } from './customization.ts';
import type { EventData, EventType, OrderEvent } from './events.ts';
import type { LocationId } from './ids.ts';
import {
  byOpened,
  byPlaced,
  type Fulfillment,
  type Line,
  type Order,
  type Payment,
  type Reservation,
} from './order.ts';
import type { Position } from './positions.ts';
import { move, unitsIn } from './positions.ts';

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

type Applier<T extends EventType> = (order: Order, data: EventData<T>, event: OrderEvent) => Order;

const appliers: { [T in Exclude<EventType, 'order.placed'>]: Applier<T> } = {
  'reservation.created': (order, { reservations }) => ({
    ...updateLines(order, reservations, (line, made) => ({
      ...line,
      positions: made.reduce(
        (positions, { quantity }) => moveFromFirst(positions, ['OPEN', 'BACKORDERED'], 'RESERVED', quantity),
        line.positions,
      ),
      reservations: [
        ...line.reservations,
        ...made.map(({ reservationId, locationId, quantity, capacityDay }) => ({
          id: reservationId,
          locationId,
          quantity,
          state: 'COMMITTED' as const,
          ...(capacityDay !== undefined && { capacityDay }),
        })),
      ],
    })),
    reservations: order.reservations + reservations.length,
  }),
  'reservation.released': (order, { reservations }) => endReservations(order, reservations, 'RESERVED', 'OPEN'),
  'order.backordered': (order, { lines }) => moveLines(order, lines, 'OPEN', 'BACKORDERED'),
  'order.confirmed': (order) => ({ ...order, lifecycle: 'CONFIRMED' }),
  'order.released': (order, { digital = [] }) => ({
    ...moveLines(order, digital, 'OPEN', 'ASSIGNED'),
    lifecycle: 'RELEASED',
  }),
  'order.rejected': (order, { reason, lines }) => ({
    ...cancelUnits(order, lines),
    lifecycle: 'REJECTED',
    endReason: reason,
    holds: [],
  }),
  'order.cancellation_started': (order, data) => ({
    ...cancelChunk(order, data),
    canceling: true,
    endReason: data.reason,
  }),
  'order.canceled': (order, data) => ({
    ...cancelChunk(order, data),
    canceling: false,
    lifecycle: 'CANCELED',
    endReason: data.reason,
    holds: [],
  }),
  'order.remainder_canceled': (order, data, { at }) => ({
    ...cancelChunk(order, data),
    ...(data.orderDelivered && { deliveredAt: at }),
  }),
  'order.closed': (order, _, { at }) => ({ ...order, lifecycle: 'CLOSED', closedAt: at, holds: [] }),
  'order.hold.placed': (order, { handle, reason, owner, note, cancelAt }, { at }) => ({
    ...order,
    holds: [
      ...order.holds,
      { handle, reason, owner, placedAt: at, ...(note !== undefined && { note }), ...(cancelAt && { cancelAt }) },
    ].sort(byPlaced),
  }),
  'order.hold.released': (order, { handle, holdsLeft }, { at }) => ({
    ...order,
    holds: order.holds.filter((hold) => hold.handle !== handle),
    ...(holdsLeft === 0 && { unheldAt: at }),
  }),
  'payment.authorized': (order, { paymentId, amount, providerReference }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      status: 'AUTHORIZED',
      authorized: payment.authorized + amount,
      providerReference,
    })),
  'payment.declined': (order, { paymentId, reason }) =>
    updatePayment(order, paymentId, (payment) => ({ ...payment, status: 'DECLINED', declineReason: reason })),
  'payment.captured': (order, { paymentId, captureId, fulfillmentId, amount, providerReference }, { at }) => {
    const paid = updatePayment(order, paymentId, (payment) => {
      const captured = payment.captured + amount;
      const capture = { id: captureId, ...(fulfillmentId && { fulfillmentId }), amount };
      return {
        ...payment,
        captured,
        status: captured + payment.voided === payment.authorized ? 'CAPTURED' : 'PARTIALLY_CAPTURED',
        captures: [...payment.captures, { ...capture, refunded: 0, providerReference, refundReferences: [] }],
      };
    });
    if (!fulfillmentId) return paid;
    return updateFulfillment(paid, fulfillmentId, at, (fulfillment) => ({ ...fulfillment, fundsSecured: true }));
  },
  'payment.voided': (order, { paymentId, amount }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      voided: payment.voided + amount,
      status: payment.captured > 0 ? 'CAPTURED' : 'VOIDED',
    })),
  'payment.refunded': (order, { paymentId, captureId, amount, providerReference }) =>
    updatePayment(order, paymentId, (payment) => ({
      ...payment,
      refunded: payment.refunded + amount,
      captures: payment.captures.map((capture) =>
        capture.id === captureId
          ? {
              ...capture,
              refunded: capture.refunded + amount,
              refundReferences: [...capture.refundReferences, providerReference],
            }
          : capture,
      ),
    })),
  'fulfillment.created': (order, { fulfillmentId, locationId, lines }, { at }) => ({
    ...updateLines(moveLines(order, lines, 'RESERVED', 'ASSIGNED'), lines, (line, units) =>
      updateReservations(line, units, (reservation) => ({ ...reservation, state: 'ALLOCATED', fulfillmentId })),
    ),
    fulfillments: [
      ...order.fulfillments,
      {
        id: fulfillmentId,
        orderId: order.id,
        locationId,
        status: 'OPEN',
        lines: lines.map(({ lineId, sku, quantity, reservationId, components, capability }) => ({
          lineId,
          sku,
          reservationId,
          quantity,
          ...(components && { components }),
          ...(capability !== undefined && { capability }),
          picked: 0,
          packed: 0,
          shorted: 0,
        })),
        parcels: [],
        fundsSecured: false,
        createdAt: at,
        updatedAt: at,
      },
    ],
  }),
  'fulfillment.accepted': (order, { fulfillmentId }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({ ...fulfillment, status: 'ACCEPTED' })),
  'customization.started': (order, { fulfillmentId }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'CUSTOMIZING',
      customization: { startedAt: at },
    })),
  'customization.finished': (order, { fulfillmentId }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'CUSTOMIZED',
      customization: { startedAt: fulfillment.customization?.startedAt ?? at, finishedAt: at },
    })),
  'fulfillment.rejected': (order, { fulfillmentId, locationId, reason, reservations, excluded }, { at }) => {
    const freed = endReservations(order, reservations, 'ASSIGNED', 'OPEN');
    return updateFulfillment(
      excluded ? excludeSite(freed, reservations, locationId) : freed,
      fulfillmentId,
      at,
      (fulfillment) => ({ ...fulfillment, status: 'REJECTED', endReason: reason }),
    );
  },
  'fulfillment.shorted': (order, { fulfillmentId, locationId, lines }, { at }) =>
    updateFulfillment(
      excludeSite(
        updateLines(moveLines(order, lines, 'ASSIGNED', 'OPEN'), lines, (line, shorts) =>
          shortReservations(line, shorts),
        ),
        lines,
        locationId,
      ),
      fulfillmentId,
      at,
      (fulfillment) => ({
        ...fulfillment,
        lines: fulfillment.lines.map((line) => {
          const short = lines.find(({ reservationId }) => reservationId === line.reservationId);
          return short ? { ...line, shorted: line.shorted + short.quantity } : line;
        }),
      }),
    ),
  'fulfillment.picked': (order, { fulfillmentId, lines }, { at }) =>
    updateFulfillment(moveLines(order, lines, 'ASSIGNED', 'PICKED'), fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'PICKED',
      lines: fulfillment.lines.map((line) => ({ ...line, picked: line.quantity - line.shorted })),
    })),
  'fulfillment.packed': (order, { fulfillmentId, lines, parcels }, { at }) =>
    updateFulfillment(moveLines(order, lines, 'PICKED', 'PACKED'), fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'PACKED',
      parcels,
      lines: fulfillment.lines.map((line) => ({ ...line, packed: line.picked })),
    })),
  'fulfillment.canceled': (order, { fulfillmentId, reason }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'CANCELED',
      endReason: reason,
    })),
  'shipment.labeled': (order, { fulfillmentId, shipment }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({ ...fulfillment, shipment })),
  'fulfillment.shipped': (order, { fulfillmentId, shipment, reservations }, { at }) =>
    updateFulfillment(
      updateLines(moveLines(order, reservations, 'PACKED', 'SHIPPED'), reservations, (line, units) =>
        updateReservations(line, units, (reservation) => ({ ...reservation, state: 'CONSUMED' })),
      ),
      fulfillmentId,
      at,
      (fulfillment) => ({ ...fulfillment, status: 'HANDED_OVER', shipment }),
    ),
  'fulfillment.delivered': (order, { fulfillmentId, lines, orderDelivered }, { at }) => ({
    ...updateFulfillment(moveLines(order, lines, 'SHIPPED', 'DELIVERED'), fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'COMPLETED',
    })),
    ...(orderDelivered && { deliveredAt: at }),
  }),
  'digital.started': (order, _, { at }) => ({ ...order, digitalStartedAt: at }),
  'digital.delivered': (order, { lines, orderDelivered }, { at }) => ({
    ...moveLines(order, lines, 'ASSIGNED', 'DELIVERED'),
    ...(orderDelivered && { deliveredAt: at }),
  }),
  'receipt.confirmed': (order, _, { at }) => ({ ...order, receiptConfirmedAt: at }),
  'exception.opened': (order, exception, { at }) => ({
    ...order,
    exceptions: [
      ...order.exceptions.filter(({ id }) => id !== exception.id),
      {
        id: exception.id,
        category: exception.category,
        status: 'OPEN',
        workflow: exception.workflow,
        ...(exception.fulfillmentId && { fulfillmentId: exception.fulfillmentId }),
        error: exception.error,
        cause: exception.cause,
        suggestedCommands: exception.suggestedCommands,
        openedAt: at,
      } as const,
    ].sort(byOpened),
  }),
  'exception.resolved': (order, { exceptionId, workflow, retry }, { at }) => ({
    // Who asks for another go at routing wants every site asked again.
    ...(retry && workflow === 'reroute' ? readmitSites(order) : order),
    exceptions: order.exceptions.map((exception) =>
      exception.id === exceptionId ? { ...exception, status: 'RESOLVED', resolvedAt: at } : exception,
    ),
  }),
};

function apply(order: Order | undefined, event: OrderEvent): Order {
  if (event.type === 'order.placed') return placed(event);
  if (!order) throw new Error(`${event.type} without an order`);
  const applier = appliers[event.type] as Applier<typeof event.type>;
  return applier(order, event.data as never, event);
}

function placed(event: OrderEvent & { type: 'order.placed' }): Order {
  const { data, secret, at } = event;
  return {
    id: event.orderId,
    externalId: data.externalId,
    channel: data.channel,
    currency: data.currency,
    customer: data.customer,
    ...(secret && { contact: secret.contact }),
    lifecycle: 'PLACED',
    canceling: false,
    total: data.total,
    ...(data.priority !== undefined && { priority: data.priority }),
    version: event.version,
    sequence: event.sequence,
    reservations: 0,
    placedBy: data.placedBy,
    placedAt: at,
    updatedAt: at,
    lines: data.lines.map(({ customization, ...line }) => ({
      ...line,
      ...(customization && { customization: withInstructions(customization, secret?.instructions?.[line.id]) }),
      positions: { OPEN: line.quantity },
      reservations: [],
    })),
    delivery: { id: 'dg_1', ...data.delivery, ...(secret && { address: secret.address }) },
    fulfillments: [],
    payments: [
      {
        id: data.payment.id,
        method: data.payment.method,
        ...(secret && { token: secret.token }),
        amount: data.payment.amount,
        status: 'REQUESTED',
        authorized: 0,
        captured: 0,
        voided: 0,
        refunded: 0,
        captures: [],
      },
    ],
    holds: [],
    exceptions: [],
  };
}

const withInstructions = (customization: Customization, instructions: string[] | undefined): Customization => ({
  ...customization,
  ...(instructions && { instructions }),
});

/** Applies `change` to each line named in `units`, once, with all its entries. Other lines stay the same object, so the store writes only what changed. */
function updateLines<U extends { lineId: string }>(
  order: Order,
  units: readonly U[],
  change: (line: Line, units: U[]) => Line,
): Order {
  const byLine = Map.groupBy(units, ({ lineId }) => lineId);
  return {
    ...order,
    lines: order.lines.map((line) => {
      const mine = byLine.get(line.id);
      return mine ? change(line, mine) : line;
    }),
  };
}

const moveLines = (
  order: Order,
  units: readonly { lineId: string; quantity: number }[],
  from: Position,
  to: Position,
): Order =>
  updateLines(order, units, (line, mine) => ({
    ...line,
    positions: mine.reduce((positions, { quantity }) => move(positions, from, to, quantity), line.positions),
  }));

function moveFromFirst(
  positions: Line['positions'],
  from: Position[],
  to: Position,
  quantity: number,
): Line['positions'] {
  let left = quantity;
  let result = positions;
  for (const position of from) {
    const units = Math.min(left, unitsIn(result, position));
    if (units > 0) result = move(result, position, to, units);
    left -= units;
  }
  if (left > 0) throw new Error(`${left} units too many to move to ${to}`);
  return result;
}

function updateReservations(
  line: Line,
  units: readonly { reservationId: string }[],
  change: (reservation: Reservation) => Reservation,
): Line {
  const ids = new Set(units.map(({ reservationId }) => reservationId));
  return { ...line, reservations: line.reservations.map((one) => (ids.has(one.id) ? change(one) : one)) };
}

/** A reservation ends once: the part that was not found ends now, under an id of its own, the rest stays. */
const shortReservations = (line: Line, shorts: readonly { reservationId: string; quantity: number }[]): Line => ({
  ...line,
  reservations: line.reservations.flatMap((one) => {
    const missing = shorts.find(({ reservationId }) => reservationId === one.id)?.quantity ?? 0;
    if (missing === 0) return [one];
    if (missing === one.quantity) return [release(one)];
    return [
      { ...one, quantity: one.quantity - missing },
      { ...release(one), id: `${one.id}:short`, quantity: missing },
    ];
  }),
});

/** By SKU: another line of the same goods would be asked for in vain just the same. */
function excludeSite(order: Order, units: readonly { sku: string }[], site: LocationId): Order {
  const skus = new Set(units.map(({ sku }) => sku));
  return {
    ...order,
    lines: order.lines.map((line) =>
      skus.has(line.sku) && !line.excludedSites?.includes(site)
        ? { ...line, excludedSites: [...(line.excludedSites ?? []), site] }
        : line,
    ),
  };
}

const readmitSites = (order: Order): Order => ({
  ...order,
  lines: order.lines.map((line) => {
    if (!line.excludedSites) return line;
    const { excludedSites: _, ...rest } = line;
    return rest;
  }),
});

const release = (reservation: Reservation): Reservation => ({ ...reservation, state: 'RELEASED' });

const endReservations = (
  order: Order,
  units: readonly { lineId: string; quantity: number; reservationId: string }[],
  from: Position,
  to: Position,
): Order =>
  updateLines(moveLines(order, units, from, to), units, (line, mine) => updateReservations(line, mine, release));

const cancelUnits = (order: Order, units: EventData<'order.canceled'>['lines']): Order =>
  updateLines(order, units, (line, mine) => ({
    ...line,
    positions: mine.reduce(
      (positions, { from, quantity }) => move(positions, from, 'CANCELED', quantity),
      line.positions,
    ),
  }));

const cancelChunk = (order: Order, { lines, reservations }: EventData<'order.canceled'>): Order =>
  updateLines(cancelUnits(order, lines), reservations, (line, mine) => updateReservations(line, mine, release));

const updatePayment = (order: Order, id: string, change: (payment: Payment) => Payment): Order => ({
  ...order,
  payments: order.payments.map((payment) => (payment.id === id ? change(payment) : payment)),
});

const updateFulfillment = (order: Order, id: string, at: string, change: (one: Fulfillment) => Fulfillment): Order => ({
  ...order,
  fulfillments: order.fulfillments.map((one) => (one.id === id ? { ...change(one), updatedAt: at } : one)),
});
