import { defineContracts } from '../../../shared/runtime/contract.ts';
import { AccountsQuery, EntriesQuery, ExportQuery, TrialBalanceQuery } from './parameters.ts';
import { AccountCodesBody, entityPath } from './requests.ts';

const read = { method: 'GET', roles: ['finance', 'admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;

export const ledgerContracts = defineContracts({
  getTrialBalance: {
    ...read,
    path: '/v1/ledger/trial-balance',
    operationId: 'getTrialBalance',
    query: TrialBalanceQuery,
    problems: [],
  },
  listLedgerEntries: {
    ...read,
    path: '/v1/ledger/entries',
    operationId: 'listLedgerEntries',
    query: EntriesQuery,
    problems: ['invalid_cursor'],
  },
  exportLedger: {
    ...read,
    path: '/v1/ledger/export',
    operationId: 'exportLedger',
    query: ExportQuery,
    problems: ['invalid_cursor'],
  },
  listLedgerAccounts: {
    ...read,
    path: '/v1/ledger/accounts',
    operationId: 'listLedgerAccounts',
    query: AccountsQuery,
    problems: [],
  },
  putLedgerAccounts: {
    ...read,
    method: 'PUT',
    path: '/v1/ledger/accounts/{legalEntityId}',
    operationId: 'putLedgerAccounts',
    params: entityPath,
    body: AccountCodesBody,
    problems: [],
  },
});
