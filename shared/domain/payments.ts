import { unbilledAmount } from './billing.ts';
import type { Order, Payment } from './order.ts';
import type { PaymentMethod } from './payment-method.ts';
import { unitsIn } from './positions.ts';

/** One of the order's payments. @throws when it is another order's: a fault of the caller */
export function paymentOf({ id, payments }: Order, paymentId: string): Payment {
  const payment = payments.find((one) => one.id === paymentId);
  if (!payment) throw new Error(`${id} has no payment ${paymentId}`);
  return payment;
}

/** What is authorized, taken, or being asked for. Minor units. */
export const promised = ({ payments }: Order): number =>
  payments.reduce(
    (sum, { status, amount, authorized, voided }) => sum + (status === 'REQUESTED' ? amount : authorized - voided),
    0,
  );

/**
 * A payment was declined or waits for its customer, and nothing else pays what it was to pay: the order waits on a hold, what it kept goes back (its
 * stock, its other authorizations), until there is another payment.
 */
export const awaitsPayment = (order: Order): boolean =>
  order.lifecycle === 'PLACED' && order.payments.length > 0 && promised(order) < toPromise(order);

/** All of it, less what was canceled before it was confirmed. Minor units. */
export const toPromise = (order: Order): number =>
  order.lines.some(({ positions }) => unitsIn(positions, 'CANCELED') > 0) ? unbilledAmount(order) : order.total;

/** One that nobody has been asked for yet. */
export const newPayment = (id: Payment['id'], method: PaymentMethod, amount: number): Payment => ({
  ...{ id, method, amount, status: 'REQUESTED' },
  ...{ authorized: 0, captured: 0, voided: 0, refunded: 0, captures: [] },
});
