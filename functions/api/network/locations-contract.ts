import * as z from 'zod';
import { Days, locationPath } from '../../../shared/api/parameters.ts';
import { LocationKind } from '../../../shared/domain/location.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';
import { PageQuery } from './parameters.ts';

const read = { method: 'GET', roles: everybody, idempotencyKey: 'none', ifMatch: 'none' } as const;
const one = { params: locationPath, problems: ['location_not_found'] } as const;

export const locationContracts = defineContracts({
  listLocations: {
    ...read,
    path: '/v1/locations',
    operationId: 'listLocations',
    query: PageQuery.extend({
      kind: LocationKind.optional(),
      enabled: z.enum(['true', 'false']).optional().meta({ description: 'false: disabled, or out of service.' }),
    }),
    problems: ['invalid_cursor'],
  },
  getLocation: { ...read, ...one, path: '/v1/locations/{id}', operationId: 'getLocation' },
  getCapacity: {
    ...read,
    ...one,
    path: '/v1/locations/{id}/capacity',
    operationId: 'getLocationCapacity',
    roles: ['agent', 'warehouse', 'admin'],
    query: z.strictObject({
      from: z.iso.date().optional().meta({ description: "On the location's calendar. Default: its today." }),
      days: Days,
    }),
  },
});
