import type { Order } from '../domain/order.ts';
import type { CaptureLeg } from '../domain/settlement.ts';
import type { PaymentResult } from '../ports/payment.ts';
import { orAskAgain, type PaymentDeps } from './ask-provider.ts';
import type { PostingDeps } from './issue-number.ts';

export type MoneyDeps = PaymentDeps & PostingDeps;

/**
 * Takes money from one payment, once a key.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown
 */
export async function captureLeg(
  { payments }: Pick<PaymentDeps, 'payments'>,
  order: Order,
  { paymentId, amount }: CaptureLeg,
  key: string,
): Promise<PaymentResult> {
  const payment = order.payments.find(({ id }) => id === paymentId);
  if (!payment?.providerReference) return { outcome: 'declined', reason: 'nothing_authorized' };
  const { method, providerReference: authorization } = payment;
  const { currency } = order;
  return orAskAgain(payments.of(method), { operation: 'capture', key, amount, currency, authorization });
}
