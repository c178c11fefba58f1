import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { settlementContracts } from './contract.ts';
import {
  createSettlement,
  getSettlement,
  listDifferences,
  listSettlementErrors,
  listSettlements,
  putSettlementPart,
  resolveDifference,
  type SettlementApiDeps,
  submitSettlement,
} from './settlements.ts';

/** The routes of settlement files over injected ports. */
export const settlementRoutes = (deps: SettlementApiDeps & Guarded): ApiHandler =>
  defineRoutes(settlementContracts, deps.door, {
    createSettlement: (request) => createSettlement(deps, request),
    listSettlements: (request) => listSettlements(deps, request),
    getSettlement: (request) => getSettlement(deps, request),
    putSettlementPart: (request) => putSettlementPart(deps, request),
    submitSettlement: (request) => submitSettlement(deps, request),
    listSettlementErrors: (request) => listSettlementErrors(deps, request),
    listDifferences: (request) => listDifferences(deps, request),
    resolveDifference: (request) => resolveDifference(deps, request),
  });
