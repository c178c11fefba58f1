import { unbilledAmount } from './billing.ts';
import type { PaymentId } from './ids.ts';
import { chargedBack, type Order, type Payment } from './order.ts';
import { captureRank, isOnAccount } from './payment-method.ts';
import { awaitsPayment } from './payments.ts';
import { unitsIn } from './positions.ts';
import { type GivingBack, givingBack, isPending } from './refunds.ts';

/**
 * What should become of the money: a function of the documents and of where the units are, never of what was remembered. Minor units of the
 * order's currency.
 */

/** Minor units of a payment that are authorized and neither captured nor voided. */
export const openAuthorization = (payment: Payment): number => payment.authorized - payment.captured - payment.voided;

const sum = <T>(of: readonly T[], pick: (one: T) => number): number => of.reduce((total, one) => total + pick(one), 0);

/** What the customer owes by the documents: invoices less credit memos. */
export const owed = ({ invoices, creditMemos }: Pick<Order, 'invoices' | 'creditMemos'>): number =>
  sum(invoices, ({ total }) => total.gross) - sum(creditMemos, ({ total }) => total.gross);

/** What has come in and was not given back. */
export const received = ({ payments }: Order): number => sum(payments, ({ captured, refunded }) => captured - refunded);

/**
 * What has come in and stays: what is on its way back, or is to go back because finance says so, pays for nothing any more. Else an invoice that is posted meanwhile
 * would be paid with it, and the customer given back what he owes (invariant M10).
 * @param gone what need not be given back, as the customer's bank has it
 */
export function atHand(order: Order, gone = takenBack(order)): number {
  const onItsWay = sum(order.payments, ({ refunds = [] }) => sum(refunds.filter(isPending), ({ amount }) => amount));
  const stays = received(order) - onItsWay;
  return stays - Math.max(0, Math.min(forcedUpTo(order) - gone - onItsWay, stays));
}

/** What the customer's bank has taken back already is not given back once more. */
const takenBack = ({ payments }: Order): number => sum(payments, (payment) => chargedBack(payment));

/** What of it is lost for good: while a dispute is open, it may be won and given back as finance wanted. */
const lost = ({ payments }: Order): number =>
  sum(payments, ({ chargebacks = [] }) => sum(chargebacks, ({ status, amount }) => (status === 'LOST' ? amount : 0)));

/** What finance has given back although the customer may owe it, and nobody has given back yet. */
const forcedUpTo = ({ creditMemos, payments }: Order): number =>
  Math.max(0, ...creditMemos.map(({ forced }) => forced?.refundUpTo ?? 0)) - sum(payments, ({ refunded }) => refunded);

/** Invoiced, and the money is not in: on account, or to be captured later. */
export const outstanding = (order: Order): number => Math.max(0, owed(order) - received(order));

/** By how much what is outstanding changes when this much more is owed and received. */
export const receivableChange = (order: Order, change: { owed?: number; received?: number }): number =>
  Math.max(0, owed(order) + (change.owed ?? 0) - received(order) - (change.received ?? 0)) - outstanding(order);

export interface CaptureLeg {
  paymentId: PaymentId;
  amount: number;
}

/** Payments that money can be taken from at once, in the order in which it is taken. */
const capturable = (order: Order): Payment[] =>
  order.payments
    .filter((one) => !isOnAccount(one.method) && one.providerReference !== undefined && openAuthorization(one) > 0)
    .filter((one) => !isReplaced(order, one))
    .sort((a, b) => captureRank(a.method) - captureRank(b.method));

/** Another one was authorized in its place: it is let go, and nothing more is taken from it while that one is there. */
export const isReplaced = ({ payments }: Pick<Order, 'payments'>, { id }: Pick<Payment, 'id'>): boolean =>
  payments.some((one) => one.replaces === id && openAuthorization(one) > 0);

/** What is authorized and will be kept. */
const openFunds = (order: Order): number =>
  sum(order.payments, (one) => (isReplaced(order, one) ? 0 : openAuthorization(one)));

function takeUpTo(order: Order, amount: number): CaptureLeg[] {
  let left = amount;
  return capturable(order).flatMap((payment) => {
    const part = Math.min(left, openAuthorization(payment));
    left -= part;
    return part > 0 ? [{ paymentId: payment.id, amount: part }] : [];
  });
}

export interface Funds {
  /** To be captured before. */
  legs: CaptureLeg[];
  /** With them, all is paid or promised. */
  isCovered: boolean;
}

/** How an invoice of `total` is secured: by what was taken ahead, then by authorizations, then on account. */
export function fundsFor(order: Order, total: number): Funds {
  const ahead = Math.max(0, atHand(order) - owed(order));
  const due = Math.max(0, owed(order) - atHand(order));
  const open = openFunds(order);
  const left = Math.max(0, total - ahead);
  const isCovered = left + due <= open;
  if (order.capture === 'onShip' || order.capture === 'onDeliver' || order.capture === 'manual') {
    return { legs: [], isCovered };
  }
  return { legs: takeUpTo(order, left), isCovered };
}

/** What somebody may ask to be taken now: authorized, and owed or still to be invoiced. */
export const capturableNow = (order: Order): number =>
  takeUpTo(order, Math.max(0, owed(order) + unbilledAmount(order) - atHand(order))).reduce(
    (total, { amount }) => total + amount,
    0,
  );

