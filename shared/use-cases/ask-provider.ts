import { isOver, type Order, type Payment } from '../domain/order.ts';
import {
  type AuthorizeResult,
  type PaymentEffect,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  type PaymentProviders,
  type PaymentResult,
} from '../ports/payment.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export interface PaymentDeps extends ExecuteDeps {
  payments: PaymentProviders;
}

/** Sends; when the outcome is unknown, asks what became of it. */
export async function orAskAgain(
  payments: PaymentProvider,
  effect: Exclude<PaymentEffect, { operation: 'authorize' }>,
): Promise<PaymentResult> {
  const result = await sentOrFound(payments, effect);
  if (result.outcome === 'actionRequired') throw new Error(`${effect.operation} wants its customer`);
  return result;
}

/** The same of an authorization, for which the bank may want to see the customer. */
export const authorizeOrAsk = (
  payments: PaymentProvider,
  effect: PaymentEffect & { operation: 'authorize' },
): Promise<AuthorizeResult> => sentOrFound(payments, effect);

async function sentOrFound(payments: PaymentProvider, effect: PaymentEffect): Promise<AuthorizeResult> {
  try {
    return await send(payments, effect);
  } catch (error) {
    if (!(error instanceof PaymentOutcomeUnknown)) throw error;
    const known = await payments.query(effect);
    if (known) return known;
    throw error;
  }
}

function send(payments: PaymentProvider, effect: PaymentEffect): Promise<AuthorizeResult> {
  switch (effect.operation) {
    case 'authorize':
      return payments.authorize(effect);
    case 'capture':
      return payments.capture(effect);
    case 'void':
      return payments.void(effect);
    case 'refund':
      return payments.refund(effect);
  }
}

/** The same for every attempt: an order's payment is authorized once. The token may have been erased since: it is asked without one then. */
export const authorizationOf = (order: Order, payment: Payment): PaymentEffect & { operation: 'authorize' } => ({
  operation: 'authorize',
  key: `${order.id}:authorize:${payment.id}`,
  amount: payment.amount,
  currency: order.currency,
  token: payment.token ?? '',
  orderId: order.id,
  // Of store credit and terms.
  account: order.customer.id,
  ...(payment.replaces !== undefined && { merchantInitiated: true }),
});

/** Writes the provider's answer down. */
export async function recordAuthorization(
  deps: ExecuteDeps,
  order: Order,
  paymentId: Order['payments'][number]['id'],
  result: AuthorizeResult,
  meta: CommandMeta,
): Promise<Order> {
  const outcome =
    result.outcome === 'approved'
      ? ({
          approved: true,
          providerReference: result.reference,
          expiresAt: result.expiresAt,
          card: result.card,
        } as const)
      : result.outcome === 'declined'
        ? ({ approved: false, reason: result.reason } as const)
        : { action: result.action, providerReference: result.reference };
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
  for (const payment of order.payments) {
    const { id, status, amount } = payment;
    if ((status !== 'REQUESTED' && status !== 'ACTION_REQUIRED') || amount === 0) continue;
    const result = await deps.payments.of(payment.method).query(authorizationOf(order, payment));
    if (result && result.outcome !== 'actionRequired')
      current = await recordAuthorization(deps, current, id, result, meta);
  }
  return current;
}
