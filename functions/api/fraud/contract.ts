import * as z from 'zod';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { listKinds } from '../../../shared/domain/fraud/facts.ts';
import { ListEntryId } from '../../../shared/domain/fraud/list-entry.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';
import { FraudRulesBody, ListEntryBody } from './requests.ts';

/** Who sees the rules knows how to stay below them: no storefront does. */
const read = { method: 'GET', roles: ['agent', 'admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;
const write = { roles: ['admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;

export const fraudContracts = defineContracts({
  getFraudRules: { ...read, path: '/v1/fraud/rules', operationId: 'getFraudRules', problems: [] },
  putFraudRules: {
    ...write,
    method: 'PUT',
    path: '/v1/fraud/rules',
    operationId: 'putFraudRules',
    body: FraudRulesBody,
    problems: [],
  },
  listBlocklist: {
    ...read,
    path: '/v1/fraud/blocklist',
    operationId: 'listBlocklist',
    query: z.strictObject({ kind: z.enum(listKinds).optional(), limit: Limit, cursor: Cursor }),
    problems: ['invalid_cursor'],
  },
  addToBlocklist: {
    ...write,
    method: 'POST',
    path: '/v1/fraud/blocklist',
    operationId: 'addToBlocklist',
    body: ListEntryBody,
    problems: [],
  },
  deleteFromBlocklist: {
    ...write,
    method: 'DELETE',
    path: '/v1/fraud/blocklist/{id}',
    operationId: 'deleteFromBlocklist',
    params: { schema: z.object({ id: ListEntryId }), problems: { id: 'list_entry_not_found' } },
    problems: ['list_entry_not_found'],
  },
});
