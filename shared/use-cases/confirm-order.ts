import type { OrderId } from '../domain/ids.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { CommandRejected } from './outcome.ts';

export type ConfirmOrderOutcome = 'CONFIRMED' | 'ON_HOLD' | 'OVER';

/** Confirms the order and hands its units to the locations, in one transaction; a large order takes more for its fulfillment orders. */
export async function confirmOrder(
  deps: ExecuteDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: ConfirmOrderOutcome }> {
  for (;;) {
    const result = await execute(deps, orderId, [{ type: 'confirm' }, { type: 'release' }], meta);
    if (result.outcome === 'rejected') {
      if (result.rejection.code === 'order_on_hold') return { outcome: 'ON_HOLD' };
      if (result.rejection.code === 'invalid_transition') return { outcome: 'OVER' };
      throw new CommandRejected(`${result.rejection.code}: ${result.rejection.message}`);
    }
    if (result.outcome !== 'done') throw new CommandRejected(result.outcome);
    const isReleased = result.order.lines.every(({ reservations }) =>
      reservations.every(({ state }) => state !== 'COMMITTED'),
    );
    if (isReleased) return { outcome: 'CONFIRMED' };
  }
}
