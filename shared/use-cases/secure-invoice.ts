import { digitalUnits, draftInvoice, packedUnits } from '../domain/billing.ts';
import type { Command } from '../domain/commands.ts';
import type { FulfillmentId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { type CaptureLeg, fundsFor } from '../domain/settlement.ts';
import { authorizeRequested } from './ask-payments.ts';
import { captureLeg, type MoneyDeps } from './capture-leg.ts';
import { type CommandMeta, type Executed, execute } from './execute.ts';
import { executeNumbered } from './issue-number.ts';
import { mustSucceed } from './outcome.ts';

export type Secured = { outcome: 'DONE'; executed: Executed } | { outcome: 'DECLINED'; reason: string };

/** What the invoice is about: a fulfillment order that was packed, or the digital units. */
export interface Subject {
  fulfillmentId?: FulfillmentId | undefined;
}

export const keyOf = (orderId: OrderId, { fulfillmentId }: Subject, paymentId: string): string =>
  `${orderId}:capture:${fulfillmentId ?? 'digital'}:${paymentId}`;

/**
 * 1. Take what the invoice needs beyond what was taken ahead, payment by payment, each once (`order:capture:subject:payment`).
 * 2. Record that and post the invoice, and carry out `then`, in one transaction.
 * What has lapsed is asked for again before, with the same card.
 * One payment that is declined leaves the others recorded: taken ahead, they pay for the next attempt, or go back.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown, StoreContention
 */
export async function secureInvoice(
  deps: MoneyDeps,
  given: Order,
  subject: Subject,
  then: Command[],
  meta: CommandMeta,
  isRenewed = false,
): Promise<Secured> {
  const { fulfillmentId } = subject;
  const order = await authorizeRequested(deps, given, meta);
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  const units = fulfillment ? packedUnits(fulfillment) : digitalUnits(order);
  const { legs, isCovered } = fundsFor(order, draftInvoice(order, units).total.gross);
  if (!isCovered) return { outcome: 'DECLINED', reason: 'nothing_authorized' };
  const taken = await takeAll(deps, order, subject, legs);
  if (taken.declined !== undefined) {
    const lapsed: Command[] =
      taken.declined === 'authorization_expired' && taken.at
        ? [{ type: 'expirePayment', paymentId: taken.at, reason: 'lapsed' }]
        : [];
    const known = [...taken.captures, ...lapsed];
    if (known.length === 0) return { outcome: 'DECLINED', reason: taken.declined };
    const recorded = mustSucceed(await execute(deps, order.id, known, { ...meta, known: order })).order;
    // Another authorization is asked for, once.
    if (!isRenewed && recorded.payments.some(({ status }) => status === 'REQUESTED')) {
      return secureInvoice(deps, recorded, subject, then, meta, true);
    }
    return { outcome: 'DECLINED', reason: taken.declined };
  }
  const executed = await executeNumbered(
    deps,
    order,
    'invoice',
    (issued, parties) => [
      ...taken.captures,
      { type: 'postInvoice', ...(fulfillmentId && { fulfillmentId }), issued, parties },
      ...then,
    ],
    meta,
  );
  // What the provider did is recorded, whatever has become of the order meanwhile.
  if (executed.outcome === 'rejected' && taken.captures.length > 0) {
    mustSucceed(await execute(deps, order.id, taken.captures, meta));
  }
  return { outcome: 'DONE', executed };
}

async function takeAll(
  deps: MoneyDeps,
  order: Order,
  subject: Subject,
  legs: readonly CaptureLeg[],
): Promise<{ captures: Command[]; declined?: string; at?: CaptureLeg['paymentId'] }> {
  const captures: Command[] = [];
  for (const leg of legs) {
    const result = await captureLeg(deps, order, leg, keyOf(order.id, subject, leg.paymentId));
    if (result.outcome === 'declined') return { captures, declined: result.reason, at: leg.paymentId };
    const { fulfillmentId } = subject;
    captures.push({
      type: 'capture',
      ...(fulfillmentId && { fulfillmentId }),
      ...leg,
      providerReference: result.reference,
    });
  }
  return { captures };
}
