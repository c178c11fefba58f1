import type { Command } from '../domain/commands.ts';
import type { Order, Payment, Refund } from '../domain/order.ts';
import { paymentOf } from '../domain/payments.ts';
import type { RefundLeg } from '../domain/refunds.ts';
import { settlement } from '../domain/settlement.ts';
import type { PaymentEffect, PaymentResult } from '../ports/payment.ts';
import { orAskAgain, type PaymentDeps } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

/**
 * One step of one refund: writes down that it is asked for, or asks the provider for what is written down and records the answer. A crash in between
 * leaves what is asked for again, for the same amount under the same key; only an answer that it failed makes way for another refund.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown
 */
export async function giveBack(deps: PaymentDeps, order: Order, leg: RefundLeg, meta: CommandMeta): Promise<Order> {
  if (leg.refundId === undefined) {
    const executed = await execute(deps, order.id, askForNext, { ...meta, known: order });
    return mustSucceed(executed).order;
  }
  const { paymentId, refundId } = leg;
  const result = await ask(deps, order, { ...leg, refundId });
  const command: Command =
    result.outcome === 'approved'
      ? { type: 'refund', ...leg, providerReference: result.reference }
      : { type: 'failRefund', paymentId, refundId, reason: result.reason };
  return mustSucceed(await execute(deps, order.id, [command], { ...meta, known: order })).order;
}

/** Of the order as it is when it is written: what is due may have changed meanwhile. */
function askForNext(order: Order | undefined): Command[] {
  const [next] = order ? settlement(order).refunds : [];
  return next && next.refundId === undefined ? [{ type: 'requestRefund', ...next }] : [];
}

/** The same for every attempt. */
export const refundKey = ({ id }: Order, payment: Payment, refundId: string): string =>
  `${id}:refund:${payment.id}:${refundId}`;

export const refundEffect = (
  order: Order,
  payment: Payment,
  { id, captureId, amount }: Pick<Refund, 'id' | 'captureId' | 'amount'>,
): PaymentEffect & { operation: 'refund' } => ({
  operation: 'refund',
  key: refundKey(order, payment, id),
  amount,
  currency: order.currency,
  capture: payment.captures.find((one) => one.id === captureId)?.providerReference ?? '',
});

async function ask(
  { payments }: PaymentDeps,
  order: Order,
  { paymentId, captureId, amount, to, refundId }: RefundLeg & { refundId: string },
): Promise<PaymentResult> {
  const payment = paymentOf(order, paymentId);
  const { currency, customer } = order;
  const key = refundKey(order, payment, refundId);
  if (to === 'storeCredit') {
    const grant = { key, amount, currency, account: customer.id, orderId: order.id };
    return (await payments.of('storeCredit').grant?.(grant)) ?? { outcome: 'declined', reason: 'method_not_offered' };
  }
  return orAskAgain(payments.of(payment.method), refundEffect(order, payment, { id: refundId, captureId, amount }));
}
