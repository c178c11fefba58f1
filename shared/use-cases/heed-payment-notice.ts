import { system } from '../domain/actor.ts';
import type { Command } from '../domain/commands.ts';
import { OrderId } from '../domain/ids.ts';
import type { Order, Payment } from '../domain/order.ts';
import type { PaymentNotice } from '../ports/payment.ts';
import type { PaymentDeps } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { refundEffect, refundKey } from './give-back.ts';
import { commandsOfDispute } from './heed-dispute.ts';
import { lookAtPayment } from './look-at-payment.ts';
import { mustSucceed } from './outcome.ts';

/** `unrelated`: about no order of ours, or nothing that we did not know. */
export type Heeded = 'recorded' | 'unrelated';

/**
 * A notice moves nothing: it is a reason to look at the provider, whatever it says itself, however late and how often it comes.
 * @throws PaymentUnavailable
 */
export async function heedPaymentNotice(deps: PaymentDeps, notice: PaymentNotice): Promise<Heeded> {
  const { authorization } = notice;
  const known = notice.orderId ?? (authorization && (await deps.payments.of('card').lookUp?.(authorization))?.orderId);
  const id = OrderId.safeParse(known).data;
  const order = id && (await deps.orders.load(id));
  const payment = order?.payments.find((one) => one.providerReference === authorization);
  if (!order || !payment) return 'unrelated';
  const cause = `notice:${notice.id}`.slice(0, 100);
  const meta: CommandMeta = { actor: system('payment-webhooks'), correlationId: cause, causationId: cause };
  switch (notice.kind) {
    case 'authorized':
    case 'declined':
    case 'voided':
    case 'expired': {
      const after = await lookAtPayment(deps, order, payment, meta);
      return after.version > order.version ? 'recorded' : 'unrelated';
    }
    case 'disputed':
    case 'disputeClosed': {
      const dispute = await deps.payments.of(payment.method).dispute?.(notice.subject);
      const commands = dispute ? commandsOfDispute(order, payment, dispute) : [];
      if (commands.length > 0) mustSucceed(await execute(deps, order.id, commands, { ...meta, known: order }));
      return commands.length > 0 ? 'recorded' : 'unrelated';
    }
    case 'refundFailed': {
      const commands = await commandsOfReturn(deps, order, payment, notice);
      if (commands.length > 0) mustSucceed(await execute(deps, order.id, commands, { ...meta, known: order }));
      return commands.length > 0 ? 'recorded' : 'unrelated';
    }
    case 'captured':
    case 'refunded':
      return 'unrelated';
  }
}

/** A refund of ours is looked up by its key: failed, it is due again. Any other is for a person. */
async function commandsOfReturn(
  deps: PaymentDeps,
  order: Order,
  payment: Payment,
  notice: PaymentNotice,
): Promise<Command[]> {
  const refund = payment.refunds?.find(({ id }) => notice.key === refundKey(order, payment, id));
  if (!refund) return forPeople(order, payment, notice);
  if (refund.status === 'FAILED') return [];
  const result = await deps.payments.of(payment.method).query(refundEffect(order, payment, refund));
  if (result?.outcome !== 'declined') return [];
  return [{ type: 'failRefund', paymentId: payment.id, refundId: refund.id, reason: result.reason }];
}

function forPeople(order: Order, payment: Payment, { kind, subject }: PaymentNotice): Command[] {
  const id = `settle-order:${kind}:${payment.id}`;
  if (order.exceptions.some((one) => one.id === id)) return [];
  return [
    {
      ...{ type: 'openException', id, category: 'PAYMENT', workflow: 'settle-order', error: 'PaymentRefundFailed' },
      cause: `The bank sent a refund of ${payment.id} back (${subject}). Pay it to the customer another way, then retry.`,
      suggestedCommands: ['retry'],
    },
  ];
}
