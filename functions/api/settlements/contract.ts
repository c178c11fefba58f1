import { defineContracts } from '../../../shared/runtime/contract.ts';
import { differencePath, ListQuery, Paged, partPath, settlementPath } from './parameters.ts';
import { ResolveBody, SettlementBody, SettlementPartBody } from './requests.ts';

const common = { roles: ['finance', 'admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;
const path = '/v1/settlements';

export const settlementContracts = defineContracts({
  createSettlement: {
    ...common,
    method: 'POST',
    path,
    operationId: 'createSettlement',
    body: SettlementBody,
    multiline: ['csv'],
    // The same file is the same settlement, however often it is sent.
    problems: [],
  },
  listSettlements: {
    ...common,
    method: 'GET',
    path,
    operationId: 'listSettlements',
    query: ListQuery,
    problems: ['invalid_cursor'],
  },
  getSettlement: {
    ...common,
    method: 'GET',
    path: `${path}/{id}`,
    operationId: 'getSettlement',
    params: settlementPath,
    problems: ['settlement_not_found'],
  },
  putSettlementPart: {
    ...common,
    method: 'PUT',
    path: `${path}/{id}/parts/{n}`,
    operationId: 'putSettlementPart',
    params: partPath,
    body: SettlementPartBody,
    multiline: ['csv'],
    problems: ['settlement_not_found', 'settlement_part_not_found', 'settlement_submitted'],
  },
  submitSettlement: {
    ...common,
    method: 'POST',
    path: `${path}/{id}/submit`,
    operationId: 'submitSettlement',
    params: settlementPath,
    problems: ['settlement_not_found', 'settlement_incomplete', 'settlement_known'],
  },
  listSettlementErrors: {
    ...common,
    method: 'GET',
    path: `${path}/{id}/errors`,
    operationId: 'listSettlementErrors',
    params: settlementPath,
    query: Paged,
    problems: ['settlement_not_found', 'invalid_cursor'],
  },
  listDifferences: {
    ...common,
    method: 'GET',
    path: `${path}/{id}/differences`,
    operationId: 'listDifferences',
    params: settlementPath,
    query: Paged,
    problems: ['settlement_not_found', 'invalid_cursor'],
  },
  resolveDifference: {
    ...common,
    method: 'POST',
    path: `${path}/{id}/differences/{differenceId}/resolve`,
    operationId: 'resolveDifference',
    params: differencePath,
    body: ResolveBody,
    problems: ['settlement_not_found', 'difference_not_found', 'rounding_too_large'],
  },
});
