import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { inventoryContracts } from './contract.ts';
import { getSku, type InventoryDeps, listLocations, putLocation, putStock } from './inventory.ts';

/** The routes of locations and stock over injected ports. */
export const inventoryRoutes = (deps: InventoryDeps & Guarded): ApiHandler =>
  defineRoutes(inventoryContracts, deps.door, {
    listLocations: () => listLocations(deps),
    putLocation: (request) => putLocation(deps, request),
    getSku: (request) => getSku(deps, request),
    putStock: (request) => putStock(deps, request),
  });
