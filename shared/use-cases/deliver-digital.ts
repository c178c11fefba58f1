import type { Command } from '../domain/commands.ts';
import { isDigitalInvoiced } from '../domain/decide/digital.ts';
import type { OrderId } from '../domain/ids.ts';
import type { MoneyDeps } from './capture-leg.ts';
import { type CommandMeta, execute } from './execute.ts';
import { CommandRejected } from './outcome.ts';
import { type Secured, secureInvoice } from './secure-invoice.ts';

export type DeliveredDigital =
  | { outcome: 'DELIVERED' }
  /** There is nothing to deliver, or no longer. */
  | { outcome: 'NOTHING' }
  /** The last hold's release starts this again. */
  | { outcome: 'ON_HOLD' }
  | { outcome: 'DECLINED'; reason: string };

/**
 * 1. Say that it begins: from here on nobody cancels half-way.
 * 2. Take the money for all digital units, once.
 * 3. Record that, post the invoice and deliver, in one transaction: what is delivered is paid for (invariant M5).
 * @throws PaymentUnavailable, PaymentOutcomeUnknown, StoreContention for the workflow to retry
 */
export async function deliverDigital(deps: MoneyDeps, orderId: OrderId, meta: CommandMeta): Promise<DeliveredDigital> {
  const started = await execute(deps, orderId, [{ type: 'startDigital' }], meta);
  if (started.outcome === 'rejected') {
    return { outcome: started.rejection.code === 'order_on_hold' ? 'ON_HOLD' : 'NOTHING' };
  }
  if (started.outcome !== 'done') throw new CommandRejected(started.outcome);
  const { order } = started;
  const then: Command[] = [{ type: 'deliverDigital' }];
  const isPaid = order.capture === 'none' || isDigitalInvoiced(order);
  const secured: Secured = isPaid
    ? { outcome: 'DONE', executed: await execute(deps, orderId, then, { ...meta, known: order }) }
    : await secureInvoice(deps, order, {}, then, meta);
  if (secured.outcome === 'DECLINED') return secured;
  const delivered = secured.executed;
  if (delivered.outcome === 'done') return { outcome: 'DELIVERED' };
  if (delivered.outcome === 'rejected' && delivered.rejection.code === 'order_on_hold') return { outcome: 'ON_HOLD' };
  return { outcome: 'NOTHING' };
}
