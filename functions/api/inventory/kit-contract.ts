import * as z from 'zod';
import { KitBody } from '../../../shared/api/kit-requests.ts';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';

const read = { method: 'GET', roles: everybody, idempotencyKey: 'none', ifMatch: 'none' } as const;
const kitPath = { schema: z.object({ sku: Sku }), problems: { sku: 'kit_not_found' } } as const;

export const kitContracts = defineContracts({
  listKits: {
    ...read,
    path: '/v1/kits',
    operationId: 'listKits',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    problems: ['invalid_cursor'],
  },
  getKit: { ...read, path: '/v1/kits/{sku}', operationId: 'getKit', params: kitPath, problems: ['kit_not_found'] },
  putKit: {
    method: 'PUT',
    path: '/v1/kits/{sku}',
    operationId: 'putKit',
    roles: ['admin'],
    params: kitPath,
    body: KitBody,
    problems: ['kit_not_found', 'unknown_sku', 'component_is_kit'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  deleteKit: {
    method: 'DELETE',
    path: '/v1/kits/{sku}',
    operationId: 'deleteKit',
    roles: ['admin'],
    params: kitPath,
    problems: ['kit_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
