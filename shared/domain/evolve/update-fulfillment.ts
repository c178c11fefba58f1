import type { Fulfillment, Order } from '../order.ts';

export const updateFulfillment = (
  order: Order,
  id: string,
  at: string,
  change: (one: Fulfillment) => Fulfillment,
): Order => ({
  ...order,
  fulfillments: order.fulfillments.map((one) => (one.id === id ? { ...change(one), updatedAt: at } : one)),
});
