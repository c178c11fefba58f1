import * as z from 'zod';
import { Envelope, type PublishedType, publishedData, schemaUrl, schemaVersion } from './envelope.ts';
import { toldMoney } from './told-money.ts';

export interface CatalogEntry {
  name: PublishedType;
  version: number;
  description: string;
  /** Who causes it. */
  emittedBy: string;
  /** An example of `data`. */
  sample: Record<string, unknown>;
  /** JSON Schema (2020-12) of the whole envelope. Accepts fields that it does not name, now and in later versions. */
  schema: Record<string, unknown>;
}

const fulfillmentId = 'ful_01JGY8Q5N3W0R7T2K4M6P8S9VX_1';
const reservationId = 'res_1';
const locationId = 'madrid';
const units = { lineId: 'line_1', sku: 'MUG-BLUE', quantity: 2 };
const reserved = { ...units, reservationId, locationId };
const shipment = {
  carrier: 'sandbox',
  service: 'standard',
  trackingNumber: 'SBX0000000001',
  trackingUrl: 'https://carrier.example/track/SBX0000000001',
};
const money = { amount: 3998, currency: 'EUR' };
const paymentId = 'pay_1';
const captureId = 'cap_1';
const providerReference = 'sandbox_1';

const settlementId = 'stl_01JGY8Q5N3W0R7T2K4M6P8S9VX';
const chargeback = { chargebackId: 'dp_1', paymentId, captureId, ...money, providerReference };

const transfer = {
  transferId: 'trf_01JGY8Q5N3W0R7T2K4M6P8S9VX',
  from: 'lyon',
  to: locationId,
  eta: '2026-01-06T15:00:00.000Z',
};
const supply = {
  supplyId: 'sup_01JGY8Q5N3W0R7T2K4M6P8S9VX',
  sku: 'MUG-BLUE',
  locationId,
  quantity: 100,
  received: 0,
  promised: 0,
  eta: '2026-01-12T09:00:00.000Z',
  source: { type: 'purchase_order', id: 'PO-4711' },
  status: 'expected',
};

type Told = Pick<CatalogEntry, 'description' | 'emittedBy' | 'sample'>;

