import { locationPath } from '../../../shared/api/parameters.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { operationPath } from './parameters.ts';
import { OutageBody } from './requests.ts';

export const operationContracts = defineContracts({
  startOutage: {
    method: 'POST',
    path: '/v1/locations/{id}/outage',
    operationId: 'startOutage',
    roles: ['admin'],
    params: locationPath,
    body: OutageBody,
    problems: ['location_not_found', 'outage_exists'],
    // A location is in one outage at a time: the same request again finds it.
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  endOutage: {
    method: 'DELETE',
    path: '/v1/locations/{id}/outage',
    operationId: 'endOutage',
    roles: ['admin'],
    params: locationPath,
    problems: ['location_not_found', 'outage_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getOperation: {
    method: 'GET',
    path: '/v1/operations/{id}',
    operationId: 'getOperation',
    roles: ['agent', 'warehouse', 'admin'],
    params: operationPath,
    problems: ['operation_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
