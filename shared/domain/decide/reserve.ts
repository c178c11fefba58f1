import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { EventData, NewEvent } from '../events.ts';
import { isDigital, type Line, type Order, unitsOfLine } from '../order.ts';
import { unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

/**
 * Commits stock to lines. Whether the stock is there is not decided here: each reservation becomes a guarded change of its bucket
 * (`available >= quantity`) in the same transaction, which refuses the whole command when one is short.
 */
export function reserve(order: Order, command: CommandOf<'reserve'>): Decision {
  if (command.allocations.length === 0 && command.backorders.length === 0) return alreadyDone;
  // RELEASED: units that a site gave back, or that waited for supply, get their next site.
  if (order.lifecycle !== 'PLACED' && order.lifecycle !== 'RELEASED')
    return reject('invalid_transition', `Stock is reserved while PLACED or RELEASED, not ${order.lifecycle}.`);

  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const wanted = new Map<Line, number>();
  const reservations: EventData<'reservation.created'>['reservations'] = [];
  for (const { lineId, locationId, quantity, capacityDay } of command.allocations) {
    const line = lines.get(lineId);
    if (!line || isDigital(line)) return reject('overallocated', `The order has no line ${lineId} that takes stock.`);
    if (line.excludedSites?.includes(locationId)) {
      return reject('site_excluded', `Location ${locationId} has given units of ${line.sku} of this order back.`);
    }
    wanted.set(line, (wanted.get(line) ?? 0) + quantity);
    const number: number = order.reservations + reservations.length + 1;
    reservations.push({
      reservationId: `rsv_${number}`,
      ...unitsOfLine(line, quantity),
      locationId,
      ...(capacityDay !== undefined && { capacityDay }),
    });
  }
  const backordered: EventData<'order.backordered'>['lines'] = [];
  for (const { lineId, quantity } of command.backorders) {
    const line = lines.get(lineId);
    // The allocations of the same command take open units first.
    if (!line || isDigital(line) || quantity > unitsIn(line.positions, 'OPEN') - (wanted.get(line) ?? 0)) {
      return reject('overallocated', `Line ${lineId} has no ${quantity} open units to backorder.`);
    }
    wanted.set(line, (wanted.get(line) ?? 0) + quantity);
    backordered.push(unitsOfLine(line, quantity));
  }
  for (const [line, quantity] of wanted) {
    if (quantity > unitsIn(line.positions, 'OPEN', 'BACKORDERED')) {
      return reject('overallocated', `Line ${line.id} has fewer than ${quantity} units without stock.`);
    }
  }

  const { cancelAt } = command;
  const events: NewEvent[] = [];
  if (reservations.length > 0) {
    events.push(eventOf('reservation.created', { reservations, routing: command.routing }));
  }
  if (backordered.length > 0)
    events.push(eventOf('order.backordered', { lines: backordered, ...(cancelAt !== undefined && { cancelAt }) }));
  return accept(...events);
}
