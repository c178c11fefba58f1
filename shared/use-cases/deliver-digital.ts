import { isDigitalPaid } from '../domain/decide/digital.ts';
import type { OrderId } from '../domain/ids.ts';
import { isDigital, type Order } from '../domain/order.ts';
import { unitsIn } from '../domain/positions.ts';
import { openAuthorization, valueOfDigital } from '../domain/settlement.ts';
import type { PaymentEffect, PaymentResult } from '../ports/payment.ts';
import { orAskAgain, type PaymentDeps } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { CommandRejected, mustSucceed } from './outcome.ts';

export type DeliveredDigital =
  | { outcome: 'DELIVERED' }
  /** There is nothing to deliver, or no longer. */
  | { outcome: 'NOTHING' }
  /** The last hold's release starts this again. */
  | { outcome: 'ON_HOLD' }
  | { outcome: 'DECLINED'; reason: string };

/** The same for every attempt: the money for an order's digital units is taken once. */
const captureOf = (order: Order, amount: number, authorization: string): PaymentEffect => ({
  operation: 'capture',
  key: `${order.id}:capture:digital`,
  amount,
  currency: order.currency,
  authorization,
});

/**
 * 1. Say that it begins: from here on nobody cancels half-way.
 * 2. Take the money for all digital units, once.
 * 3. Record that and deliver, in one transaction: what is delivered is paid for (invariant M5).
 * @throws PaymentUnavailable, PaymentOutcomeUnknown for the workflow to retry
 */
export async function deliverDigital(
  deps: PaymentDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<DeliveredDigital> {
  const started = await execute(deps, orderId, [{ type: 'startDigital' }], meta);
  if (started.outcome === 'rejected') {
    return { outcome: started.rejection.code === 'order_on_hold' ? 'ON_HOLD' : 'NOTHING' };
  }
  if (started.outcome !== 'done') throw new CommandRejected(started.outcome);
  const { order } = started;
  const paid = isDigitalPaid(order) ? undefined : await take(deps, order);
  if (paid && 'declined' in paid) return { outcome: 'DECLINED', reason: paid.declined };
  const record = paid ? [{ type: 'captureDigital', ...paid } as const] : [];
  const delivered = await execute(deps, orderId, [...record, { type: 'deliverDigital' }], { ...meta, known: order });
  if (delivered.outcome === 'done') return { outcome: 'DELIVERED' };
  // What the provider did is recorded, whatever has become of the order meanwhile.
  if (record.length > 0) mustSucceed(await execute(deps, orderId, record, meta));
  if (delivered.outcome === 'rejected' && delivered.rejection.code === 'order_on_hold') return { outcome: 'ON_HOLD' };
  return { outcome: 'NOTHING' };
}

async function take({ payments }: PaymentDeps, order: Order) {
  const amount = valueOfDigital(order);
  const payment = order.payments.find((one) => one.providerReference !== undefined && openAuthorization(one) >= amount);
  if (!payment?.providerReference) return { declined: 'nothing_authorized' };
  const { id: paymentId, providerReference: authorization } = payment;
  const result: PaymentResult =
    amount === 0
      ? { outcome: 'approved', reference: 'none' }
      : await orAskAgain(payments, captureOf(order, amount, authorization));
  if (result.outcome === 'declined') return { declined: result.reason };
  return { paymentId, amount, providerReference: result.reference };
}

/**
 * Digital units that were canceled while their delivery was parked: the provider may have taken the money although nobody wrote it down. Asks by
 * the key and records what is found, so that it is given back.
 */
export async function recordLostDigital(deps: PaymentDeps, order: Order, meta: CommandMeta): Promise<Order> {
  const canceled = order.lines.filter((line) => isDigital(line) && unitsIn(line.positions, 'CANCELED') > 0);
  if (!order.digitalStartedAt || canceled.length === 0 || isDigitalPaid(order)) return order;
  const amount = canceled.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  const payment = order.payments.find((one) => openAuthorization(one) >= amount);
  const authorization = payment?.providerReference;
  if (!payment || authorization === undefined || amount === 0) return order;
  const result = await deps.payments.query(captureOf(order, amount, authorization));
  if (result?.outcome !== 'approved') return order;
  const { reference: providerReference } = result;
  const command = { type: 'captureDigital', paymentId: payment.id, amount, providerReference } as const;
  return mustSucceed(await execute(deps, order.id, [command], { ...meta, known: order })).order;
}
