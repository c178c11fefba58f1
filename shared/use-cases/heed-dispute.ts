import type { Command } from '../domain/commands.ts';
import { isOver, type Order, type Payment } from '../domain/order.ts';
import { refundable } from '../domain/refunds.ts';
import type { Dispute } from '../ports/payment.ts';

type OpenChargeback = Extract<Command, { type: 'openChargeback' }>;

/** One dispute may be about several captures: `dp_1`, `dp_1.2`, … */
const isOf = (dispute: string, chargebackId: string): boolean =>
  chargebackId === dispute || chargebackId.startsWith(`${dispute}.`);

/**
 * What a dispute at the bank means for the order, as the provider has it now: however late and in what order its notices come, it is the same. Money that
 * the bank has is a chargeback of the payment's captures, oldest first; won, it is ours again, lost, a person decides about the rest.
 */
export function commandsOfDispute(order: Order, payment: Payment, dispute: Dispute): Command[] {
  if (dispute.state === 'inquiry') return inquired(order, payment, dispute, 0);
  if (dispute.state === 'inquiryClosed') return ended(order, payment, dispute);
  const known = (payment.chargebacks ?? []).filter(({ id }) => isOf(dispute.id, id));
  const opened = known.length > 0 ? [] : chargebacksOf(order, payment, dispute);
  const missing = known.length > 0 ? 0 : dispute.amount - opened.reduce((sum, { amount }) => sum + amount, 0);
  const open = [
    ...known.filter(({ status }) => status === 'OPEN').map(({ id }) => id),
    ...opened.map(({ chargebackId }) => chargebackId),
  ];
  const { state } = dispute;
  const outcome = state === 'won' ? 'WON' : state === 'lost' ? 'LOST' : undefined;
  const isNew = known.length === 0;
  return [
    ...opened,
    // Nothing of it is in a capture of ours: what has not left stays all the same.
    ...(isNew && opened.length === 0 && outcome !== 'WON' ? inquired(order, payment, dispute, missing) : []),
    // Won before it was heard of: nobody has to do anything.
    ...(isNew && opened.length > 0 && outcome !== 'WON' ? told(order, payment, dispute, missing) : []),
    ...(outcome ? open.map((chargebackId): Command => ({ type: 'closeChargeback', chargebackId, outcome })) : []),
    ...(outcome === 'WON' ? ended(order, payment, dispute) : []),
  ];
}

function chargebacksOf(order: Order, payment: Payment, dispute: Dispute): OpenChargeback[] {
  if (dispute.currency !== order.currency) return [];
  let left = dispute.amount;
  const parts = payment.captures.flatMap((capture) => {
    const amount = Math.min(left, refundable(payment, capture));
    left -= amount;
    return amount > 0 ? [{ captureId: capture.id, amount }] : [];
  });
  const { id, reason, respondBy } = dispute;
  return parts.map((part, index) => ({
    ...{
      type: 'openChargeback',
      chargebackId: index === 0 ? id : `${id}.${index + 1}`,
      paymentId: payment.id,
      ...part,
    },
    ...{ reason, ...(respondBy !== undefined && { respondBy }) },
  }));
}

const exceptionId = ({ id }: Payment, dispute: Dispute): string => `settle-order:disputed:${id}:${dispute.id}`;
const inquiryHold = ({ id }: Payment): string => `dispute:${id}`;

/** @param missing minor units that the bank has and that are in no capture of ours any more: refunded before, or never taken */
function told(order: Order, payment: Payment, dispute: Dispute, missing: number): Command[] {
  const id = exceptionId(payment, dispute);
  if (order.exceptions.some((one) => one.id === id)) return [];
  const by = dispute.respondBy === undefined ? '' : ` by ${dispute.respondBy}`;
  const rest =
    missing > 0
      ? ` ${missing} ${dispute.currency} (minor units) of it could not be booked: they were refunded before, or never taken.`
      : '';
  return [
    {
      ...{ type: 'openException', id, category: 'PAYMENT', workflow: 'settle-order', error: 'PaymentDisputed' },
      cause: `The customer disputes ${payment.id} at the bank (${dispute.id}). What is unshipped is held: answer the bank${by}, then release the hold or cancel.${rest}`,
      suggestedCommands: ['releaseHold', 'cancel', 'retry'],
    },
  ];
}

/** Nothing was taken yet: what has not left stays. */
function inquired(order: Order, payment: Payment, dispute: Dispute, missing: number): Command[] {
  const handle = inquiryHold(payment);
  const isNew = !order.exceptions.some(({ id }) => id === exceptionId(payment, dispute));
  const isHeld = isOver(order) || order.canceling || order.holds.some((one) => one.handle === handle);
  return [
    ...(isNew && !isHeld
      ? [{ type: 'hold', handle, reason: 'FRAUD', note: `Disputed at the bank: ${dispute.id}` } as const]
      : []),
    ...told(order, payment, dispute, missing),
  ];
}

function ended(order: Order, payment: Payment, dispute: Dispute): Command[] {
  const handle = inquiryHold(payment);
  const id = exceptionId(payment, dispute);
  return [
    ...(order.holds.some((one) => one.handle === handle) ? [{ type: 'releaseHold', handle } as const] : []),
    ...(order.exceptions.some((one) => one.id === id && one.status === 'OPEN')
      ? [{ type: 'resolveException', exceptionId: id, retry: false } as const]
      : []),
  ];
}
