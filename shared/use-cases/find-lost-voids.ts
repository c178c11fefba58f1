import type { Order, Payment } from '../domain/order.ts';
import { openAuthorization } from '../domain/settlement.ts';
import type { PaymentEffect } from '../ports/payment.ts';
import type { PaymentDeps } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mayOweLess } from './find-lost-captures.ts';
import { mustSucceed } from './outcome.ts';

/** What is left of an authorization is let go once: the same key for every attempt. */
export const voidOf = (
  { id, currency }: Pick<Order, 'id' | 'currency'>,
  payment: Payment,
  amount: number,
): PaymentEffect & { operation: 'void' } => ({
  operation: 'void',
  key: `${id}:void:${payment.id}`,
  amount,
  currency,
  authorization: payment.providerReference ?? '',
});

/**
 * What was let go and not written down (a crash between the two) is found by whoever lets go of it again, by its key. Where it is wanted again since, as a
 * dispute was won or what was credited is owed, nobody may be about to, and it would be counted on in vain: it is asked for here.
 * @throws PaymentUnavailable
 */
export async function findLostVoids(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  if (!mayOweLess(order)) return order;
  let current = order;
  for (const payment of order.payments) {
    const open = openAuthorization(payment);
    // Let go of and written down already: what is still open then was taken, and who has told of it is still to write it down.
    if (open === 0 || payment.voided > 0 || payment.providerReference === undefined) continue;
    const found = await deps.payments.of(payment.method).query(voidOf(order, payment, open));
    if (found?.outcome !== 'approved' || found.amount === 0) continue;
    const lost = { type: 'void', paymentId: payment.id, amount: Math.min(open, found.amount ?? open) } as const;
    current = mustSucceed(await execute(deps, order.id, [lost], { ...meta, known: current })).order;
  }
  return current;
}
