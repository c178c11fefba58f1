import { system as systemActor } from '../domain/actor.ts';
import type { OrderId } from '../domain/ids.ts';
import { timersOf } from '../domain/next-action.ts';
import { type ExecuteDeps, execute } from './execute.ts';

/**
 * Issues the command of a timer that is due. The timer is looked up on the order as it is now: one that was fulfilled or moved meanwhile does
 * nothing, and firing twice is harmless. A command that is refused (money still open) stays due and is tried at the next sweep.
 */
export async function fireTimer(
  deps: ExecuteDeps,
  orderId: OrderId,
  name: string,
): Promise<'fired' | 'gone' | 'refused'> {
  const order = await deps.orders.load(orderId);
  const now = new Date(deps.system.now()).toISOString();
  const timer = order && timersOf(order, deps.policy).find((one) => one.name === name && one.dueAt <= now);
  if (!timer) return 'gone';
  let current = order;
  do {
    const result = await execute(deps, orderId, [timer.command], {
      actor: systemActor('due-timers'),
      correlationId: `timer:${name}`,
      causationId: `timer:${name}`,
      known: current,
    });
    if (result.outcome !== 'done') return 'refused';
    current = result.order;
  } while (current.canceling);
  return 'fired';
}