/** A type without its entry does not compile. */
const told: Record<PublishedType, Told> = {
  ...toldMoney(fulfillmentId),
  'order.placed': {
    description: 'An order was accepted. Amounts are in minor units of the currency.',
    emittedBy: 'POST /v1/orders',
    sample: {
      externalId: 'WEB-1001',
      channel: 'web',
      currency: 'EUR',
      customer: { id: 'cus_1', locale: 'es-ES' },
      lines: [{ id: 'line_1', sku: 'MUG-BLUE', title: 'Blue mug', quantity: 2, unitPrice: 1999 }],
      delivery: { method: 'ship', service: 'standard', country: 'ES' },
      payments: [{ id: paymentId, method: 'card', amount: 3998 }],
      total: 3998,
      placedBy: { id: 'key_web', role: 'storefront' },
    },
  },
  'reservation.created': {
    description: 'Stock was promised to the order, with the sites that were asked and why these were chosen.',
    emittedBy: 'place-order, step ReserveStock',
    sample: {
      reservations: [reserved],
      routing: {
        candidates: [
          { locationId, covers: 2 },
          { locationId: 'lyon', covers: 0, excludedBy: 'NO_STOCK' },
        ],
        sites: 1,
      },
    },
  },
  'reservation.released': {
    description: 'Promised stock went back to what can be sold.',
    emittedBy: 'place-order, when the rest of the course failed',
    sample: { reservations: [reserved], reason: 'payment_declined' },
  },
  'order.backordered': {
    description: 'Units wait for supply.',
    emittedBy: 'place-order, step ReserveStock, where the policy allows it',
    sample: { lines: [units] },
  },
  'order.confirmed': {
    description: 'Stock is promised and payment authorized: the sale stands. The customer gets a mail.',
    emittedBy: 'place-order, step ConfirmOrder',
    sample: { total: 3998, currency: 'EUR' },
  },
  'order.rejected': {
    description: 'The order cannot be fulfilled and is over.',
    emittedBy: 'place-order, when stock is short and the policy denies backorders',
    sample: { reason: 'out_of_stock', lines: [{ ...units, from: 'OPEN' }] },
  },
  'order.released': {
    description: 'The order went to the sites that fulfill it; `digital` units are delivered next.',
    emittedBy: 'place-order, step ConfirmOrder',
    sample: {
      fulfillments: [fulfillmentId],
      digital: [{ lineId: 'line_2', sku: 'GIFT-CARD-50', quantity: 1 }],
    },
  },
  'order.hold.placed': {
    description: 'Work on the order stops until the hold is released.',
    emittedBy: 'POST /v1/orders/{id}/holds, or a workflow',
    sample: { handle: 'payment', reason: 'PAYMENT', owner: 'place-order', cancelAt: '2026-01-06T09:00:00.000Z' },
  },
  'order.hold.released': {
    description: 'A hold was lifted; the order goes on when none is left.',
    emittedBy: 'DELETE /v1/orders/{id}/holds/{handle}, or a workflow',
    sample: { handle: 'payment', reason: 'PAYMENT', holdsLeft: 0, lifecycle: 'PLACED' },
  },
  'order.cancellation_started': {
    description: 'A cancellation too large for one transaction began; nothing else is accepted until `order.canceled`.',
    emittedBy: 'POST /v1/orders/{id}/cancel',
    sample: { reason: 'customer_request', lines: [{ ...units, from: 'RESERVED' }], reservations: [reserved] },
  },
  'order.canceled': {
    description: 'The order is canceled; its stock is free again and what was authorized will be voided.',
    emittedBy: 'POST /v1/orders/{id}/cancel, or a hold whose time ran out',
    sample: { reason: 'customer_request', lines: [{ ...units, from: 'RESERVED' }], reservations: [reserved] },
  },
  'order.remainder_canceled': {
    description:
      'The units that no location works on are canceled; the rest goes on. `orderDelivered` when nothing else is on its way.',
    emittedBy: 'POST /v1/orders/{id}/cancel-remainder',
    sample: {
      reason: 'customer_request',
      lines: [{ ...units, from: 'BACKORDERED' }],
      reservations: [],
      orderDelivered: false,
    },
  },
  'order.closed': {
    description: 'Every unit and every balance has come to its end.',
    emittedBy: 'timer, after the return window',
    sample: { captured: 3998, refunded: 0 },
  },
  'payment.authorized': {
    description: 'The provider holds the amount for the order.',
    emittedBy: 'place-order, step AuthorizePayment',
    sample: { paymentId, ...money, providerReference },
  },
  'payment.requested': {
    description: 'Another payment is to be authorized, after one was declined. What it pays with stays in the store.',
    emittedBy: 'POST /v1/orders/{id}/payments',
    sample: { paymentId: 'pay_2', method: 'card', ...money },
  },
  'payment.action_required': {
    description:
      'The bank wants to see the customer (3-D Secure). The order shows what to do, its stock is for sale again, and it waits until its deadline.',
    emittedBy: 'place-order, step AuthorizePayment',
    sample: { paymentId, ...money, providerReference },
  },
  'payment.expired': {
    description: 'What was authorized and not captured is no longer so: it lapsed, or was canceled at the provider.',
    emittedBy: 'POST /v1/payment-webhooks/{provider}',
    sample: { paymentId, ...money, reason: 'lapsed' },
  },
  'payment.declined': {
    description: 'The provider refused the payment.',
    emittedBy: 'place-order, step AuthorizePayment',
    sample: { paymentId, ...money, reason: 'insufficient_funds' },
  },
  'payment.captured': {
    description: 'The amount for one packed fulfillment was collected; without `fulfillmentId`, for the digital units.',
    emittedBy: 'ship-fulfillment, step CapturePayment; deliver-digital, step DeliverDigital',
    sample: { paymentId, captureId, fulfillmentId, ...money, providerReference },
  },
  'payment.voided': {
    description: 'What was authorized and is no longer owed was let go.',
    emittedBy: 'settle-order, step SettlePayment',
    sample: { paymentId, ...money },
  },
  'payment.refunded': {
    description: 'Money went back to the customer.',
    emittedBy: 'settle-order, step SettlePayment; POST /v1/orders/{id}/refunds',
    sample: { paymentId, captureId, refundId: 'ref_1', ...money, providerReference },
  },
  'payment.refund_requested': {
    description: 'Money is to go back: the provider is asked next.',
    emittedBy: 'settle-order, step SettlePayment',
    sample: { paymentId, refundId: 'ref_1', captureId, ...money },
  },
  'payment.refund_failed': {
    description: 'The provider would not give the money back: another capture is asked, or a person.',
    emittedBy: 'settle-order, step SettlePayment',
    sample: { paymentId, refundId: 'ref_1', captureId, ...money, reason: 'expired_card' },
  },
  'fraud.screened': {
    description:
      'The order was judged: accepted, held for a person’s judgment, or refused. Reasons are codes: `rule:<id>` of the shop’s rules, or the provider’s.',
    emittedBy: 'place-order, step ScreenFraud',
    sample: { decision: 'review', level: 'MEDIUM', score: 60, reasons: ['rule:many-orders'], provider: 'rules' },
  },
  'payment.chargeback': {
    description: 'The customer’s bank took money back. What has not left yet is held.',
    emittedBy: 'POST /v1/orders/{id}/chargebacks',
    sample: { ...chargeback, reason: 'fraudulent', respondBy: '2026-02-01T00:00:00.000Z' },
  },
  'payment.chargeback_closed': {
    description: 'A chargeback was won (the money is back, what was held goes on) or lost.',
    emittedBy: 'POST /v1/orders/{id}/chargebacks/{chargebackId}/close',
    sample: { ...chargeback, outcome: 'WON' },
  },
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
  'receipt.confirmed': {
    description: 'The customer said that the goods have arrived.',
    emittedBy: 'POST /v1/orders/{id}/confirm-receipt',
    sample: { confirmedBy: 'key_web' },
  },
  'exception.opened': {
    description: 'A workflow stopped and needs a person: why, and which commands would help.',
    emittedBy: 'any workflow, step ParkOrder',
    sample: {
      id: 'exc_1',
      category: 'PAYMENT',
      workflow: 'ship-fulfillment',
      fulfillmentId,
      error: 'PaymentUnavailable',
      cause: 'The provider did not answer.',
      suggestedCommands: ['retry'],
    },
  },
  'exception.resolved': {
    description: 'A person dealt with an exception; `retry` starts its workflow again.',
    emittedBy: 'POST /v1/orders/{id}/retry',
    sample: { exceptionId: 'exc_1', workflow: 'ship-fulfillment', fulfillmentId, retry: true },
  },
  'stock.adjusted': {
    description:
      'Units of a SKU came, went or changed their account at a location: a line of the stock ledger. `change` is what is on hand more than before, `availableChange` what can be sold more; `postings` say between which accounts.',
    emittedBy:
      'PUT /v1/inventory/{sku}/locations/{locationId} and what is below it (adjustments, receipts, counts, unavailable), POST /v1/transfers and what is below it',
    sample: {
      sku: 'MUG-BLUE',
      locationId,
      onHand: 40,
      available: 38,
      change: 15,
      availableChange: 15,
      kind: 'receipt',
      reason: 'received',
      postings: [{ from: 'EXTERNAL', to: 'AVAILABLE', quantity: 15 }],
      reference: { type: 'purchase_order', id: 'PO-4711' },
    },
  },
  'stock.low': {
    description: 'At this location no more units can be sold than the threshold of the SKU, which has been told once.',
    emittedBy: 'stream of the table inventory, after any change',
    sample: { sku: 'MUG-BLUE', locationId, available: 4, lowAt: 5 },
  },
  'stock.out': {
    description: 'At this location nothing is left to sell.',
    emittedBy: 'stream of the table inventory, after any change',
    sample: { sku: 'MUG-BLUE', locationId, available: 0, lowAt: 5 },
  },
  'stock.back': {
    description: 'At this location there is something to sell again, be it few.',
    emittedBy: 'stream of the table inventory, after any change',
    sample: { sku: 'MUG-BLUE', locationId, available: 20, lowAt: 5 },
  },
  'transfer.dispatched': {
    description:
      'Units left a location for another one. On every line `quantity` is `received + lost + returned` and what is in transit; an immediate transfer has received all.',
    emittedBy: 'POST /v1/transfers',
    sample: {
      ...transfer,
      lines: [{ sku: 'MUG-BLUE', quantity: 10, received: 0, lost: 0, returned: 0 }],
      status: 'in_transit',
    },
  },
  'transfer.received': {
    description: 'Units of a transfer arrived (`arrived`). When it was the last receipt, what is missing is `lost`.',
    emittedBy: 'POST /v1/transfers/{id}/receive',
    sample: {
      ...transfer,
      lines: [{ sku: 'MUG-BLUE', quantity: 10, received: 9, lost: 1, returned: 0 }],
      status: 'received_short',
      arrived: [{ sku: 'MUG-BLUE', quantity: 9 }],
    },
  },
  'transfer.canceled': {
    description: 'What was in transit is back where it came from.',
    emittedBy: 'POST /v1/transfers/{id}/cancel',
    sample: {
      ...transfer,
      lines: [{ sku: 'MUG-BLUE', quantity: 10, received: 0, lost: 0, returned: 10 }],
      status: 'canceled',
      reason: 'truck_broke_down',
    },
  },
  'supply.expected': {
    description: 'Units are to arrive at a location.',
    emittedBy: 'POST /v1/supplies, POST /v1/transfers',
    sample: supply,
  },
  'supply.changed': {
    description: 'More or fewer units, or another time; or some of them were promised.',
    emittedBy: 'POST /v1/supplies/{id}/change',
    sample: { ...supply, eta: '2026-01-19T09:00:00.000Z', previousEta: supply.eta, previousQuantity: 100 },
  },
  'supply.received': {
    description: 'Units of a supply have come (`units`).',
    emittedBy: 'POST /v1/inventory/{sku}/locations/{locationId}/receipts, POST /v1/transfers/{id}/receive',
    sample: { ...supply, received: 60, units: 60 },
  },
  'supply.canceled': {
    description: 'What has not come of a supply will not come.',
    emittedBy: 'POST /v1/supplies/{id}/cancel, the end of a transfer',
    sample: { ...supply, status: 'canceled', reason: 'supplier_out_of_stock' },
  },
  'ledger.day_closed': {
    description:
      'A day of a legal entity’s books is over: what each account moved that day, with the codes of its chart of accounts. An entry that comes late closes the day again; the higher `revision` replaces the lower one.',
    emittedBy: 'schedule tend-ledger, two hours after the day has ended by the legal entity’s clock',
    sample: {
      legalEntityId: 'default',
      day: '2026-01-05',
      revision: 1,
      entries: 2,
      totals: [
        { account: 'PSP_CLEARING', code: '1020', currency: 'EUR', debit: 3998, credit: 0 },
        { account: 'DEPOSITS', code: '2100', currency: 'EUR', debit: 3998, credit: 3998 },
        { account: 'REVENUE', code: '4000', currency: 'EUR', debit: 0, credit: 3998 },
      ],
    },
  },
  'settlement.submitted': {
    description: 'A settlement file of a payment provider is complete; it is held against the books next.',
    emittedBy: 'POST /v1/settlements, POST /v1/settlements/{id}/submit',
    sample: { settlementId, legalEntityId: 'default', provider: 'stripe', rows: 2 },
  },
  'settlement.reconciled': {
    description: 'A settlement file was held against the books, and bank, fees and clearing are posted.',
    emittedBy: 'reconcile-settlement',
    sample: {
      settlementId,
      legalEntityId: 'default',
      provider: 'stripe',
      matched: 2,
      repeated: 0,
      differences: 0,
      totals: [{ currency: 'EUR', gross: 3998, fee: 83, net: 3915 }],
    },
  },
};

/** Every event that is published, in the order of an order's life. */
export function catalog(): CatalogEntry[] {
  return (Object.keys(told) as PublishedType[]).map((name) => ({
    name,
    version: schemaVersion,
    ...told[name],
    schema: envelopeSchema(name),
  }));
}

function envelopeSchema(name: PublishedType): Record<string, unknown> {
  const envelope = Envelope.extend({
    type: z.literal(name),
    version: z.literal(schemaVersion),
    data: publishedData[name],
  });
  // Input mode: the output mode closes every nested object, and a partner's validator would refuse our next field.
  return { $id: schemaUrl(name), title: name, ...z.toJSONSchema(envelope, { target: 'draft-2020-12', io: 'input' }) };
}
