import type { PaymentId } from './ids.ts';
import { type Fulfillment, isDigital, type Order, type Payment } from './order.ts';
import { unitsIn } from './positions.ts';

/** Minor units of a payment that are authorized and neither captured nor voided. */
export const openAuthorization = (payment: Payment): number => payment.authorized - payment.captured - payment.voided;

/** What the customer pays for what a fulfillment order packed. */
export function valueOfFulfillment(order: Order, fulfillment: Fulfillment): number {
  const price = new Map(order.lines.map((line) => [line.id, line.unitPrice]));
  return fulfillment.lines.reduce((sum, line) => sum + line.packed * (price.get(line.lineId) ?? 0), 0);
}

/** What the customer pays for the digital units that are to be delivered: all of them at once. */
export const valueOfDigital = ({ lines }: Order): number =>
  lines
    .filter(isDigital)
    .reduce((sum, line) => sum + unitsIn(line.positions, 'ASSIGNED', 'DELIVERED') * line.unitPrice, 0);

export interface Settlement {
  /** Authorizations that nothing will ever be captured from. */
  voids: { paymentId: PaymentId; amount: number }[];
  /** Captured beyond what the customer owes, newest capture first. */
  refunds: { paymentId: PaymentId; captureId: string; amount: number }[];
  /** Value of packed or shipped units that is not captured. */
  uncaptured: number;
}

/**
 * What should become of the money: a function of where the units are, never of what was remembered. Minor units of the order's currency.
 * An authorization is kept as long as one unit may still be packed.
 */
export function settlement(order: Order): Settlement {
  const valueAt = (...at: Parameters<typeof unitsIn>[1][]) =>
    order.lines.reduce((sum, line) => sum + unitsIn(line.positions, ...at) * line.unitPrice, 0);
  const owed = valueAt('PACKED', 'READY', 'SHIPPED', 'DELIVERED', 'RETURNING', 'LOST');
  const isFinal = order.lines.every(
    (line) =>
      unitsIn(line.positions, 'SHIPPED', 'DELIVERED', 'RETURNING', 'RETURNED', 'LOST', 'CANCELED') === line.quantity,
  );
  const net = order.payments.reduce((sum, payment) => sum + payment.captured - payment.refunded, 0);
  const uncaptured = Math.max(0, owed - net);
  const mayVoid = isFinal && !order.canceling && uncaptured === 0;
  return {
    voids: mayVoid
      ? order.payments
          .filter((payment) => openAuthorization(payment) > 0)
          .map((payment) => ({ paymentId: payment.id, amount: openAuthorization(payment) }))
      : [],
    refunds: refunds(order, Math.max(0, net - owed)),
    uncaptured,
  };
}

function refunds(order: Order, excess: number): Settlement['refunds'] {
  let left = excess;
  const legs: Settlement['refunds'] = [];
  for (const payment of order.payments.toReversed()) {
    for (const capture of payment.captures.toReversed()) {
      const amount = Math.min(left, capture.amount - capture.refunded);
      if (amount > 0) legs.push({ paymentId: payment.id, captureId: capture.id, amount });
      left -= amount;
    }
  }
  return legs;
}
