import { unitsMoved } from '../backorders.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { type Hold, isOver, type Order } from '../order.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';
import { awaitsDigital } from './digital.ts';

export function hold(order: Order, command: CommandOf<'hold'>, { now, actor }: DecisionContext): Decision {
  if (isOver(order)) return reject('invalid_transition', `The order is ${order.lifecycle}.`);
  const { handle, reason, note, cancelAfter } = command;
  if (order.holds.some((active) => active.handle === handle)) {
    return reject('hold_exists', `The order has an active hold ${handle}.`, ['releaseHold']);
  }
  return accept(
    eventOf('order.hold.placed', {
      handle,
      reason,
      owner: actor.id,
      ...(note !== undefined && { note }),
      ...(cancelAfter !== undefined && { cancelAt: new Date(Date.parse(now) + cancelAfter).toISOString() }),
    }),
  );
}

/** Releasing what is not there is an error, never a creation (invariant P11). */
export function releaseHold(order: Order, command: CommandOf<'releaseHold'>): Decision {
  const active = order.holds.find(({ handle }) => handle === command.handle);
  if (!active) return reject('hold_not_found', `The order has no active hold ${command.handle}.`);
  return accept(holdReleased(order, active, order.holds.length - 1));
}

/** @param holdsLeft when none is, the order goes on */
export const holdReleased = (order: Order, { handle, reason }: Hold, holdsLeft: number) =>
  eventOf('order.hold.released', {
    ...{ handle, reason, holdsLeft, lifecycle: order.lifecycle },
    ...(awaitsDigital(order) && { digital: true }),
  });

export function openException(order: Order, command: CommandOf<'openException'>): Decision {
  if (order.exceptions.some(({ id, status }) => id === command.id && status === 'OPEN')) return alreadyDone;
  const { type: _, ...exception } = command;
  return accept(eventOf('exception.opened', exception));
}

export function resolveException(order: Order, command: CommandOf<'resolveException'>): Decision {
  const open = order.exceptions.find(({ id, status }) => id === command.exceptionId && status === 'OPEN');
  if (!open) return reject('exception_not_found', `The order has no open exception ${command.exceptionId}.`);
  // Sites that have failed its units are asked again.
  const moved =
    command.retry && open.workflow === 'reroute' ? unitsMoved(order.lines.filter((line) => line.excludedSites)) : [];
  return accept(
    eventOf('exception.resolved', {
      exceptionId: open.id,
      workflow: open.workflow,
      ...(open.fulfillmentId && { fulfillmentId: open.fulfillmentId }),
      retry: command.retry,
      ...(moved.length > 0 && { moved }),
    }),
  );
}
