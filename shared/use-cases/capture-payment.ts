import type { FulfillmentId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { openAuthorization, valueOfFulfillment } from '../domain/settlement.ts';
import type { PaymentResult } from '../ports/payment.ts';
import { orAskAgain, type PaymentDeps } from './ask-provider.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export type CapturePaymentResult =
  | { outcome: 'CAPTURED'; order: Order }
  | { outcome: 'NOT_PACKED' }
  | { outcome: 'DECLINED'; reason: string };

/**
 * The capture gate: takes the money for what a fulfillment order packed, once, under the key `order:capture:fulfillment`. Run by the workflow
 * when the packing is done and again by whoever ships before that: the second finds it done.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown
 */
export async function securePayment(
  deps: PaymentDeps,
  orderId: OrderId,
  fulfillmentId: FulfillmentId,
  meta: CommandMeta,
): Promise<CapturePaymentResult> {
  const order = meta.known ?? (await deps.orders.load(orderId));
  const fulfillment = order?.fulfillments.find(({ id }) => id === fulfillmentId);
  if (!order || !fulfillment) return { outcome: 'NOT_PACKED' };
  if (fulfillment.fundsSecured) return { outcome: 'CAPTURED', order };
  if (fulfillment.status !== 'PACKED') return { outcome: 'NOT_PACKED' };

  const amount = valueOfFulfillment(order, fulfillment);
  const payment = order.payments.find((one) => one.providerReference !== undefined && openAuthorization(one) >= amount);
  if (!payment?.providerReference) return { outcome: 'DECLINED', reason: 'nothing_authorized' };
  const authorization = payment.providerReference;
  const key = `${orderId}:capture:${fulfillmentId}`;
  const result: PaymentResult =
    amount === 0
      ? { outcome: 'approved', reference: 'none' }
      : await orAskAgain(deps.payments, { operation: 'capture', key, amount, currency: order.currency, authorization });
  if (result.outcome === 'declined') return { outcome: 'DECLINED', reason: result.reason };
  const { reference: providerReference } = result;
  const captured = await execute(
    deps,
    orderId,
    [{ type: 'capture', fulfillmentId, paymentId: payment.id, amount, providerReference }],
    { ...meta, known: order },
  );
  return { outcome: 'CAPTURED', order: mustSucceed(captured).order };
}
