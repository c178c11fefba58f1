import * as z from 'zod';
import { AfterSequence, Cursor, EventLimit, Limit, orderPath } from '../../../shared/api/parameters.ts';
import { CancelBody, HoldBody, PlaceOrderBody } from '../../../shared/api/requests.ts';
import {
  EventResource,
  ExecutionResource,
  OrderResource,
  OrderSummary,
  pageOf,
} from '../../../shared/api/resources.ts';
import { rolesFor } from '../../../shared/api/roles.ts';
import { orderStatuses } from '../../../shared/domain/status.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';

const tag = 'Orders';
const order = { description: 'The order.', schema: OrderResource, etag: true };

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

export const orderContracts = defineContracts({
  placeOrder: {
    method: 'POST',
    path: '/v1/orders',
    operationId: 'placeOrder',
    tag,
    summary: 'Place an order',
    description:
      'Answers as soon as the order is kept; stock is reserved and money authorized within moments, by the workflow `place-order`. ' +
      'The same request with the same Idempotency-Key gives the same answer for seven days; the external id is unique in its channel for ever.',
    roles: rolesFor('place'),
    body: PlaceOrderBody,
    bodyExample: placeExample,
    responses: { 201: { ...order, description: 'The order was placed.' } },
    problems: [
      'unknown_sku',
      'duplicate_sku',
      'order_total_too_large',
      'duplicate_external_id',
      'idempotency_key_in_flight',
    ],
    idempotencyKey: 'required',
    ifMatch: 'none',
  },
  listOrders: {
    method: 'GET',
    path: '/v1/orders',
    operationId: 'listOrders',
    tag,
    summary: 'List orders',
    description:
      'Newest first. Filters are combined with "and". A page may hold fewer than `limit` and still not be the last.',
    roles: ['storefront', 'agent', 'admin'],
    query: z.strictObject({
      status: z.enum(orderStatuses).optional(),
      customer: z.string().min(1).max(254).optional().meta({ description: 'E-mail address or `cus_` id.' }),
      externalId: z.string().min(1).max(128).optional(),
      channel: z.string().min(1).max(64).optional().meta({ description: 'With externalId.' }),
      limit: Limit,
      cursor: Cursor,
    }),
    responses: { 200: { description: 'A page.', schema: pageOf(OrderSummary) } },
    problems: ['invalid_cursor'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getOrder: {
    method: 'GET',
    path: '/v1/orders/{id}',
    operationId: 'getOrder',
    tag,
    summary: 'Read an order',
    description: 'As of now. With If-None-Match and its current ETag: 304 without a body.',
    roles: everybody,
    params: orderPath,
    responses: { 200: order, 304: { description: 'Not changed since.', etag: true } },
    problems: ['order_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  listOrderEvents: {
    method: 'GET',
    path: '/v1/orders/{id}/events',
    operationId: 'listOrderEvents',
    tag,
    summary: 'Read what happened to an order',
    description: 'Oldest first, numbered without gaps: each event as it went on the bus and to webhooks.',
    roles: everybody,
    params: orderPath,
    query: z.strictObject({ afterSequence: AfterSequence, limit: EventLimit }),
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
    problems: ['order_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  listOrderExecutions: {
    method: 'GET',
    path: '/v1/orders/{id}/executions',
    operationId: 'listOrderExecutions',
    tag,
    summary: 'List the workflow executions of an order',
    description: 'Those that its events started, oldest first, with what Step Functions says of each.',
    roles: ['agent', 'admin'],
    params: orderPath,
    responses: {
      200: { description: 'Executions.', schema: z.looseObject({ data: z.array(ExecutionResource) }) },
    },
    problems: ['order_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  cancelOrder: {
    method: 'POST',
    path: '/v1/orders/{id}/cancel',
    operationId: 'cancelOrder',
    tag,
    summary: 'Cancel an order',
    description:
      'Gives stock back at once; the workflow `settle-order` voids what was authorized. Possible until a location accepts.',
    roles: rolesFor('cancel'),
    params: orderPath,
    body: CancelBody,
    bodyExample: { reason: 'customer_request' },
    responses: { 200: order },
    problems: ['order_not_found', 'cancel_not_possible', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
  retryOrder: {
    method: 'POST',
    path: '/v1/orders/{id}/retry',
    operationId: 'retryOrder',
    tag,
    summary: 'Retry a parked order',
    description: 'Resolves every open exception; the workflows that stopped start again.',
    roles: rolesFor('resolveException'),
    params: orderPath,
    responses: { 200: order },
    problems: ['order_not_found', 'nothing_to_retry', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
  confirmReceipt: {
    method: 'POST',
    path: '/v1/orders/{id}/confirm-receipt',
    operationId: 'confirmReceipt',
    tag,
    summary: 'Confirm that the customer has received everything',
    description: 'Possible once every unit is delivered.',
    roles: rolesFor('confirmReceipt'),
    params: orderPath,
    responses: { 200: order },
    problems: ['order_not_found', 'not_delivered', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
  placeHold: {
    method: 'POST',
    path: '/v1/orders/{id}/holds',
    operationId: 'placeHold',
    tag,
    summary: 'Put an order on hold',
    description:
      'Nothing new begins while an order has an active hold: no confirmation, no release, no acceptance, no shipping.',
    roles: rolesFor('hold'),
    params: orderPath,
    body: HoldBody,
    bodyExample: { handle: 'check-address', reason: 'ADDRESS', note: 'The street has no number.' },
    responses: { 200: order },
    problems: ['order_not_found', 'hold_exists', 'invalid_transition', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
  releaseHold: {
    method: 'DELETE',
    path: '/v1/orders/{id}/holds/{handle}',
    operationId: 'releaseHold',
    tag,
    summary: 'Release a hold',
    description: 'With the last hold gone the order goes on by itself.',
    roles: rolesFor('releaseHold'),
    params: {
      schema: orderPath.schema.extend({ handle: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:._-]{0,79}$/) }),
      problems: { id: 'order_not_found', handle: 'hold_not_found' },
    },
    responses: { 200: order },
    problems: ['order_not_found', 'hold_not_found', 'invalid_transition', 'version_mismatch'],
    idempotencyKey: 'optional',
    ifMatch: 'optional',
  },
});
