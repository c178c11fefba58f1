import type { PaymentId } from './ids.ts';
import { chargedBack, type Order, type Payment, type Refund } from './order.ts';
import { captureRank } from './payment-method.ts';

/** Which captures give how much back. Minor units of the order's currency. */

export interface RefundLeg {
  paymentId: PaymentId;
  captureId: string;
  amount: number;
  /** Absent: to where it came from. */
  to?: 'storeCredit' | undefined;
  /** Asked for already, and no answer is written down: ask again, for the same. */
  refundId?: string | undefined;
}

export interface GivingBack {
  /** Newest capture first, the method that is taken last first. What was asked for already comes before all others. */
  refunds: RefundLeg[];
  /** Due back too, and everybody who could give it back has refused twice: a person has to look. */
  unplaced: number;
}

const refundsOf = ({ payments }: Pick<Order, 'payments'>): (Refund & { paymentId: PaymentId })[] =>
  payments.flatMap(({ id: paymentId, refunds = [] }) => refunds.map((one) => ({ ...one, paymentId })));

const sum = (of: readonly { amount: number }[]): number => of.reduce((total, { amount }) => total + amount, 0);

export const nextRefundId = (order: Pick<Order, 'payments'>): string => `ref_${refundsOf(order).length + 1}`;

export const isPending = ({ status }: Pick<Refund, 'status'>): boolean => status === 'REQUESTED';
const isRefusal = ({ status, isRetried }: Refund): boolean => status === 'FAILED' && !isRetried;

/** What failed once may have been the provider's bad moment; after that it is a person's business. */
const ATTEMPTS = 2;
/** Nobody but a person gives such money back: what came by transfer or in cash. */
export const BY_HAND = 'refund_by_hand';
const isFinal = (refusals: readonly Refund[]): boolean =>
  refusals.length >= ATTEMPTS || refusals.some(({ reason }) => reason === BY_HAND);

type Capture = Payment['captures'][number];

/** What of a capture can still be given back. */
export const refundable = (payment: Payment, capture: Capture): number =>
  capture.amount -
  capture.refunded -
  chargedBack(payment, capture.id) -
  sum((payment.refunds ?? []).filter((one) => isPending(one) && one.captureId === capture.id));

/** Captures in the order in which they give back: of two payments of a method the later one first. */
export const capturesToRefund = ({ payments }: Pick<Order, 'payments'>): { payment: Payment; capture: Capture }[] =>
  payments
    .toReversed()
    .toSorted((a, b) => captureRank(b.method) - captureRank(a.method))
    .flatMap((payment) => payment.captures.toReversed().map((capture) => ({ payment, capture })));

/** @param due what is to go back in all, with what is on its way */
export function givingBack(order: Order, due: number): GivingBack {
  const known = refundsOf(order);
  const pending = known.filter(isPending);
  const left = Math.max(0, due - sum(pending));
  const toCredit = Math.min(left, storeCreditDue(order, known));
  const isCreditRefused = isFinal(known.filter((one) => one.to === 'storeCredit' && isRefusal(one)));
  const refusals = ({ id }: Payment, captureId: string) =>
    known.filter((one) => isRefusal(one) && !one.to && one.paymentId === id && one.captureId === captureId);

  const legs: RefundLeg[] = [];
  let credit = isCreditRefused ? 0 : toCredit;
  let original = left - toCredit;
  // What becomes store credit stands against captures that do not give back to where it came from, first of all.
  const captures = capturesToRefund(order).map(({ payment, capture }) => {
    const refused = refusals(payment, capture.id);
    const room = refundable(payment, capture);
    return {
      paymentId: payment.id,
      captureId: capture.id,
      room,
      refusals: refused.length,
      isRefused: isFinal(refused),
    };
  });
  for (const one of captures.toSorted((a, b) => Number(b.isRefused) - Number(a.isRefused))) {
    const { paymentId, captureId } = one;
    const amount = Math.min(credit, one.room);
    if (amount > 0) legs.push({ paymentId, captureId, amount, to: 'storeCredit' });
    credit -= amount;
    one.room -= amount;
  }
  // All others are asked before one is asked again.
  for (const { paymentId, captureId, room, isRefused } of captures.toSorted((a, b) => a.refusals - b.refusals)) {
    const amount = isRefused ? 0 : Math.min(original, room);
    if (amount > 0) legs.push({ paymentId, captureId, amount });
    original -= amount;
  }
  const asked = pending.map(({ id, paymentId, captureId, amount, to }) => ({
    ...{ paymentId, captureId, amount, refundId: id },
    ...(to === 'storeCredit' && { to }),
  }));
  return { refunds: [...asked, ...legs], unplaced: left - sum(legs) };
}

/** What was credited as store credit and has not become it. */
function storeCreditDue({ creditMemos }: Order, known: readonly Refund[]): number {
  const credited = creditMemos.filter(({ refundTo }) => refundTo === 'storeCredit');
  const given = known.filter(({ to, status }) => to === 'storeCredit' && status !== 'FAILED');
  return Math.max(0, credited.reduce((total, one) => total + one.total.gross, 0) - sum(given));
}
