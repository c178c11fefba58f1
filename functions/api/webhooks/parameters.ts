import * as z from 'zod';
import { EndpointId } from '../../../shared/ports/webhooks.ts';

export const endpointPath = {
  schema: z.object({ id: EndpointId }),
  problems: { id: 'webhook_endpoint_not_found' },
} as const;
