import * as z from 'zod';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { endpointPath } from './parameters.ts';
import { WebhookEndpointBody } from './requests.ts';

const roles = ['admin'] as const;

export const webhookContracts = defineContracts({
  createWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook-endpoints',
    operationId: 'createWebhookEndpoint',
    roles,
    body: WebhookEndpointBody,
    problems: ['webhook_url_not_allowed', 'too_many_webhook_endpoints', 'webhook_endpoint_deleted'],
    idempotencyKey: 'optional',
    ifMatch: 'none',
  },
  listWebhookEndpoints: {
    method: 'GET',
    path: '/v1/webhook-endpoints',
    operationId: 'listWebhookEndpoints',
    roles,
    problems: [],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getWebhookEndpoint: {
    method: 'GET',
    path: '/v1/webhook-endpoints/{id}',
    operationId: 'getWebhookEndpoint',
    roles,
    params: endpointPath,
    problems: ['webhook_endpoint_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  deleteWebhookEndpoint: {
    method: 'DELETE',
    path: '/v1/webhook-endpoints/{id}',
    operationId: 'deleteWebhookEndpoint',
    roles,
    params: endpointPath,
    problems: ['webhook_endpoint_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/v1/webhook-endpoints/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    roles,
    params: endpointPath,
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    problems: ['webhook_endpoint_not_found', 'invalid_cursor'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
