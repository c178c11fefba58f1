import * as z from 'zod';
import { MomentGiven } from '../../../shared/api/fields.ts';
import { Cursor, inOrder, Limit, skuPath } from '../../../shared/api/parameters.ts';
import {
  AdjustmentBody,
  ChangeSupplyBody,
  CountBody,
  ReasonBody,
  ReceiptBody,
  ReceiveTransferBody,
  ShardsBody,
  SupplyBody,
  ThresholdBody,
  TransferBody,
  UnavailableBody,
} from '../../../shared/api/stock-requests.ts';
import { LocationId, Sku } from '../../../shared/domain/ids.ts';
import { SupplyId, SupplyStatus } from '../../../shared/domain/stock/supply.ts';
import { TransferId, TransferStatus } from '../../../shared/domain/stock/transfer.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';

const workers = ['warehouse', 'admin'] as const;
const readers = ['agent', ...workers] as const;

const bucketPath = {
  schema: skuPath.schema.extend({ locationId: LocationId }),
  problems: { sku: 'sku_not_found', locationId: 'location_not_found' },
} as const;
const transferPath = { schema: z.object({ id: TransferId }), problems: { id: 'transfer_not_found' } } as const;
const supplyPath = { schema: z.object({ id: SupplyId }), problems: { id: 'supply_not_found' } } as const;

/** Everything that moves units has a key: sent again, it moves them once. */
const move = { method: 'POST', roles: workers, idempotencyKey: 'required', ifMatch: 'none' } as const;
const read = { method: 'GET', roles: readers, idempotencyKey: 'none', ifMatch: 'none' } as const;

const atBucket = '/v1/inventory/{sku}/locations/{locationId}';

/** Each kind of movement is a collection of its own: their bodies have little in common, and a fault is told at its field. */
export const stockContracts = defineContracts({
  listSkus: {
    ...read,
    path: '/v1/inventory',
    operationId: 'listSkus',
    query: z.strictObject({
      location: LocationId.optional(),
      level: z.enum(['low', 'out']).optional(),
      limit: Limit,
      cursor: Cursor,
    }),
    problems: ['invalid_cursor'],
  },
  putThreshold: {
    method: 'PUT',
    path: '/v1/inventory/{sku}/threshold',
    operationId: 'putStockThreshold',
    roles: workers,
    params: skuPath,
    body: ThresholdBody,
    problems: ['sku_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  getShards: {
    ...read,
    path: '/v1/inventory/{sku}/shards',
    operationId: 'getStockShards',
    params: skuPath,
    problems: ['sku_not_found'],
  },
  putShards: {
    method: 'PUT',
    path: '/v1/inventory/{sku}/shards',
    operationId: 'putStockShards',
    roles: workers,
    params: skuPath,
    body: ShardsBody,
    problems: ['sku_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  listLedger: {
    ...read,
    path: '/v1/inventory/{sku}/ledger',
    operationId: 'listStockLedger',
    params: skuPath,
    query: z
      .strictObject({
        location: LocationId.optional(),
        from: MomentGiven.optional().meta({ description: 'At or after.' }),
        to: MomentGiven.optional().meta({ description: 'Before.' }),
        limit: Limit,
        cursor: Cursor,
      })
      .check(inOrder),
    problems: ['sku_not_found', 'invalid_cursor'],
  },
  adjustStock: {
    ...move,
    path: `${atBucket}/adjustments`,
    operationId: 'adjustStock',
    params: bucketPath,
    body: AdjustmentBody,
    problems: ['sku_not_found', 'location_not_found', 'insufficient_stock', 'stock_limit'],
  },
  receiveStock: {
    ...move,
    path: `${atBucket}/receipts`,
    operationId: 'receiveStock',
    params: bucketPath,
    body: ReceiptBody,
    problems: [
      'sku_not_found',
      'location_not_found',
      'stock_limit',
      'supply_not_found',
      'supply_closed',
      'supply_mismatch',
      'supply_of_transfer',
    ],
  },
  countStock: {
    ...move,
    path: `${atBucket}/counts`,
    operationId: 'countStock',
    params: bucketPath,
    body: CountBody,
    problems: ['sku_not_found', 'location_not_found', 'below_committed', 'count_time_not_allowed', 'stock_limit'],
  },
  moveStock: {
    ...move,
    path: `${atBucket}/unavailable`,
    operationId: 'moveStock',
    params: bucketPath,
    body: UnavailableBody,
    problems: ['sku_not_found', 'location_not_found', 'insufficient_stock'],
  },
  createTransfer: {
    ...move,
    path: '/v1/transfers',
    operationId: 'createTransfer',
    body: TransferBody,
    problems: ['duplicate_sku', 'unknown_location', 'insufficient_stock', 'stock_limit'],
  },
  listTransfers: {
    ...read,
    path: '/v1/transfers',
    operationId: 'listTransfers',
    query: z.strictObject({
      status: TransferStatus.optional(),
      location: LocationId.optional().meta({ description: 'Where it comes from or goes to.' }),
      limit: Limit,
      cursor: Cursor,
    }),
    problems: ['invalid_cursor'],
  },
  getTransfer: {
    ...read,
    path: '/v1/transfers/{id}',
    operationId: 'getTransfer',
    params: transferPath,
    problems: ['transfer_not_found'],
  },
  receiveTransfer: {
    ...move,
    path: '/v1/transfers/{id}/receive',
    operationId: 'receiveTransfer',
    params: transferPath,
    body: ReceiveTransferBody,
    bodyOptional: true,
    problems: ['duplicate_sku', 'transfer_not_found', 'transfer_closed', 'not_in_transit', 'stock_limit'],
  },
  cancelTransfer: {
    ...move,
    path: '/v1/transfers/{id}/cancel',
    operationId: 'cancelTransfer',
    params: transferPath,
    body: ReasonBody,
    problems: ['transfer_not_found', 'transfer_closed', 'stock_limit'],
  },
  createSupply: {
    ...move,
    path: '/v1/supplies',
    operationId: 'createSupply',
    body: SupplyBody,
    problems: ['unknown_location'],
  },
  listSupplies: {
    ...read,
    path: '/v1/supplies',
    operationId: 'listSupplies',
    query: z.strictObject({
      sku: Sku.optional(),
      location: LocationId.optional(),
      status: SupplyStatus.default('expected'),
      limit: Limit,
      cursor: Cursor,
    }),
    problems: ['invalid_cursor'],
  },
  getSupply: {
    ...read,
    path: '/v1/supplies/{id}',
    operationId: 'getSupply',
    params: supplyPath,
    problems: ['supply_not_found'],
  },
  putSupply: {
    method: 'PUT',
    path: '/v1/supplies/{id}',
    operationId: 'putSupply',
    roles: workers,
    params: supplyPath,
    body: ChangeSupplyBody,
    problems: ['supply_not_found', 'supply_closed', 'supply_of_transfer', 'below_promised'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  cancelSupply: {
    ...move,
    path: '/v1/supplies/{id}/cancel',
    operationId: 'cancelSupply',
    params: supplyPath,
    body: ReasonBody,
    problems: ['supply_not_found', 'supply_closed', 'supply_of_transfer'],
  },
});