/** What should have been taken by now: by the order's policy, or because somebody asked for it. On account nothing is: it comes by itself. */
function dueByNow(order: Order): number {
  // What is authorized goes back until there is another payment.
  if (awaitsPayment(order)) return 0;
  const byPolicy = dueByPolicy(order);
  const { captureRequested: asked = 0 } = order;
  return asked <= byPolicy ? byPolicy : Math.max(byPolicy, Math.min(asked, owed(order) + unbilledAmount(order)));
}

function dueByPolicy(order: Order): number {
  const left = (of: Order['fulfillments'][number]['status'][]) => {
    const gone = new Set<string | undefined>(
      order.fulfillments.filter(({ status }) => of.includes(status)).map(({ id }) => id),
    );
    const invoices = order.invoices.filter(
      ({ fulfillmentId }) => fulfillmentId === undefined || gone.has(fulfillmentId),
    );
    const creditMemos = order.creditMemos.filter(({ invoiceId }) => invoices.some(({ id }) => id === invoiceId));
    return Math.min(owed(order), owed({ invoices, creditMemos }));
  };
  switch (order.capture) {
    case 'onPlace':
      return owed(order) + unbilledAmount(order);
    case 'onRelease':
      return order.lifecycle === 'RELEASED' ? owed(order) + unbilledAmount(order) : owed(order);
    case 'onPack':
      return owed(order);
    case 'onShip':
      return left(['HANDED_OVER', 'COMPLETED']);
    case 'onDeliver':
      return left(['COMPLETED']);
    case 'manual':
    case 'none':
      return 0;
  }
}

export const capturesDue = (order: Order): CaptureLeg[] =>
  takeUpTo(order, Math.max(0, dueByNow(order) - atHand(order)));

/**
 * Payments to be asked for now: what should have been taken by now is neither taken nor authorized, because an authorization lapsed before, and the
 * same card is to be asked again.
 */
export function toAuthorize(order: Order): PaymentId[] {
  const requested = order.payments.filter(({ status, method }) => status === 'REQUESTED' && !isOnAccount(method));
  if (requested.length === 0 || order.lifecycle === 'PLACED' || order.canceling) return [];
  return dueByNow(order) - atHand(order) > openFunds(order) ? requested.map(({ id }) => id) : [];
}

/** Money is to be taken now. */
export const isCollectable = (order: Order): boolean => capturesDue(order).length > 0 || toAuthorize(order).length > 0;

export interface Settlement extends GivingBack {
  /** To be asked for now. */
  authorizations: PaymentId[];
  /** To be taken now. */
  captures: CaptureLeg[];
  /** Authorizations that nothing will ever be captured from. */
  voids: { paymentId: PaymentId; amount: number }[];
}

export const isSettled = ({ authorizations, captures, voids, refunds, unplaced }: Settlement): boolean =>
  authorizations.length + captures.length + voids.length + refunds.length === 0 && unplaced === 0;

export function settlement(order: Order): Settlement {
  return {
    ...{ authorizations: toAuthorize(order), captures: capturesDue(order), voids: voids(order) },
    ...givingBack(order, dueBack(order)),
  };
}

/** What is to go back, with what is on its way: what was taken beyond what the customer owes and what may still be invoiced. */
export function dueBack(order: Order): number {
  return Math.max(0, wantedBack(order) - takenBack(order));
}

function wantedBack(order: Order): number {
  const unbilled = unbilledAmount(order);
  const ahead = received(order) - owed(order);
  if (order.creditMemos.length === 0) return Math.max(0, ahead - unbilled);
  const refunded = sum(order.payments, (one) => one.refunded);
  // What was credited does not wait for units that are still to come, where authorizations pay for those.
  const kept = Math.max(0, unbilled - openFunds(order), dueByNow(order) - owed(order));
  const credited = sum(order.creditMemos, ({ total }) => total.gross) - refunded;
  return Math.max(0, ahead - unbilled, Math.min(credited, ahead - kept), Math.min(forcedUpTo(order), received(order)));
}

/**
 * An authorization is kept as long as one unit may still be packed, or what is invoiced may still be taken from it; one that another has replaced is
 * not.
 */
function voids(order: Order): Settlement['voids'] {
  const replaced = order.payments.filter((one) => openAuthorization(one) > 0 && isReplaced(order, one));
  if (replaced.length > 0) return replaced.map((one) => ({ paymentId: one.id, amount: openAuthorization(one) }));
  // Paid in several ways, of which one was declined: the others are given back until there is another payment.
  if (awaitsPayment(order)) {
    return order.payments
      .filter((payment) => openAuthorization(payment) > 0)
      .map((payment) => ({ paymentId: payment.id, amount: openAuthorization(payment) }));
  }
  const isFinal = order.lines.every(
    (line) =>
      unitsIn(line.positions, 'SHIPPED', 'DELIVERED', 'RETURNING', 'RETURNED', 'LOST', 'CANCELED') === line.quantity,
  );
  if (!isFinal || order.canceling) return [];
  let kept = Math.max(0, owed(order) - atHand(order, lost(order)));
  return order.payments
    .toSorted((a, b) => captureRank(a.method) - captureRank(b.method))
    .flatMap((payment) => {
      const open = openAuthorization(payment);
      const keeps = Math.min(kept, open);
      kept -= keeps;
      // A provider gives back all that is not captured, or nothing: the keeper of an account, too.
      return open > 0 && keeps === 0 ? [{ paymentId: payment.id, amount: open }] : [];
    });
}
