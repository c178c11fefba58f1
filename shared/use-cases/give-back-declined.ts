import { keepsStock } from '../domain/next-action.ts';
import type { Order } from '../domain/order.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

/** A decline gives back the first reservations in its own transaction; a large order has more. Cut off, it goes on where it stood. */
export async function giveBackDeclined(deps: ExecuteDeps, order: Order, meta: CommandMeta): Promise<void> {
  let current = order;
  while (keepsStock(current)) {
    const given = await execute(deps, order.id, [{ type: 'unreserve', reason: 'payment_declined' }], {
      ...meta,
      known: current,
    });
    current = mustSucceed(given).order;
  }
}
