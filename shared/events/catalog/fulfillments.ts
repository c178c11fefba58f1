import { fulfillmentId, locationId, reservationId, reserved, units } from './samples.ts';
import type { Told } from './told.ts';

const shipment = {
  carrier: 'sandbox',
  service: 'standard',
  trackingNumber: 'SBX0000000001',
  trackingUrl: 'https://carrier.example/track/SBX0000000001',
};

/** Of the work of sites, of parcels, and of digital units. */
export const toldOfFulfillments = {
  'fulfillment.created': {
    description: 'Work for one site.',
    emittedBy: 'place-order, step ConfirmOrder',
    sample: { fulfillmentId, locationId, lines: [{ ...units, reservationId }] },
  },
  'fulfillment.accepted': {
    description: 'The site took the work on.',
    emittedBy: 'POST /v1/fulfillments/{id}/accept',
    sample: { fulfillmentId, locationId },
  },
  'customization.started': {
    description: 'The site began to work on customized units: from here on they are neither canceled nor given back.',
    emittedBy: 'POST /v1/fulfillments/{id}/start-customization',
    sample: { fulfillmentId, locationId, lines: [{ ...units, capability: 'engrave' }] },
  },
  'customization.finished': {
    description: 'The customized units are as the customer wants them, and are picked next.',
    emittedBy: 'POST /v1/fulfillments/{id}/finish-customization',
    sample: { fulfillmentId, locationId, lines: [{ ...units, capability: 'engrave' }] },
  },
  'fulfillment.rejected': {
    description:
      'A site gave the work back, or did not take it on in time: its units are without a site until they are re-routed. `stock` says whether they can be sold to others.',
    emittedBy: 'POST /v1/fulfillments/{id}/reject, the timer of the accept deadline, or an outage of the location',
    sample: {
      fulfillmentId,
      locationId,
      reason: 'out_of_stock',
      reservations: [reserved],
      stock: 'QUARANTINE',
      excluded: true,
      attempts: 1,
      rerouted: false,
    },
  },
  'fulfillment.shorted': {
    description:
      'Fewer units were found than assigned: what is missing is without a site until it is re-routed. Of a kit, `missing` are the pieces that were not there; the others of its units can be sold again.',
    emittedBy: 'POST /v1/fulfillments/{id}/pick',
    sample: {
      fulfillmentId,
      locationId,
      lines: [
        {
          ...reserved,
          sku: 'TEA-SET',
          quantity: 1,
          components: [
            { sku: 'MUG-BLUE', perUnit: 4 },
            { sku: 'TEAPOT', perUnit: 1 },
          ],
          reason: 'not_found',
          missing: [{ sku: 'MUG-BLUE', quantity: 1 }],
        },
      ],
    },
  },
  'fulfillment.picked': {
    description: 'The units were taken from the shelf.',
    emittedBy: 'POST /v1/fulfillments/{id}/pick',
    sample: { fulfillmentId, locationId, lines: [units] },
  },
  'fulfillment.packed': {
    description: 'The units are in parcels: money is collected and a label made next.',
    emittedBy: 'POST /v1/fulfillments/{id}/pack',
    sample: {
      fulfillmentId,
      locationId,
      lines: [units],
      parcels: [{ id: 'parcel_1', contents: [{ lineId: 'line_1', quantity: 2 }] }],
    },
  },
  'fulfillment.canceled': {
    description: 'The site has nothing to do any more.',
    emittedBy: 'POST /v1/orders/{id}/cancel',
    sample: { fulfillmentId, locationId, reason: 'customer_request' },
  },
  'shipment.labeled': {
    description: 'The carrier has the shipment; it can be handed over.',
    emittedBy: 'ship-fulfillment, step BookShipment',
    sample: { fulfillmentId, shipment },
  },
  'fulfillment.shipped': {
    description: 'The parcels left. `value` is what the customer owes for them. The customer gets a mail.',
    emittedBy: 'POST /v1/fulfillments/{id}/ship',
    sample: { fulfillmentId, locationId, shipment, reservations: [reserved], value: 3998, currency: 'EUR' },
  },
  'fulfillment.delivered': {
    description:
      'The parcels arrived; `orderDelivered` when nothing of the order is still on its way, `settled` when nothing is to be voided or refunded.',
    emittedBy: 'POST /v1/fulfillments/{id}/deliver',
    sample: { fulfillmentId, lines: [units], orderDelivered: true, settled: true },
  },
  'digital.started': {
    description: 'Digital units are being paid for and delivered: from here on they are not canceled.',
    emittedBy: 'deliver-digital, step DeliverDigital',
    sample: { lines: [{ lineId: 'line_2', sku: 'GIFT-CARD-50', quantity: 1 }] },
  },
  'digital.delivered': {
    description:
      'Digital units are paid for: send the customer the code or the download now. `orderDelivered` when nothing else is on its way.',
    emittedBy: 'deliver-digital, step DeliverDigital',
    sample: {
      lines: [{ lineId: 'line_2', sku: 'GIFT-CARD-50', quantity: 1 }],
      value: 5000,
      currency: 'EUR',
      orderDelivered: false,
      settled: true,
    },
  },
} satisfies Record<string, Told>;
