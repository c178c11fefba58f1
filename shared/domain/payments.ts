import type { Order, Payment } from './order.ts';

/** One of the order's payments. @throws when it is another order's: a fault of the caller */
export function paymentOf({ id, payments }: Order, paymentId: string): Payment {
  const payment = payments.find((one) => one.id === paymentId);
  if (!payment) throw new Error(`${id} has no payment ${paymentId}`);
  return payment;
}
