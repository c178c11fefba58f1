import type { Order, Payment } from '../domain/order.ts';
import { captureRank } from '../domain/payment-method.ts';
import type { AuthorizeResult } from '../ports/payment.ts';
import { authorizationOf, authorizeOrAsk, type PaymentDeps, recordAuthorization } from './ask-provider.ts';
import type { CommandMeta } from './execute.ts';

/** In the order in which money is taken. */
export const nextToAsk = ({ payments }: Order): Payment | undefined =>
  payments
    .filter(({ status }) => status === 'REQUESTED' || status === 'ACTION_REQUIRED')
    .sort((a, b) => captureRank(a.method) - captureRank(b.method))[0];

/** @throws PaymentUnavailable, PaymentOutcomeUnknown */
export async function askFor({ payments }: PaymentDeps, order: Order, payment: Payment): Promise<AuthorizeResult> {
  const { amount, token, method } = payment;
  // Nothing to pay: no provider takes an authorization of zero.
  if (amount === 0) return { outcome: 'approved', reference: 'none' };
  const provider = payments.of(method);
  const effect = authorizationOf(order, payment);
  // Asked before: what counts is what has become of it.
  const known = payment.status === 'ACTION_REQUIRED' ? await provider.query(effect) : undefined;
  if (known) return known;
  if (token === undefined && (method === 'card' || method === 'giftCard')) {
    return { outcome: 'declined', reason: 'token_erased' };
  }
  const result = await authorizeOrAsk(provider, effect);
  // Nobody is there to be sent to the bank.
  if (result.outcome === 'actionRequired' && effect.merchantInitiated) {
    return { outcome: 'declined', reason: 'authentication_required' };
  }
  return result;
}

/** Asks for what is to be authorized besides what is: cards whose authorization has lapsed since. One that is declined leaves the others. */
export async function authorizeRequested(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  let current = order;
  for (const { id } of order.payments.filter(({ status }) => status === 'REQUESTED')) {
    const payment = current.payments.find((one) => one.id === id);
    if (payment?.status !== 'REQUESTED') continue;
    current = await recordAuthorization(deps, current, id, await askFor(deps, current, payment), meta);
  }
  return current;
}
