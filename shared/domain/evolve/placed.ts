import type { Customization } from '../customization.ts';
import type { OrderEvent } from '../events.ts';
import type { Order } from '../order.ts';
import { newPayment } from '../payments.ts';

/** The order that an `order.placed` begins. */
export function placed(event: OrderEvent & { type: 'order.placed' }): Order {
  const { data, secret, at } = event;
  return {
    id: event.orderId,
    externalId: data.externalId,
    channel: data.channel,
    currency: data.currency,
    customer: data.customer,
    ...(secret && { contact: secret.contact }),
    lifecycle: 'PLACED',
    canceling: false,
    ...(secret?.billing && { billing: secret.billing }),
    ...(secret?.client && { client: secret.client }),
    ...(data.purchaseOrderNumber !== undefined && { purchaseOrderNumber: data.purchaseOrderNumber }),
    taxMode: data.taxMode ?? 'inclusive',
    ...(data.tax && { tax: { status: data.tax } }),
    charges: data.charges ?? [],
    capture: data.capture ?? 'onPack',
    shippingCharge: data.shippingCharge ?? 'prorate',
    total: data.total,
    ...(data.priority !== undefined && { priority: data.priority }),
    version: event.version,
    sequence: event.sequence,
    reservations: 0,
    placedBy: data.placedBy,
    placedAt: at,
    updatedAt: at,
    lines: data.lines.map(({ customization, ...line }) => ({
      ...line,
      ...(customization && { customization: withInstructions(customization, secret?.instructions?.[line.id]) }),
      positions: { OPEN: line.quantity },
      reservations: [],
    })),
    delivery: { id: 'dg_1', ...data.delivery, ...(secret && { address: secret.address }) },
    fulfillments: [],
    payments: (data.payments ?? (data.payment ? [data.payment] : [])).map(({ id, method, amount }) => {
      const token = secret?.tokens?.[id] ?? secret?.token;
      return { ...newPayment(id, method, amount), ...(token !== undefined && { token }) };
    }),
    invoices: [],
    creditMemos: [],
    holds: [],
    exceptions: [],
  };
}

const withInstructions = (customization: Customization, instructions: string[] | undefined): Customization => ({
  ...customization,
  ...(instructions && { instructions }),
});
