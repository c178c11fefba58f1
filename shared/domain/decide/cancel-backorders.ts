import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { isOver, type Line, type Order, unitsOfLine } from '../order.ts';
import { unitsIn } from '../positions.ts';
import { cancel } from './cancel.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';
import { bucketsPerCommand, withinBuckets } from './release-stock.ts';

/**
 * Cancels the units that have waited for supply as long as the routing rule lets them (`cancelAfterDays`), and nothing else: the rest of the order
 * goes on. When nothing else is left of it, the order is canceled. What has come meanwhile waits no longer and is not touched. At most 60 places
 * in queues a transaction; called again until nothing is due.
 */
export function cancelBackorders(
  order: Order,
  { reason }: CommandOf<'cancelBackorders'>,
  { now }: DecisionContext,
): Decision {
  if (order.canceling) return cancel(order, { type: 'cancel', reason });
  if (isOver(order)) return alreadyDone;
  return cancelWaiting(order, reason, ({ waitsUntil, positions }) =>
    waitsUntil !== undefined && waitsUntil <= now ? unitsIn(positions, 'BACKORDERED') : 0,
  );
}

/** @param unitsDue of those of a line that wait for supply, all or none */
export function cancelWaiting(order: Order, reason: string, unitsDue: (line: Line) => number): Decision {
  if (order.lines.every((line) => unitsDue(line) === 0)) return alreadyDone;
  const isAll = order.lines.every((line) => unitsIn(line.positions, 'CANCELED') + unitsDue(line) === line.quantity);
  if (isAll) return cancel(order, { type: 'cancel', reason });

  const waiting = order.lines
    .filter((line) => unitsDue(line) > 0)
    .map((line) => ({ ...unitsOfLine(line, unitsDue(line)), from: 'BACKORDERED' as const }));
  const lines = withinBuckets(waiting, bucketsPerCommand);
  const orderDelivered =
    lines.length === waiting.length &&
    order.lines.every((line) => unitsIn(line.positions, 'DELIVERED', 'CANCELED') + unitsDue(line) === line.quantity);
  const { lifecycle } = order;
  return accept(
    eventOf('order.remainder_canceled', {
      ...{ reason, lines, reservations: [], orderDelivered },
      ...(lifecycle !== 'RELEASED' && { lifecycle }),
    }),
  );
}
