import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { networkContracts } from './contract.ts';
import * as entities from './legal-entities.ts';
import { legalEntityContracts } from './legal-entity-contract.ts';
import * as locations from './locations.ts';
import { locationContracts } from './locations-contract.ts';
import * as network from './network.ts';
import * as restrictions from './restrictions.ts';
import { restrictionContracts } from './restrictions-contract.ts';
import * as rules from './rules.ts';
import { rulesContracts } from './rules-contract.ts';
import { safetyContracts } from './safety-contract.ts';
import * as safety from './safety-stock.ts';

const contracts = {
  ...networkContracts,
  ...locationContracts,
  ...rulesContracts,
  ...legalEntityContracts,
  ...safetyContracts,
  ...restrictionContracts,
} as const;

/** The routes of legal entities, storefronts, locations and their groups, shipping rates, restrictions and safety stock over injected ports. */
export const networkRoutes = (deps: network.NetworkDeps & entities.LegalEntityDeps & Guarded): ApiHandler =>
  defineRoutes(contracts, deps.door, {
    listLocations: (request) => locations.listLocations(deps, request),
    getLocation: (request) => locations.getLocation(deps, request),
    getCapacity: (request) => locations.getCapacity(deps, request),
    listStorefronts: (request) => network.listStorefronts(deps, request),
    getStorefront: (request) => network.getStorefront(deps, request),
    putStorefront: (request) => network.putStorefront(deps, request),
    deleteStorefront: (request) => network.deleteStorefront(deps, request),
    listLocationGroups: (request) => network.listLocationGroups(deps, request),
    getLocationGroup: (request) => network.getLocationGroup(deps, request),
    putLocationGroup: (request) => network.putLocationGroup(deps, request),
    deleteLocationGroup: (request) => network.deleteLocationGroup(deps, request),
    putGroupLocation: (request) => network.putGroupLocation(deps, request),
    deleteGroupLocation: (request) => network.deleteGroupLocation(deps, request),
    getShippingRates: () => network.getShippingRates(deps),
    putShippingRates: (request) => network.putShippingRates(deps, request),
    listRoutingRules: (request) => rules.listRoutingRules(deps, request),
    getRoutingRules: (request) => rules.getRoutingRules(deps, request),
    putRoutingRules: (request) => rules.putRoutingRules(deps, request),
    validateRoutingRules: (request) => rules.validateRoutingRules(deps, request),
    deleteRoutingRules: (request) => rules.deleteRoutingRules(deps, request),
    listLegalEntities: (request) => entities.listLegalEntities(deps, request),
    getLegalEntity: (request) => entities.getLegalEntity(deps, request),
    putLegalEntity: (request) => entities.putLegalEntity(deps, request),
    deleteLegalEntity: (request) => entities.deleteLegalEntity(deps, request),
    getLogo: (request) => entities.getLogo(deps, request),
    putLogo: (request) => entities.putLogo(deps, request),
    deleteLogo: (request) => entities.deleteLogo(deps, request),
    listSafetyStock: (request) => safety.listSafetyStock(deps, request),
    putSafetyStock: (request) => safety.putSafetyStock(deps, request),
    deleteSafetyStock: (request) => safety.deleteSafetyStock(deps, request),
    putCategory: (request) => safety.putCategory(deps, request),
    putCategories: (request) => safety.putCategories(deps, request),
    getRestrictions: () => restrictions.getRestrictions(deps),
    putRestrictions: (request) => restrictions.putRestrictions(deps, request),
  });
