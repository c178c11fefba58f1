import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { fraudContracts } from './contract.ts';
import { deleteEntry, type FraudDeps, getRules, listEntries, putEntry, putRules } from './fraud.ts';

/** The routes of screening over injected ports. */
export const fraudRoutes = (deps: FraudDeps & Guarded): ApiHandler =>
  defineRoutes(fraudContracts, deps.door, {
    getFraudRules: () => getRules(deps),
    putFraudRules: (request) => putRules(deps, request),
    listBlocklist: (request) => listEntries(deps, request),
    addToBlocklist: (request) => putEntry(deps, request),
    deleteFromBlocklist: (request) => deleteEntry(deps, request),
  });
