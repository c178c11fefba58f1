import type { Order } from '../domain/order.ts';
import { isOnAccount } from '../domain/payment-method.ts';
import type { PaymentDeps } from './ask-provider.ts';
import { lostCapture } from './capture-leg.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

/**
 * Money that was taken and not written down (a crash between the two) is found by whoever takes the next of it, by its key. Where less is owed since, by a
 * credit memo or a transfer, nobody may be about to: it is asked for here.
 * @throws PaymentUnavailable
 */
export async function findLostCaptures(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  if (!mayOweLess(order)) return order;
  let current = order;
  for (const { id, method } of order.payments) {
    const lost = isOnAccount(method) ? undefined : await lostCapture(deps, current, id);
    if (lost) current = mustSucceed(await execute(deps, order.id, [lost], { ...meta, known: current })).order;
  }
  return current;
}

/** Less is owed than when money was moved last: nobody may be about to do what was done and not written down. */
export const mayOweLess = ({ creditMemos, payments }: Order): boolean =>
  creditMemos.length > 0 || payments.some(({ method, captures }) => isOnAccount(method) && captures.length > 0);
