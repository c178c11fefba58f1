import { digitalUnits, draftInvoice, packedUnits } from '../domain/billing.ts';
import type { Command } from '../domain/commands.ts';
import type { FulfillmentId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { type CaptureLeg, fundsFor } from '../domain/settlement.ts';
import { authorizeRequested } from './ask-payments.ts';
import { type CaptureCommand, captureLeg, expiryOf, type MoneyDeps } from './capture-leg.ts';
import { type CommandMeta, type Executed, execute } from './execute.ts';
import { findLostCaptures } from './find-lost-captures.ts';
import { executeNumbered } from './issue-number.ts';
import { mustSucceed } from './outcome.ts';

export type Secured = { outcome: 'DONE'; executed: Executed } | { outcome: 'DECLINED'; reason: string };

/** What the invoice is about: a fulfillment order that was packed, or the digital units. */
export interface Subject {
  fulfillmentId?: FulfillmentId | undefined;
}

/**
 * 1. Take what the invoice needs beyond what was taken ahead, payment by payment, each once.
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
  const order = await findLostCaptures(deps, await authorizeRequested(deps, given, meta), meta);
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  const units = fulfillment ? packedUnits(fulfillment) : digitalUnits(order);
  const { legs, isCovered } = fundsFor(order, draftInvoice(order, units).total.gross);
  if (!isCovered) return { outcome: 'DECLINED', reason: 'nothing_authorized' };
  const taken = await takeAll(deps, order, legs);
  const record = async (more: Command[] = []): Promise<Order> => {
    const known = [...taken.captures, ...more];
    return mustSucceed(await execute(deps, order.id, known, { ...meta, known: order })).order;
  };
  if (taken.failed) {
    if (taken.captures.length > 0) await record();
    throw taken.failed;
  }
  // Somebody had taken something else under the same key: it is written down, and all is planned again.
  if (taken.isOther) return secureInvoice(deps, await record(), subject, then, meta, isRenewed);
  if (taken.declined !== undefined) {
    const expiry = taken.at && expiryOf(taken.at, taken.declined);
    const lapsed = expiry ? [expiry] : [];
    if (taken.captures.length + lapsed.length === 0) return { outcome: 'DECLINED', reason: taken.declined };
    const recorded = await record(lapsed);
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
      ...taken.captures.map((capture) => ({ ...capture, ...(fulfillmentId && { fulfillmentId }) })),
      { type: 'postInvoice', ...(fulfillmentId && { fulfillmentId }), issued, parties },
      ...then,
    ],
    meta,
  );
  // What the provider did is recorded, whatever has become of the order meanwhile.
  if (executed.outcome === 'rejected' && taken.captures.length > 0) {
    const recorded = mustSucceed(await execute(deps, order.id, taken.captures, meta)).order;
    // Less is owed by now, as what was credited pays, too: what was taken too much is taken ahead, and goes back in settlement.
    if (executed.rejection.code === 'amount_exceeds_authorization') {
      return secureInvoice(deps, recorded, subject, then, meta, isRenewed);
    }
  }
  return { outcome: 'DONE', executed };
}

interface Taken {
  captures: CaptureCommand[];
  /** The last one is of another amount than planned. */
  isOther?: boolean;
  declined?: string;
  at?: CaptureLeg['paymentId'];
  /** The provider could not be asked, or did not answer: what was taken before is still to be written down. */
  failed?: unknown;
}

async function takeAll(deps: MoneyDeps, order: Order, legs: readonly CaptureLeg[]): Promise<Taken> {
  const captures: CaptureCommand[] = [];
  try {
    for (const leg of legs) {
      const result = await captureLeg(deps, order, leg);
      if (result.outcome === 'declined') return { captures, declined: result.reason, at: leg.paymentId };
      captures.push(result.command);
      if (result.command.amount !== leg.amount) return { captures, isOther: true };
    }
  } catch (failed) {
    return { captures, failed };
  }
  return { captures };
}
