import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { ledgerContracts } from './contract.ts';
import { exportLedger } from './export.ts';
import {
  getTrialBalance,
  type LedgerApiDeps,
  listLedgerAccounts,
  listLedgerEntries,
  putLedgerAccounts,
} from './ledger.ts';

/** The routes of the books over injected ports. */
export const ledgerRoutes = (deps: LedgerApiDeps & Guarded): ApiHandler =>
  defineRoutes(ledgerContracts, deps.door, {
    getTrialBalance: (request) => getTrialBalance(deps, request),
    listLedgerEntries: (request) => listLedgerEntries(deps, request),
    exportLedger: (request) => exportLedger(deps, request),
    listLedgerAccounts: (request) => listLedgerAccounts(deps, request),
    putLedgerAccounts: (request) => putLedgerAccounts(deps, request),
  });
