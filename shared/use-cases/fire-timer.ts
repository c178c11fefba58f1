import { system as systemActor } from '../domain/actor.ts';
import type { OrderId } from '../domain/ids.ts';
import { timersOf } from '../domain/next-action.ts';
import type { Order } from '../domain/order.ts';
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
  let current = await deps.orders.load(orderId);
  const now = new Date(deps.system.now()).toISOString();
  const dueTimer = (order: Order | undefined) =>
    order && timersOf(order, deps.policy).find((one) => one.name === name && one.dueAt <= now);
  let timer = dueTimer(current);
  if (!timer) return 'gone';
  // A large cancellation takes several goes; of several locations that did not answer, each is rejected by a go of its own.
  for (; timer; timer = current.canceling ? timer : dueTimer(current)) {
    const result = await execute(deps, orderId, [timer.command], {
      actor: systemActor('due-timers'),
      correlationId: `timer:${name}`,
      causationId: `timer:${name}`,
      known: current,
    });
    if (result.outcome !== 'done') return 'refused';
    current = result.order;
  }
  return 'fired';
}
