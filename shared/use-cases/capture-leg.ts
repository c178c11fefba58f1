import type { Command } from '../domain/commands.ts';
import type { Order, Payment } from '../domain/order.ts';
import { paymentOf } from '../domain/payments.ts';
import type { CaptureLeg } from '../domain/settlement.ts';
import type { PaymentEffect } from '../ports/payment.ts';
import { orAskAgain, type PaymentDeps } from './ask-provider.ts';
import type { PostingDeps } from './issue-number.ts';

export type MoneyDeps = PaymentDeps & PostingDeps;
export type CaptureCommand = Extract<Command, { type: 'capture' }>;

type CaptureEffect = Extract<PaymentEffect, { operation: 'capture' }>;

/**
 * The nth capture of a payment has one key, whoever is at it: the gate when units are packed, `settle-order`, the delivery of digital units. So one
 * that took place and was not written down (a crash between the two) is found by whoever comes next, whatever he wanted it for.
 */
const captureOf = (order: Order, { id, captures, providerReference = '' }: Payment, amount: number): CaptureEffect => ({
  operation: 'capture',
  key: `${order.id}:capture:${id}:${captures.length}`,
  amount,
  currency: order.currency,
  authorization: providerReference,
});

/**
 * Takes money from one payment, once a key. What was taken may be another amount than asked for: then the key was used before.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown
 */
export async function captureLeg(
  { payments }: Pick<PaymentDeps, 'payments'>,
  order: Order,
  { paymentId, amount }: CaptureLeg,
): Promise<{ outcome: 'approved'; command: CaptureCommand } | { outcome: 'declined'; reason: string }> {
  const payment = paymentOf(order, paymentId);
  if (!payment.providerReference) return { outcome: 'declined', reason: 'nothing_authorized' };
  const result = await orAskAgain(payments.of(payment.method), captureOf(order, payment, amount));
  if (result.outcome === 'declined') return result;
  const { reference: providerReference, amount: taken = amount } = result;
  return { outcome: 'approved', command: { type: 'capture', paymentId, amount: taken, providerReference } };
}

const whyGone = { authorization_expired: 'lapsed', authorization_canceled: 'canceled' } as const;
const isGone = (reason: string): reason is keyof typeof whyGone => Object.hasOwn(whyGone, reason);

/** A capture was declined because there is nothing any more that it could be taken from: what is to be written down then. */
export const expiryOf = (paymentId: Payment['id'], declined: string): Command | undefined =>
  isGone(declined) ? { type: 'expirePayment', paymentId, reason: whyGone[declined] } : undefined;

/** A capture that took place and was not written down, if there is one. */
export async function lostCapture(
  { payments }: Pick<PaymentDeps, 'payments'>,
  order: Order,
  paymentId: Payment['id'],
): Promise<CaptureCommand | undefined> {
  const payment = paymentOf(order, paymentId);
  const open = payment.authorized - payment.captured - payment.voided;
  if (!payment.providerReference || open === 0) return undefined;
  const result = await payments.of(payment.method).query(captureOf(order, payment, open));
  if (result?.outcome !== 'approved') return undefined;
  const { reference: providerReference, amount = open } = result;
  return { type: 'capture', paymentId, amount, providerReference };
}
