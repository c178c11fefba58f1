import type { Customization } from '../customization.ts';
import type { OrderEvent } from '../events.ts';
import type { Order } from '../order.ts';

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
    payments: [
      {
        id: data.payment.id,
        method: data.payment.method,
        ...(secret && { token: secret.token }),
        amount: data.payment.amount,
        status: 'REQUESTED',
        authorized: 0,
        captured: 0,
        voided: 0,
        refunded: 0,
        captures: [],
      },
    ],
    holds: [],
    exceptions: [],
  };
}

const withInstructions = (customization: Customization, instructions: string[] | undefined): Customization => ({
  ...customization,
  ...(instructions && { instructions }),
});
