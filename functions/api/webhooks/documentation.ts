import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import {
  DeliveryResource,
  NewWebhookEndpointResource,
  WebhookEndpointResource,
} from '../../../shared/api/webhook-resources.ts';
import { webhookContracts } from './contract.ts';

export const webhookDocumentation = documented('Webhooks', webhookContracts, {
  createWebhookEndpoint: {
    summary: 'Register a webhook endpoint',
    description:
      'Every event whose type fits `eventTypes` is posted there, signed by Standard Webhooks. The secret is in this answer only ' +
      '(and in its replay under the same Idempotency-Key).',
    bodyExample: { url: 'https://partner.example.com/webhooks', eventTypes: ['order.*', 'fulfillment.shipped'] },
    responses: { 201: { description: 'The endpoint, with its secret.', schema: NewWebhookEndpointResource } },
  },
  listWebhookEndpoints: {
    summary: 'List webhook endpoints',
    description: 'All of them, oldest first.',
    responses: {
      200: { description: 'Endpoints.', schema: z.looseObject({ data: z.array(WebhookEndpointResource) }) },
    },
  },
  getWebhookEndpoint: {
    summary: 'Read a webhook endpoint',
    description: 'Without its secret.',
    responses: { 200: { description: 'The endpoint.', schema: WebhookEndpointResource } },
  },
  deleteWebhookEndpoint: {
    summary: 'Delete a webhook endpoint',
    description: 'Deliveries that are under way end.',
    responses: { 204: { description: 'It is gone.' } },
  },
  listWebhookDeliveries: {
    summary: 'List the deliveries of an endpoint',
    description: 'Newest event first, each with its attempts.',
    responses: { 200: { description: 'A page.', schema: pageOf(DeliveryResource) } },
  },
});
