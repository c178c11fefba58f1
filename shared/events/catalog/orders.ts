import { fulfillmentId, locationId, paymentId, reserved, units, vat } from './samples.ts';
import type { Told } from './told.ts';

/** Of orders: placed, promised, confirmed, held, canceled, closed. */
export const toldOfOrders = {
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
    description: 'Units wait for supply; where a routing rule says how long, until `cancelAt`.',
    emittedBy: 'place-order, step ReserveStock, or reroute, where the policy or the routing rule allows it',
    sample: { lines: [units], cancelAt: '2026-01-19T09:00:00.000Z' },
  },
  'order.taxed': {
    description: 'The taxes of the order are known; `total` is what it comes to with them.',
    emittedBy: 'place-order, step QuoteTax',
    sample: { lines: [{ lineId: 'line_1', taxes: [vat] }], charges: [], total: 3998 },
  },
  'fraud.screened': {
    description:
      'The order was judged: accepted, held for a person’s judgment, or refused. Reasons are codes: `rule:<id>` of the shop’s rules, or the provider’s.',
    emittedBy: 'place-order, step ScreenFraud',
    sample: { decision: 'review', level: 'MEDIUM', score: 60, reasons: ['rule:many-orders'], provider: 'rules' },
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
    description:
      'The order is canceled; its stock is free again and what was authorized will be voided. The customer gets a mail.',
    emittedBy:
      'POST /v1/orders/{id}/cancel, a hold whose time ran out, or the end of its backorders’ time (`backorder_deadline`)',
    sample: { reason: 'customer_request', lines: [{ ...units, from: 'RESERVED' }], reservations: [reserved] },
  },
  'order.remainder_canceled': {
    description:
      'Units that no location works on are canceled: all of them, or (`backorder_deadline`) those that have waited for supply as long as the ' +
      'routing rule lets them; the rest goes on. `orderDelivered` when nothing else is on its way; `lifecycle` where the order stood, if it was not ' +
      'released yet. The customer gets a mail.',
    emittedBy: 'POST /v1/orders/{id}/cancel-remainder, or the end of a backorder’s time',
    sample: {
      reason: 'customer_request',
      lines: [{ ...units, from: 'BACKORDERED' }],
      reservations: [],
      orderDelivered: false,
    },
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
  'receipt.confirmed': {
    description: 'The customer said that the goods have arrived.',
    emittedBy: 'POST /v1/orders/{id}/confirm-receipt',
    sample: { confirmedBy: 'key_web' },
  },
  'order.closed': {
    description: 'Every unit and every balance has come to its end.',
    emittedBy: 'timer, after the return window',
    sample: { captured: 3998, refunded: 0 },
  },
} satisfies Record<string, Told>;
