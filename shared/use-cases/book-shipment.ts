import type { FulfillmentId, OrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { CarrierProvider } from '../ports/carrier.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export interface ShipmentDeps extends ExecuteDeps {
  carrier: CarrierProvider;
}

/**
 * Books the carrier and its label for a packed fulfillment order, once, under the key `order:book:fulfillment`.
 * @throws CarrierUnavailable
 */
export async function bookShipment(
  deps: ShipmentDeps,
  orderId: OrderId,
  fulfillmentId: FulfillmentId,
  meta: CommandMeta,
): Promise<{ outcome: 'BOOKED'; order: Order } | { outcome: 'NOT_PACKED' }> {
  const order = meta.known ?? (await deps.orders.load(orderId));
  const fulfillment = order?.fulfillments.find(({ id }) => id === fulfillmentId);
  if (!order || !fulfillment) return { outcome: 'NOT_PACKED' };
  if (fulfillment.shipment) return { outcome: 'BOOKED', order };
  if (fulfillment.status !== 'PACKED') return { outcome: 'NOT_PACKED' };
  const shipment = await deps.carrier.book({
    key: `${orderId}:book:${fulfillmentId}`,
    orderId,
    fulfillmentId,
    service: order.delivery.service,
    country: order.delivery.country,
    parcels: fulfillment.parcels.length,
  });
  const labeled = await execute(deps, orderId, [{ type: 'label', fulfillmentId, shipment }], { ...meta, known: order });
  return { outcome: 'BOOKED', order: mustSucceed(labeled).order };
}
