import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { Units } from './resource-fields.ts';

export const CartHoldResource = z
  .looseObject({
    id: z.string(),
    storefront: z.string(),
    state: z.enum(['HELD', 'CONVERTED', 'RELEASED', 'EXPIRED']),
    units: z.array(z.looseObject({ sku: z.string(), locationId: z.string(), quantity: Units })),
    createdAt: Instant,
    heldUntil: Instant.meta({ description: 'From then on the units are for sale again.' }),
    endedAt: Instant.optional(),
    orderId: z.string().optional(),
  })
  .meta({ id: 'CartHold' });
