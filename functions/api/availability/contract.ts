import * as z from 'zod';
import { Country } from '../../../shared/domain/country.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';
import { Degrees } from './parameters.ts';
import { AvailabilityBody } from './requests.ts';

const common = { roles: everybody, idempotencyKey: 'none', ifMatch: 'none' } as const;

export const availabilityContracts = defineContracts({
  getAvailability: {
    ...common,
    method: 'GET',
    path: '/v1/availability',
    operationId: 'getAvailability',
    query: z.strictObject({
      sku: Sku,
      storefront: StorefrontId,
      country: Country.optional(),
      postalCode: z.string().min(1).max(20).optional(),
      latitude: Degrees(90).optional(),
      longitude: Degrees(180).optional(),
    }),
    problems: ['sku_not_found', 'storefront_not_found', 'unknown_place'],
  },
  askAvailability: {
    ...common,
    method: 'POST',
    path: '/v1/availability',
    operationId: 'askAvailability',
    body: AvailabilityBody,
    problems: ['storefront_not_found', 'unknown_place'],
  },
});
