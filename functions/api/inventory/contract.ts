import * as z from 'zod';
import { locationPath, skuPath } from '../../../shared/api/parameters.ts';
import { LocationBody, StockBody } from '../../../shared/api/requests.ts';
import { BucketResource, LocationResource, SkuResource } from '../../../shared/api/resources.ts';
import { LocationId } from '../../../shared/domain/ids.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';

const tag = 'Inventory';

export const inventoryContracts = defineContracts({
  listLocations: {
    method: 'GET',
    path: '/v1/locations',
    operationId: 'listLocations',
    tag,
    summary: 'List locations',
    description: 'All of them, by id.',
    roles: everybody,
    responses: { 200: { description: 'Locations.', schema: z.looseObject({ data: z.array(LocationResource) }) } },
    problems: [],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  putLocation: {
    method: 'PUT',
    path: '/v1/locations/{id}',
    operationId: 'putLocation',
    tag,
    summary: 'Create or replace a location',
    description: 'A place that holds stock and serves orders. Routing takes notice within seconds.',
    roles: ['admin'],
    params: locationPath,
    body: LocationBody,
    bodyExample: {
      name: 'Madrid',
      kind: 'distribution_center',
      country: 'ES',
      timeZone: 'Europe/Madrid',
      priority: 200,
    },
    responses: { 200: { description: 'The location.', schema: LocationResource } },
    problems: ['location_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getSku: {
    method: 'GET',
    path: '/v1/inventory/{sku}',
    operationId: 'getSkuStock',
    tag,
    summary: 'Read the stock of a SKU',
    description: 'At every location, and in total.',
    roles: everybody,
    params: skuPath,
    responses: { 200: { description: 'The stock.', schema: SkuResource } },
    problems: ['sku_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  putStock: {
    method: 'PUT',
    path: '/v1/inventory/{sku}/locations/{locationId}',
    operationId: 'putStock',
    tag,
    summary: 'Set what was counted',
    description:
      'Units promised to orders stay promised: `available` takes the difference. Backorders that can be served go on by themselves.',
    roles: ['warehouse', 'admin'],
    params: {
      schema: skuPath.schema.extend({ locationId: LocationId }),
      problems: { sku: 'sku_not_found', locationId: 'location_not_found' },
    },
    body: StockBody,
    bodyExample: { onHand: 100 },
    responses: { 200: { description: 'The stock at this location.', schema: BucketResource } },
    problems: ['sku_not_found', 'location_not_found', 'below_committed'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
