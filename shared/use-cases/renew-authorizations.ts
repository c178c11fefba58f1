import { isRenewable, isRenewal } from '../domain/lapse.ts';
import type { Order } from '../domain/order.ts';
import { paymentOf } from '../domain/payments.ts';
import { authorizeRequested } from './ask-payments.ts';
import type { PaymentDeps } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

/**
 * Makes another authorization of each card whose own ends soon, where its provider takes one without the customer. One that is declined leaves what there
 * is: the goods are to leave before it ends, or the customer is asked. What was replaced is voided by `settle-order`.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown
 */
export async function renewAuthorizations(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  let current = order;
  for (const { id: paymentId, method } of order.payments) {
    const payment = paymentOf(current, paymentId);
    if (!isRenewable(current, payment) || !deps.payments.of(method).capabilities.reauthorization) continue;
    const executed = await execute(deps, order.id, [{ type: 'renewPayment', paymentId }], { ...meta, known: current });
    current = mustSucceed(executed).order;
  }
  // Also what a run before this one was cut off at.
  return current.payments.some((one) => isRenewal(current, one)) ? authorizeRequested(deps, current, meta) : current;
}
