import { locationPath, skuPath } from '../../../shared/api/parameters.ts';
import { LocationId } from '../../../shared/domain/ids.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';
import { LocationBody, StockBody } from './requests.ts';

export const inventoryContracts = defineContracts({
  putLocation: {
    method: 'PUT',
    path: '/v1/locations/{id}',
    operationId: 'putLocation',
    roles: ['admin'],
    params: locationPath,
    body: LocationBody,
    problems: ['location_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getSku: {
    method: 'GET',
    path: '/v1/inventory/{sku}',
    operationId: 'getSkuStock',
    roles: everybody,
    params: skuPath,
    problems: ['sku_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  putStock: {
    method: 'PUT',
    path: '/v1/inventory/{sku}/locations/{locationId}',
    operationId: 'putStock',
    roles: ['warehouse', 'admin'],
    params: {
      schema: skuPath.schema.extend({ locationId: LocationId }),
      problems: { sku: 'sku_not_found', locationId: 'location_not_found' },
    },
    body: StockBody,
    problems: ['sku_not_found', 'location_not_found', 'below_committed'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});

export { kitContracts } from './kit-contract.ts';
export { stockContracts } from './stock-contract.ts';
