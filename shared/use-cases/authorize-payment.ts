import type { OrderId } from '../domain/ids.ts';
import { isOver, type Order } from '../domain/order.ts';
import { awaitsPayment } from '../domain/payments.ts';
import { openAuthorization } from '../domain/settlement.ts';
import type { ScreeningWanted } from '../ports/fraud-book.ts';
import { askFor, nextToAsk } from './ask-payments.ts';
import { type PaymentDeps, recordAuthorization } from './ask-provider.ts';
import type { CommandMeta } from './execute.ts';
import { giveBackDeclined } from './give-back-declined.ts';
import { collectDue, settlePayment } from './settle-payment.ts';

export type AuthorizePaymentOutcome = 'AUTHORIZED' | 'SCREEN' | 'DECLINED' | 'ON_HOLD' | 'OVER';

export interface AuthorizeDeps extends PaymentDeps {
  /** Absent: orders are not screened. */
  screening?: ScreeningWanted | undefined;
}

const isToBeScreened = async ({ screening }: AuthorizeDeps, { lifecycle, risk }: Order): Promise<boolean> =>
  screening !== undefined && lifecycle === 'PLACED' && risk === undefined && (await screening.isWanted());

/**
 * 1. Ask the provider of each payment, in the order in which money is taken, with the key of this payment: the same for every attempt.
 * 2. No answer? Ask what became of the key, never send with a new one.
 * 3. Record the answer, whatever has become of the order; money of an order that is over goes back at once, also when a run before this one
 *    was cut off between asking and recording.
 * 4. One is declined, or wants its customer: what the others authorized is given back with the stock, and the order waits.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown for the workflow to retry
 */
export async function authorizePayment(
  deps: AuthorizeDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: AuthorizePaymentOutcome }> {
  let order = await deps.orders.load(orderId);
  for (;;) {
    if (!order || isOver(order) || order.canceling) {
      await settlePayment(deps, orderId, meta);
      return { outcome: 'OVER' };
    }
    const payment = nextToAsk(order);
    if (!payment) break;
    if (order.holds.length > 0) return { outcome: 'ON_HOLD' };
    order = await recordAuthorization(deps, order, payment.id, await askFor(deps, order, payment), meta);
    if (awaitsPayment(order)) break;
  }
  if (!awaitsPayment(order)) {
    // Nothing is taken from whom nobody has judged.
    if (await isToBeScreened(deps, order)) return { outcome: 'SCREEN' };
    await collectDue(deps, order, meta);
    return { outcome: 'AUTHORIZED' };
  }
  await giveBackDeclined(deps, order, meta);
  if (order.payments.some((payment) => openAuthorization(payment) > 0)) await settlePayment(deps, orderId, meta);
  return { outcome: 'DECLINED' };
}
