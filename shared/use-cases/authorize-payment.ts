import type { OrderId } from '../domain/ids.ts';
import { isOver, type Order, type Payment } from '../domain/order.ts';
import type { PaymentResult } from '../ports/payment.ts';
import { authorizationOf, orAskAgain, type PaymentDeps, recordAuthorization } from './ask-provider.ts';
import type { CommandMeta } from './execute.ts';
import { giveBackDeclined } from './give-back-declined.ts';
import { collectDue, settlePayment } from './settle-payment.ts';

export type AuthorizePaymentOutcome = 'AUTHORIZED' | 'DECLINED' | 'ON_HOLD' | 'OVER';

/**
 * 1. Ask the provider, with the key of this payment: the same for every attempt.
 * 2. No answer? Ask what became of the key, never send with a new one.
 * 3. Record the answer, whatever has become of the order; money of an order that is over goes back at once, also when a run before this one
 *    was cut off between asking and recording.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown for the workflow to retry
 */
export async function authorizePayment(
  deps: PaymentDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: AuthorizePaymentOutcome }> {
  const order = await deps.orders.load(orderId);
  if (!order || isOver(order) || order.canceling) {
    await settlePayment(deps, orderId, meta);
    return { outcome: 'OVER' };
  }
  const payment = order.payments.find(({ status }) => status === 'REQUESTED');
  if (!payment) return afterwards(deps, order, meta);
  if (order.holds.length > 0) return { outcome: 'ON_HOLD' };
  return afterwards(
    deps,
    await recordAuthorization(deps, order, payment.id, await ask(deps, order, payment), meta),
    meta,
  );
}

async function ask({ payments }: PaymentDeps, order: Order, payment: Payment): Promise<PaymentResult> {
  const { amount, token, method } = payment;
  // Nothing to pay: no provider takes an authorization of zero.
  if (amount === 0) return { outcome: 'approved', reference: 'none' };
  if (token === undefined && method === 'card') return { outcome: 'declined', reason: 'token_erased' };
  return orAskAgain(payments.of(payment.method), authorizationOf(order, payment));
}

async function afterwards(
  deps: PaymentDeps,
  order: Order,
  meta: CommandMeta,
): Promise<{ outcome: AuthorizePaymentOutcome }> {
  if (isOver(order) || order.canceling) {
    await settlePayment(deps, order.id, meta);
    return { outcome: 'OVER' };
  }
  if (order.payments.length === 0 || order.payments.some(({ status }) => status !== 'DECLINED')) {
    await collectDue(deps, order, meta);
    return { outcome: 'AUTHORIZED' };
  }
  await giveBackDeclined(deps, order, meta);
  return { outcome: 'DECLINED' };
}
