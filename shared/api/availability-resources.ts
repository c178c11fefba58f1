import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { Units } from './resource-fields.ts';

export const AvailabilityResource = z
  .looseObject({
    sku: z.string(),
    availableToSell: Units.meta({ description: 'ATS: what could be shipped to a customer of this storefront.' }),
    status: z.enum(['in_stock', 'low_stock', 'out_of_stock', 'unknown']),
    locations: z
      .array(
        z.looseObject({
          locationId: z.string(),
          name: z.string(),
          kind: z.string(),
          availableToSell: Units,
          ships: z.boolean(),
          pickupReadyAt: Instant.optional().meta({
            description: 'An order placed now could be picked up from then on.',
          }),
          kilometers: z.number().optional().meta({ description: 'As the crow flies.' }),
        }),
      )
      .meta({ description: 'Nearest first when a place is given, else by id.' }),
  })
  .meta({ id: 'Availability' });
