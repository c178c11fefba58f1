import type { Line, Order, Reservation } from '../order.ts';
import { move, type Position, unitsIn } from '../positions.ts';

/** Applies `change` to each line named in `units`, once, with all its entries. Other lines stay the same object, so the store writes only what changed. */
export function updateLines<U extends { lineId: string }>(
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

export const moveLines = (
  order: Order,
  units: readonly { lineId: string; quantity: number }[],
  from: Position,
  to: Position,
): Order =>
  updateLines(order, units, (line, mine) => ({
    ...line,
    positions: mine.reduce((positions, { quantity }) => move(positions, from, to, quantity), line.positions),
  }));

export function moveFromFirst(
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

export function updateReservations(
  line: Line,
  units: readonly { reservationId: string }[],
  change: (reservation: Reservation) => Reservation,
): Line {
  const ids = new Set(units.map(({ reservationId }) => reservationId));
  return { ...line, reservations: line.reservations.map((one) => (ids.has(one.id) ? change(one) : one)) };
}

export const release = (reservation: Reservation): Reservation => ({ ...reservation, state: 'RELEASED' });

export const endReservations = (
  order: Order,
  units: readonly { lineId: string; quantity: number; reservationId: string }[],
  from: Position,
  to: Position,
): Order =>
  updateLines(moveLines(order, units, from, to), units, (line, mine) => updateReservations(line, mine, release));
