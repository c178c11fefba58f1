import { unbilledAmount } from './billing.ts';
import { isOver, type Order, type Payment } from './order.ts';
import { unitsIn } from './positions.ts';
import { openAuthorization, outstanding, owed, received } from './settlement.ts';

/**
 * Authorizations that end by themselves (domain-model 5.2, "Authorization clock"). A day before, while the order needs one, everybody is told; where
 * goods can leave meanwhile and the provider allows it, another one is made of the same card.
 */

/** Milliseconds before an authorization lapses at which everybody is told. */
export const LAPSE_NOTICE = 24 * 3_600_000;

/** Minor units of what is still to be paid, invoiced or to be, that this payment is to pay: what no other is authorized for, or being asked for. */
export function stillNeeded(order: Order, payment: Payment): number {
  const others = order.payments.filter(({ id }) => id !== payment.id);
  const promised = others.reduce(
    (sum, one) => sum + (one.status === 'REQUESTED' ? one.amount : openAuthorization(one)),
    0,
  );
  return Math.max(0, owed(order) + unbilledAmount(order) - received(order) - promised);
}

/** No unit that money is still needed for is in anybody's hands: all of them wait for supply. */
export const awaitsSupply = (order: Order): boolean =>
  outstanding(order) === 0 &&
  order.lines.some(({ positions }) => unitsIn(positions, 'BACKORDERED') > 0) &&
  order.lines.every(
    ({ positions }) => unitsIn(positions, 'OPEN', 'RESERVED', 'ASSIGNED', 'PICKED', 'PACKED', 'READY') === 0,
  );

/** It was told that it ends, goods can leave before, and nobody has asked for another one yet. */
export const isRenewable = (order: Order, payment: Payment): boolean =>
  payment.isLapsing === true &&
  payment.token !== undefined &&
  openAuthorization(payment) > 0 &&
  !isOver(order) &&
  !order.canceling &&
  !order.payments.some(({ replaces }) => replaces === payment.id) &&
  !awaitsSupply(order) &&
  stillNeeded(order, payment) > 0;

/** It is to be asked for in the place of one that is still there. */
export const isRenewal = ({ payments }: Pick<Order, 'payments'>, { status, replaces }: Payment): boolean =>
  status === 'REQUESTED' && payments.some((one) => one.id === replaces && openAuthorization(one) > 0);

/** When the first of the authorizations ends that everybody was told of, ISO 8601 UTC: what is to leave leaves before. */
export const lapsesAt = ({ payments }: Pick<Order, 'payments'>): string | undefined =>
  payments
    .flatMap((payment) =>
      payment.isLapsing && payment.expiresAt !== undefined && openAuthorization(payment) > 0 ? [payment.expiresAt] : [],
    )
    .sort()[0];
