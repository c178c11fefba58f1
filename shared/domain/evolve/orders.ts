import type { EventData, EventType } from '../events.ts';
import { reviewHold } from '../fraud/screening.ts';
import { byOpened, byPlaced, type Line, type Order } from '../order.ts';
import { move, unitsIn } from '../positions.ts';
import type { Appliers } from './applier.ts';
import { reviewed } from './fraud.ts';
import { endReservations, moveFromFirst, moveLines, release, updateLines, updateReservations } from './lines.ts';
import { retryRefunds } from './payments.ts';

type Chapter = 'order' | 'reservation' | 'exception';

export const orders = {
  'order.taxed': (order, { lines, charges, total, reference }) => {
    const ofLine = new Map(lines.map(({ lineId, taxes }) => [lineId, taxes]));
    const ofCharge = new Map(charges.map(({ chargeId, taxes }) => [chargeId, taxes]));
    return {
      ...order,
      total,
      tax: { status: 'QUOTED', ...(reference !== undefined && { reference }) },
      lines: order.lines.map((line) => ({ ...line, taxes: ofLine.get(line.id) ?? [] })),
      charges: order.charges.map((charge) => ({ ...charge, taxes: ofCharge.get(charge.id) ?? [] })),
      payments: withDifference(order.payments, total - order.total),
    };
  },
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
  'order.backordered': (order, { lines, cancelAt }) =>
    updateLines(order, lines, (line, mine) => ({
      ...withoutDeadline(line),
      ...deadlineOf(line, cancelAt),
      positions: mine.reduce((at, { quantity }) => move(at, 'OPEN', 'BACKORDERED', quantity), line.positions),
    })),
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
  'order.canceled': (order, data, event) => ({
    ...cancelChunk(order, data),
    ...reviewed(order, 'REJECTED', event),
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
  'order.hold.released': (order, { handle, holdsLeft }, event) => ({
    ...order,
    ...(handle === reviewHold && reviewed(order, 'APPROVED', event)),
    holds: order.holds.filter((hold) => hold.handle !== handle),
    ...(holdsLeft === 0 && { unheldAt: event.at }),
  }),
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
    ...(retry ? triedAgain(order, workflow) : order),
    exceptions: order.exceptions.map((exception) =>
      exception.id === exceptionId ? { ...exception, status: 'RESOLVED', resolvedAt: at } : exception,
    ),
  }),
} satisfies Appliers<Exclude<Extract<EventType, `${Chapter}.${string}`>, 'order.placed'>>;

/** Units of a line wait together: those that wait already keep their day, and the first day counts for all. */
function deadlineOf({ waitsUntil, positions }: Line, cancelAt: string | undefined): Pick<Line, 'waitsUntil'> {
  const known = unitsIn(positions, 'BACKORDERED') > 0 ? waitsUntil : undefined;
  const [first] = [known, cancelAt].filter((one) => one !== undefined).sort();
  return first === undefined ? {} : { waitsUntil: first };
}

function withoutDeadline({ waitsUntil: _, ...line }: Line): Line {
  return line;
}

/** What nobody was asked for yet is asked for as it is now: the last payment bears the difference. */
const withDifference = (payments: Order['payments'], difference: number): Order['payments'] =>
  payments.map((one, index) => (index === payments.length - 1 ? { ...one, amount: one.amount + difference } : one));

const readmitSites = (order: Order): Order => ({
  ...order,
  lines: order.lines.map((line) => {
    if (!line.excludedSites) return line;
    const { excludedSites: _, ...rest } = line;
    return rest;
  }),
});

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

/** Who asks for another go at routing wants every site asked again, and at settling every capture. */
function triedAgain(order: Order, workflow: string): Order {
  if (workflow === 'reroute') return readmitSites(order);
  return workflow === 'settle-order' ? retryRefunds(order) : order;
}
