import { eventOf } from '../../../shared/domain/event-of.ts';
import { fulfillmentId, LocationId, lineId, OrderId, Sku } from '../../../shared/domain/ids.ts';
import { Currency } from '../../../shared/domain/money.ts';
import type { Order } from '../../../shared/domain/order.ts';
import type { NotifiedEvent } from '../../../shared/notifications/content.ts';

const id = OrderId.parse('ord_01JGY8Q5N3W0R7T2K4M6P8S9VX');
const at = '2026-01-05T09:00:00.000Z';
const fulfillment = fulfillmentId(id, 1);
const locationId = LocationId.parse('madrid');

/** Two lines, three units; two of them in the first parcel. */
export function orderOf(more: Partial<Order> = {}): Order {
  return {
    id,
    externalId: 'WEB-1001',
    channel: 'web',
    currency: Currency.parse('EUR'),
    customer: { id: 'cus_1', locale: 'en-GB' },
    contact: { email: 'ana@example.com', name: 'Ana Pérez' },
    lifecycle: 'CONFIRMED',
    canceling: false,
    total: 128_898,
    version: 3,
    sequence: 4,
    reservations: 2,
    placedBy: { id: 'key', role: 'storefront' },
    placedAt: at,
    updatedAt: at,
    lines: [
      {
        id: lineId(1),
        sku: Sku.parse('MUG-BLUE'),
        title: 'Blue mug, hand-glazed',
        quantity: 2,
        unitPrice: 1999,
        positions: { SHIPPED: 2 },
        reservations: [],
      },
      {
        id: lineId(2),
        sku: Sku.parse('TABLE-OAK'),
        quantity: 1,
        unitPrice: 124_900,
        positions: { RESERVED: 1 },
        reservations: [],
      },
    ],
    delivery: {
      id: 'dg_1',
      method: 'ship',
      service: 'standard',
      country: 'ES',
      address: {
        name: 'Ana Pérez',
        line1: 'Calle Mayor 1',
        line2: '3º B',
        city: 'Madrid',
        postalCode: '28013',
        country: 'ES',
      },
    },
    fulfillments: [],
    payments: [],
    invoices: [],
    creditMemos: [],
    taxMode: 'inclusive',
    charges: [],
    capture: 'onPack',
    shippingCharge: 'prorate',
    holds: [],
    exceptions: [],
    ...more,
  };
}

export const shipped = (trackingUrl?: string) => {
  const reservation = { lineId: lineId(1), sku: Sku.parse('MUG-BLUE'), quantity: 1, locationId };
  const event = eventOf('fulfillment.shipped', {
    fulfillmentId: fulfillment,
    locationId,
    shipment: {
      carrier: 'Correos',
      service: 'standard',
      trackingNumber: 'CX0001',
      ...(trackingUrl && { trackingUrl }),
    },
    reservations: [
      { ...reservation, reservationId: 'res_1' },
      { ...reservation, reservationId: 'res_2' },
    ],
    value: 3998,
    currency: Currency.parse('EUR'),
  });
  return event as Extract<NotifiedEvent, { type: 'fulfillment.shipped' }>;
};

export const confirmed: NotifiedEvent = { type: 'order.confirmed' };
export const trackingUrl = 'https://carrier.example/track?id=CX0001&lang=es';
