import type { OrderId } from '../domain/ids.ts';
import { settlement } from '../domain/settlement.ts';
import { orAskAgain, type PaymentDeps, recordLostAuthorizations } from './ask-provider.ts';
import { recordLostDigital } from './deliver-digital.ts';
import { type CommandMeta, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

/** The provider refused to give money back: a person has to look. */
export class SettlementRefused extends Error {
  override readonly name = 'SettlementRefused';
}

/**
 * Drives the provider to what is owed: voids what will never be captured, refunds what was captured beyond the units' value. Each effect
 * has its own key; run again, it does what is still to do.
 * @throws PaymentUnavailable, PaymentOutcomeUnknown, SettlementRefused
 */
export async function settlePayment(
  deps: PaymentDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: 'SETTLED'; effects: number }> {
  const loaded = await deps.orders.load(orderId);
  let order = loaded && (await recordLostDigital(deps, await recordLostAuthorizations(deps, loaded, meta), meta));
  let effects = 0;
  while (order) {
    const { voids, refunds } = settlement(order);
    const [toVoid] = voids;
    const [toRefund] = refunds;
    const { currency } = order;
    if (toVoid) {
      const { paymentId, amount } = toVoid;
      const authorization = order.payments.find(({ id }) => id === paymentId)?.providerReference ?? '';
      const key = `${orderId}:void:${paymentId}`;
      const result = await orAskAgain(deps.payments, { operation: 'void', key, amount, currency, authorization });
      if (result.outcome === 'declined') throw new SettlementRefused(`void of ${paymentId}: ${result.reason}`);
      const voided = await execute(deps, orderId, [{ type: 'void', paymentId, amount }], { ...meta, known: order });
      order = mustSucceed(voided).order;
    } else if (toRefund) {
      const { paymentId, captureId, amount } = toRefund;
      const captured = order.payments.find(({ id }) => id === paymentId)?.captures.find(({ id }) => id === captureId);
      // What was refunded before makes the key of the next refund of the same capture another one.
      const key = `${orderId}:refund:${paymentId}:${captureId}:${captured?.refunded ?? 0}`;
      const capture = captured?.providerReference ?? '';
      const result = await orAskAgain(deps.payments, { operation: 'refund', key, amount, currency, capture });
      if (result.outcome === 'declined') throw new SettlementRefused(`refund of ${captureId}: ${result.reason}`);
      const { reference: providerReference } = result;
      const refunded = await execute(
        deps,
        orderId,
        [{ type: 'refund', paymentId, captureId, amount, providerReference }],
        { ...meta, known: order },
      );
      order = mustSucceed(refunded).order;
    } else break;
    effects += 1;
  }
  return { outcome: 'SETTLED', effects };
}
