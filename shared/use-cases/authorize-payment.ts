import type { OrderId } from '../domain/ids.ts';
import { isOver, type Order, type Payment } from '../domain/order.ts';
import { captureRank } from '../domain/payment-method.ts';
import { awaitsPayment } from '../domain/payments.ts';
import { openAuthorization } from '../domain/settlement.ts';
import type { AuthorizeResult } from '../ports/payment.ts';
import { authorizationOf, authorizeOrAsk, type PaymentDeps, recordAuthorization } from './ask-provider.ts';
import type { CommandMeta } from './execute.ts';
import { giveBackDeclined } from './give-back-declined.ts';
import { collectDue, settlePayment } from './settle-payment.ts';

export type AuthorizePaymentOutcome = 'AUTHORIZED' | 'DECLINED' | 'ON_HOLD' | 'OVER';

/**
 * 1. Ask the provider of each payment, in the order in which money is taken, with the key of this payment: the same for every attempt.
 * 2. No answer? Ask what became of the key, never send with a new one.
 * 3. Record the answer, whatever has become of the order; money of an order that is over goes back at once, also when a run before this one
 *    was cut off between asking and recording.
 * 4. One is declined, or wants its customer: what the others authorized is given back with the stock, and the order waits.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown for the workflow to retry
 */
export async function authorizePayment(
  deps: PaymentDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: AuthorizePaymentOutcome }> {
  let order = await deps.orders.load(orderId);
  for (;;) {
    if (!order || isOver(order) || order.canceling) {
      await settlePayment(deps, orderId, meta);
      return { outcome: 'OVER' };
    }
    const payment = nextToAsk(order);
    if (!payment) break;
    if (order.holds.length > 0) return { outcome: 'ON_HOLD' };
    order = await recordAuthorization(deps, order, payment.id, await ask(deps, order, payment), meta);
    if (awaitsPayment(order)) break;
  }
  if (!awaitsPayment(order)) {
    await collectDue(deps, order, meta);
    return { outcome: 'AUTHORIZED' };
  }
  await giveBackDeclined(deps, order, meta);
  if (order.payments.some((payment) => openAuthorization(payment) > 0)) await settlePayment(deps, orderId, meta);
  return { outcome: 'DECLINED' };
}

const nextToAsk = ({ payments }: Order): Payment | undefined =>
  payments
    .filter(({ status }) => status === 'REQUESTED' || status === 'ACTION_REQUIRED')
    .sort((a, b) => captureRank(a.method) - captureRank(b.method))[0];

async function ask({ payments }: PaymentDeps, order: Order, payment: Payment): Promise<AuthorizeResult> {
  const { amount, token, method } = payment;
  // Nothing to pay: no provider takes an authorization of zero.
  if (amount === 0) return { outcome: 'approved', reference: 'none' };
  const provider = payments.of(method);
  const effect = authorizationOf(order, payment);
  // Asked before: what counts is what has become of it.
  const known = payment.status === 'ACTION_REQUIRED' ? await provider.query(effect) : undefined;
  if (known) return known;
  if (token === undefined && (method === 'card' || method === 'giftCard')) {
    return { outcome: 'declined', reason: 'token_erased' };
  }
  return authorizeOrAsk(provider, effect);
}
