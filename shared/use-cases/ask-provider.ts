import { isOver, type Order } from '../domain/order.ts';
import { PaymentOutcomeUnknown, type PaymentProvider, type PaymentResult } from '../ports/payment.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export interface PaymentDeps extends ExecuteDeps {
  payments: PaymentProvider;
}

/** Sends; when the outcome is unknown, asks by the same key. */
export async function orAskAgain(
  payments: PaymentProvider,
  key: string,
  send: () => Promise<PaymentResult>,
): Promise<PaymentResult> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof PaymentOutcomeUnknown)) throw error;
    const known = await payments.query(key);
    if (known) return known;
    throw error;
  }
}

export const authorizationKey = (order: Order, paymentId: string): string => `${order.id}:authorize:${paymentId}`;

/** Writes the provider's answer down. */
export async function recordAuthorization(
  deps: ExecuteDeps,
  order: Order,
  paymentId: Order['payments'][number]['id'],
  result: PaymentResult,
  meta: CommandMeta,
): Promise<Order> {
  const outcome =
    result.outcome === 'approved'
      ? ({ approved: true, providerReference: result.reference } as const)
      : ({ approved: false, reason: result.reason } as const);
  const recorded = await execute(deps, order.id, [{ type: 'authorize', paymentId, outcome }], {
    ...meta,
    known: order,
  });
  return mustSucceed(recorded).order;
}

/**
 * An order that ended while an authorization was under way: the provider may have done it although nobody wrote it down (a crash between the two).
 * Asks by the key, and records what is found, so that it is voided instead of blocking the customer's money for a week.
 */
export async function recordLostAuthorizations(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  let current = order;
  if (!isOver(order) && !order.canceling) return current;
  for (const { id, status, amount } of order.payments) {
    if (status !== 'REQUESTED' || amount === 0) continue;
    const result = await deps.payments.query(authorizationKey(order, id));
    if (result) current = await recordAuthorization(deps, current, id, result, meta);
  }
  return current;
}
