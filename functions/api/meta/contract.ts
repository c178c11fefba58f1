import { defineContracts } from '../../../shared/runtime/contract.ts';

const open = { roles: 'public', problems: [], idempotencyKey: 'none', ifMatch: 'none' } as const;

export const metaContracts = defineContracts({
  health: {
    ...open,
    method: 'GET',
    path: '/v1/health',
    operationId: 'getHealth',
  },
  openapi: {
    ...open,
    method: 'GET',
    path: '/v1/openapi.json',
    operationId: 'getOpenApi',
  },
  docs: {
    ...open,
    method: 'GET',
    path: '/docs',
    operationId: 'getDocs',
  },
});
