import * as z from 'zod';
import { Instant } from '../domain/order.ts';

export const WebhookEndpointResource = z
  .looseObject({
    id: z.string(),
    url: z.string(),
    eventTypes: z.array(z.string()),
    status: z.enum(['active', 'disabled']),
    disabledReason: z.string().optional(),
    description: z.string().optional(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'WebhookEndpoint' });

export const NewWebhookEndpointResource = WebhookEndpointResource.extend({
  secret: z
    .string()
    .meta({ description: 'Signs every delivery (Standard Webhooks, `v1`). Shown only in this answer.' }),
}).meta({ id: 'NewWebhookEndpoint' });

export const DeliveryResource = z
  .looseObject({
    eventId: z.string(),
    eventType: z.string(),
    status: z.enum(['pending', 'delivered', 'failed', 'exhausted']),
    endReason: z.string().optional(),
    attempts: z.array(
      z.looseObject({ at: Instant, status: z.int().optional(), latencyMs: z.int(), error: z.string().optional() }),
    ),
    createdAt: Instant,
    nextAttemptAt: Instant.optional(),
  })
  .meta({ id: 'WebhookDelivery' });
