import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { EventResource, OrderResource, OrderSummary } from '../../../shared/api/order-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { orderContracts } from './contract.ts';

const order = { description: 'The order.', schema: OrderResource, etag: true };

/** A body to begin with. */
const placeExample = {
  externalId: 'WEB-10001',
  channel: 'web',
  currency: 'EUR',
  customer: { email: 'ada@example.com', name: 'Ada Lovelace', locale: 'en' },
  lines: [{ sku: 'TSHIRT-BLACK-M', title: 'T-shirt, black, M', quantity: 2, unitPrice: 1999 }],
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'Ada Lovelace', line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' },
  },
  payment: { method: 'card', token: 'tok_ok' },
};
export const orderDocumentation = documented('Orders', orderContracts, {
  placeOrder: {
    summary: 'Place an order',
    description:
      'Answers as soon as the order is kept; stock is reserved and money authorized within moments, by the workflow `place-order`. ' +
      'The same request with the same Idempotency-Key gives the same answer for seven days; the external id is unique in its channel for ever.',
    bodyExample: placeExample,
    responses: { 201: { ...order, description: 'The order was placed.' } },
  },
  listOrders: {
    summary: 'List orders',
    description:
      'Newest first. Filters are combined with "and". A page may hold fewer than `limit` and still not be the last.',
    responses: { 200: { description: 'A page.', schema: pageOf(OrderSummary) } },
  },
  getOrder: {
    summary: 'Read an order',
    description: 'As of now. With If-None-Match and its current ETag: 304 without a body.',
    responses: { 200: order, 304: { description: 'Not changed since.', etag: true } },
  },
  listOrderEvents: {
    summary: 'Read what happened to an order',
    description: 'Oldest first, numbered without gaps: each event as it went on the bus and to webhooks.',
    responses: {
      200: {
        description: 'Events.',
        schema: z.looseObject({
          data: z.array(EventResource),
          nextAfterSequence: z
            .int()
            .nullable()
            .meta({ description: 'For `afterSequence`; null: that was all so far.' }),
        }),
      },
    },
  },
  cancelOrder: {
    summary: 'Cancel an order',
    description:
      'Gives stock back at once; the workflow `settle-order` voids what was authorized. Possible until a location accepts.',
    bodyExample: { reason: 'customer_request' },
    responses: { 200: order },
  },
  cancelRemainder: {
    summary: 'Cancel what no location works on',
    description:
      'Of an order that waits for supply before it is released: the units that wait. Of a released one: units that wait for supply or for a site. The rest goes on; what was authorized for them is voided when it has left. When that is every unit, the order is canceled.',
    bodyExample: { reason: 'customer_request' },
    responses: { 200: order },
  },
  captureOrder: {
    summary: 'Take money now',
    description:
      'Whatever the policy says; for `capture: manual` the only way. `settle-order` takes it from what is authorized, and `payment.captured` tells. What is not invoiced yet is paid ahead.',
    bodyExample: { amount: 3998 },
    responses: { 200: order },
  },
  retryOrder: {
    summary: 'Retry a parked order',
    description: 'Resolves every open exception; the workflows that stopped start again.',
    responses: { 200: order },
  },
  confirmReceipt: {
    summary: 'Confirm that the customer has received everything',
    description: 'Possible once every unit is delivered.',
    responses: { 200: order },
  },
  openChargeback: {
    summary: 'Record a chargeback',
    description:
      'The customer’s bank took money back. What has not left yet is held (`chargeback:<id>`), and what is charged back is not refunded again.',
    bodyExample: {
      chargebackId: 'dp_1',
      paymentId: 'pay_1',
      captureId: 'cap_1',
      amount: 3998,
      reason: 'fraudulent',
      respondBy: '2026-02-01T00:00:00.000Z',
    },
    responses: { 200: order },
  },
  closeChargeback: {
    summary: 'Close a chargeback',
    description:
      'Won: the money is back and what was held goes on. Lost: it stays away; a person decides about what is held.',
    bodyExample: { outcome: 'WON' },
    responses: { 200: order },
  },
  placeHold: {
    summary: 'Put an order on hold',
    description:
      'Nothing new begins while an order has an active hold: no confirmation, no release, no acceptance, no shipping.',
    bodyExample: { handle: 'check-address', reason: 'ADDRESS', note: 'The street has no number.' },
    responses: { 200: order },
  },
  releaseHold: {
    summary: 'Release a hold',
    description: 'With the last hold gone the order goes on by itself.',
    responses: { 200: order },
  },
});
