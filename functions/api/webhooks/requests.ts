import * as z from 'zod';
import { text } from '../../../shared/api/fields.ts';
import { EventFilter } from '../../../shared/ports/webhooks.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const WebhookEndpointBody = z
  .strictObject({
    url: z.string().max(2000),
    eventTypes: z.array(EventFilter).min(1).max(50).default(['*']),
    description: text(300).optional(),
  })
  .meta({ id: 'CreateWebhookEndpoint' });
export type WebhookEndpointBody = z.output<typeof WebhookEndpointBody>;
