import type { Order, Payment } from '../domain/order.ts';
import { openAuthorization } from '../domain/settlement.ts';
import { authorizationOf, type PaymentDeps, recordAuthorization } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

/**
 * Asks the provider what has become of a payment, and records it: the customer has been at the bank's page, or what was authorized is no longer. A
 * payment that was not asked for yet is its workflow's affair.
 * @throws PaymentUnavailable
 */
export async function lookAtPayment(
  deps: PaymentDeps,
  order: Order,
  { id, status, method, providerReference }: Payment,
  meta: CommandMeta,
): Promise<Order> {
  const payment = order.payments.find((one) => one.id === id);
  if (!payment || providerReference === undefined) return order;
  const provider = deps.payments.of(method);
  if (status === 'ACTION_REQUIRED') {
    const result = await provider.query(authorizationOf(order, payment));
    return result && result.outcome !== 'actionRequired' ? recordAuthorization(deps, order, id, result, meta) : order;
  }
  if (openAuthorization(payment) === 0) return order;
  const found = await provider.lookUp?.(providerReference);
  if (found?.state !== 'lapsed' && found?.state !== 'canceled') return order;
  const command = { type: 'expirePayment', paymentId: id, reason: found.state } as const;
  return mustSucceed(await execute(deps, order.id, [command], { ...meta, known: order })).order;
}
