import type { FulfillmentId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { MoneyDeps } from './capture-leg.ts';
import type { CommandMeta } from './execute.ts';
import { mustSucceed } from './outcome.ts';
import { secureInvoice } from './secure-invoice.ts';

export type CapturePaymentResult =
  | { outcome: 'CAPTURED'; order: Order }
  | { outcome: 'NOT_PACKED' }
  | { outcome: 'DECLINED'; reason: string };

/**
 * The capture gate: posts the invoice of what a fulfillment order packed, paid as the order's policy says. Run by the workflow when the packing
 * is done and again by whoever ships before that: the second finds it done.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown, StoreContention
 */
export async function securePayment(
  deps: MoneyDeps,
  orderId: OrderId,
  fulfillmentId: FulfillmentId,
  meta: CommandMeta,
): Promise<CapturePaymentResult> {
  const order = meta.known ?? (await deps.orders.load(orderId));
  const fulfillment = order?.fulfillments.find(({ id }) => id === fulfillmentId);
  if (!order || !fulfillment) return { outcome: 'NOT_PACKED' };
  if (fulfillment.fundsSecured) return { outcome: 'CAPTURED', order };
  if (fulfillment.status !== 'PACKED') return { outcome: 'NOT_PACKED' };
  if (order.capture === 'none') return { outcome: 'CAPTURED', order };
  const secured = await secureInvoice(deps, order, { fulfillmentId }, [], meta);
  if (secured.outcome === 'DECLINED') return secured;
  return { outcome: 'CAPTURED', order: mustSucceed(secured.executed).order };
}
