import * as z from 'zod';
import { Cursor, endpointPath, Limit } from '../../../shared/api/parameters.ts';
import { WebhookEndpointBody } from '../../../shared/api/requests.ts';
import {
  DeliveryResource,
  NewWebhookEndpointResource,
  pageOf,
  WebhookEndpointResource,
} from '../../../shared/api/resources.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';

const tag = 'Webhooks';
const roles = ['admin'] as const;

export const webhookContracts = defineContracts({
  createWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook-endpoints',
    operationId: 'createWebhookEndpoint',
    tag,
    summary: 'Register a webhook endpoint',
    description:
      'Every event whose type fits `eventTypes` is posted there, signed by Standard Webhooks. The secret is in this answer only ' +
      '(and in its replay under the same Idempotency-Key).',
    roles,
    body: WebhookEndpointBody,
    bodyExample: { url: 'https://partner.example.com/webhooks', eventTypes: ['order.*', 'fulfillment.shipped'] },
    responses: { 201: { description: 'The endpoint, with its secret.', schema: NewWebhookEndpointResource } },
    problems: ['webhook_url_not_allowed', 'too_many_webhook_endpoints'],
    idempotencyKey: 'optional',
    ifMatch: 'none',
  },
  listWebhookEndpoints: {
    method: 'GET',
    path: '/v1/webhook-endpoints',
    operationId: 'listWebhookEndpoints',
    tag,
    summary: 'List webhook endpoints',
    description: 'All of them, oldest first.',
    roles,
    responses: {
      200: { description: 'Endpoints.', schema: z.looseObject({ data: z.array(WebhookEndpointResource) }) },
    },
    problems: [],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getWebhookEndpoint: {
    method: 'GET',
    path: '/v1/webhook-endpoints/{id}',
    operationId: 'getWebhookEndpoint',
    tag,
    summary: 'Read a webhook endpoint',
    description: 'Without its secret.',
    roles,
    params: endpointPath,
    responses: { 200: { description: 'The endpoint.', schema: WebhookEndpointResource } },
    problems: ['webhook_endpoint_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  deleteWebhookEndpoint: {
    method: 'DELETE',
    path: '/v1/webhook-endpoints/{id}',
    operationId: 'deleteWebhookEndpoint',
    tag,
    summary: 'Delete a webhook endpoint',
    description: 'Deliveries that are under way end.',
    roles,
    params: endpointPath,
    responses: { 204: { description: 'It is gone.' } },
    problems: ['webhook_endpoint_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/v1/webhook-endpoints/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    tag,
    summary: 'List the deliveries of an endpoint',
    description: 'Newest event first, each with its attempts.',
    roles,
    params: endpointPath,
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    responses: { 200: { description: 'A page.', schema: pageOf(DeliveryResource) } },
    problems: ['webhook_endpoint_not_found', 'invalid_cursor'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
