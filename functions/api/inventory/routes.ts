import type { StockLevels } from '../../../shared/ports/stock-store.ts';
import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { inventoryContracts, kitContracts, stockContracts } from './contract.ts';
import { getSku, type InventoryDeps, putLocation, putStock } from './inventory.ts';
import { deleteKit, getKit, type KitDeps, listKits, putKit } from './kits.ts';
import { adjustStock, countStock, moveStock, receiveStock } from './movements.ts';
import { getShards, putShards, type ShardsApiDeps } from './shards.ts';
import { listLedger, listSkus, putThreshold } from './stock-lists.ts';
import { cancelSupply, createSupply, getSupply, listSupplies, putSupply } from './supplies.ts';
import {
  cancelTransfer,
  createTransfer,
  getTransfer,
  listTransfers,
  receiveTransfer,
  type StockApiDeps,
} from './transfers.ts';

/** The routes of locations and stock over injected ports. */
export const inventoryRoutes = (
  deps: InventoryDeps & StockApiDeps & KitDeps & ShardsApiDeps & { levels: StockLevels } & Guarded,
): ApiHandler =>
  defineRoutes({ ...inventoryContracts, ...stockContracts, ...kitContracts }, deps.door, {
    putLocation: (request) => putLocation(deps, request),
    getSku: (request) => getSku(deps, request),
    putStock: (request) => putStock(deps, request),
    listSkus: (request) => listSkus(deps, request),
    putThreshold: (request) => putThreshold(deps, request),
    getShards: (request) => getShards(deps, request),
    putShards: (request) => putShards(deps, request),
    listLedger: (request) => listLedger(deps, request),
    adjustStock: (request) => adjustStock(deps, request),
    receiveStock: (request) => receiveStock(deps, request),
    countStock: (request) => countStock(deps, request),
    moveStock: (request) => moveStock(deps, request),
    createTransfer: (request) => createTransfer(deps, request),
    listTransfers: (request) => listTransfers(deps, request),
    getTransfer: (request) => getTransfer(deps, request),
    receiveTransfer: (request) => receiveTransfer(deps, request),
    cancelTransfer: (request) => cancelTransfer(deps, request),
    createSupply: (request) => createSupply(deps, request),
    listSupplies: (request) => listSupplies(deps, request),
    getSupply: (request) => getSupply(deps, request),
    putSupply: (request) => putSupply(deps, request),
    cancelSupply: (request) => cancelSupply(deps, request),
    listKits: (request) => listKits(deps, request),
    getKit: (request) => getKit(deps, request),
    putKit: (request) => putKit(deps, request),
    deleteKit: (request) => deleteKit(deps, request),
  });
