import type { CommandOf, CreditRequest } from '../commands.ts';
import { draftCreditMemo } from '../credit.ts';
import { eventOf } from '../event-of.ts';
import type { CreditMemo } from '../invoice.ts';
import type { Order } from '../order.ts';
import { type Rejection, reject } from '../rejection.ts';
import { dueBack, receivableChange } from '../settlement.ts';
import { accept, type Decision, type DecisionContext } from './decision.ts';

export type Credited = Omit<CreditMemo, 'number' | 'series' | 'legalEntityId' | 'issueDate' | 'issuedAt'>;

/**
 * What a credit memo would be, without its number: also the preview.
 * An agent credits up to the policy's limit for the order as a whole, so that two memos are not more than one.
 */
export function creditMemo(
  order: Order,
  request: CreditRequest,
  { actor, policy }: Pick<DecisionContext, 'actor' | 'policy'>,
): Credited | { ok: false; rejection: Rejection } {
  const draft = draftCreditMemo(order, request);
  if ('ok' in draft) return draft;
  const invoice = order.invoices.find(({ id }) => id === draft.invoiceId);
  const { reason, note, refundTo, force } = request;
  const limit = policy.refundLimits?.[order.currency];
  const credited = order.creditMemos.reduce((sum, { total }) => sum + total.gross, draft.total.gross);
  if (actor.role === 'agent' && limit !== undefined && credited > limit) {
    const message = `The order's credit memos come to ${credited} with this one; an agent may post up to ${limit}.`;
    return reject('refund_limit_exceeded', message);
  }
  if (force && actor.role !== 'finance' && actor.role !== 'admin')
    return reject('forbidden', `A ${actor.role} may not force a refund.`);
  return {
    id: `cm_${order.creditMemos.length + 1}`,
    taxMode: order.taxMode,
    ...draft,
    invoiceNumber: invoice?.number ?? '',
    reason,
    ...(note !== undefined && { note }),
    ...(refundTo === 'storeCredit' && { refundTo }),
    ...(force && { forced: { refundUpTo: forcedUpTo(order, draft.total.gross) } }),
  };
}

/**
 * Only what has come in can be given back. What has not is no longer owed, and is not taken: were it to go back, too, it would be taken for what is still
 * owed, given back as forced, and taken again.
 */
function forcedUpTo(order: Order, gross: number): number {
  const without = refundUpTo(order);
  const captured = order.payments.reduce((sum, payment) => sum + payment.captured, 0);
  return Math.max(without, Math.min(without + gross, captured));
}

/** What is refunded in all when everything is done that is to be done without this credit memo. */
function refundUpTo(order: Order): number {
  const refunded = order.payments.reduce((sum, one) => sum + one.refunded, 0) + dueBack(order);
  return Math.max(refunded, ...order.creditMemos.map(({ forced }) => forced?.refundUpTo ?? 0));
}

/** What is credited is no longer owed; what was paid for it goes back by `settle-order`. */
export function postCreditMemo(order: Order, command: CommandOf<'postCreditMemo'>, context: DecisionContext): Decision {
  const { issued, parties } = command;
  const memo = creditMemo(order, command, context);
  if ('ok' in memo) return memo;
  const { currency } = order;
  const receivable = receivableChange(order, { owed: -memo.total.gross });
  const posted = { ...memo, ...issued, issuedAt: context.now };
  return accept(eventOf('credit_memo.posted', { creditMemo: posted, currency, receivable }, parties));
}
