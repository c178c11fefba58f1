import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { NewEvent } from '../events.ts';
import { paymentId } from '../ids.ts';
import { awaitsSupply, isRenewable, stillNeeded } from '../lapse.ts';
import { isOver, type Order, type Payment } from '../order.ts';
import { reject } from '../rejection.ts';
import { openAuthorization } from '../settlement.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

/**
 * The bank or the provider has ended an authorization: nothing more can be taken from it. While the order still needs the money, the same card is to
 * be asked again, when stock is there or the next parcel is packed: it may decline, and then the customer is asked.
 */
export function expirePayment(order: Order, { paymentId: id, reason }: CommandOf<'expirePayment'>): Decision {
  const payment = order.payments.find((one) => one.id === id);
  if (!payment) return reject('payment_not_found', `The order has no payment ${id}.`);
  const amount = openAuthorization(payment);
  if (amount === 0) return alreadyDone;
  const expired = eventOf('payment.expired', { paymentId: id, amount, currency: order.currency, reason });
  if (isOver(order) || order.canceling) return accept(expired);
  return accept(expired, ...askAgain(order, payment));
}

/** An authorization ends soon, and the order needs it: everybody is told, once, while something can still be done. */
export function warnOfLapse(order: Order, { paymentId: id }: CommandOf<'warnOfLapse'>): Decision {
  const payment = order.payments.find((one) => one.id === id);
  if (!payment) return reject('payment_not_found', `The order has no payment ${id}.`);
  const amount = openAuthorization(payment);
  const { expiresAt, isLapsing } = payment;
  if (isLapsing || expiresAt === undefined || amount === 0 || stillNeeded(order, payment) === 0) return alreadyDone;
  const { currency } = order;
  return accept(
    eventOf('payment.lapsing', { paymentId: id, amount, currency, expiresAt, awaitsStock: awaitsSupply(order) }),
  );
}

/** Another authorization of the same card is asked for before the one at hand ends: that one is let go once there is the other. */
export function renewPayment(order: Order, { paymentId: id }: CommandOf<'renewPayment'>): Decision {
  const payment = order.payments.find((one) => one.id === id);
  if (!payment) return reject('payment_not_found', `The order has no payment ${id}.`);
  return isRenewable(order, payment) ? accept(...askAgain(order, payment)) : alreadyDone;
}

function askAgain(order: Order, payment: Payment): NewEvent[] {
  const { id: replaces, token, method } = payment;
  const amount = Math.min(openAuthorization(payment), stillNeeded(order, payment));
  if (token === undefined || amount === 0) return [];
  const next = { paymentId: paymentId(order.payments.length + 1), method, amount, currency: order.currency, replaces };
  return [eventOf('payment.requested', next, { token })];
}
