import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';
import { RestrictionsBody } from './restrictions-requests.ts';

const path = '/v1/restrictions';

export const restrictionContracts = defineContracts({
  getRestrictions: {
    method: 'GET',
    path,
    operationId: 'getRestrictions',
    roles: everybody,
    problems: [],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  putRestrictions: {
    method: 'PUT',
    path,
    operationId: 'putRestrictions',
    roles: ['admin'],
    body: RestrictionsBody,
    problems: ['unknown_location'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
