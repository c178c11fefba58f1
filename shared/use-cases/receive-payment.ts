import { createHash } from 'node:crypto';
import type { Order, Payment } from '../domain/order.ts';
import { orAskAgain, type PaymentDeps } from './ask-provider.ts';

/**
 * Tells the keeper of the account that the money of goods on account has come, once for a receipt: of terms, as much may be owed again.
 * @returns its reference and what was taken (another amount, when the receipt was told before and not written down), or why it refused
 */
export async function settleReceipt(
  { payments }: Pick<PaymentDeps, 'payments'>,
  order: Order,
  { id, method, providerReference = '' }: Payment,
  { amount, receipt }: { amount: number; receipt: string },
): Promise<{ providerReference: string; amount: number } | { declined: string }> {
  const digest = createHash('sha256').update(receipt).digest('hex').slice(0, 24);
  const result = await orAskAgain(payments.of(method), {
    operation: 'capture',
    key: `${order.id}:receipt:${id}:${digest}`,
    amount,
    currency: order.currency,
    authorization: providerReference,
  });
  if (result.outcome === 'declined') return { declined: result.reason };
  return { providerReference: result.reference, amount: result.amount ?? amount };
}
