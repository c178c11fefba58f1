import { skuPath } from '../../../shared/api/parameters.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { defineContracts, everybody } from '../../../shared/runtime/contract.ts';
import { PageQuery } from './parameters.ts';
import { CategoriesBody, CategoryBody, SafetyStockBody, SafetyStockQuery } from './safety-requests.ts';

const path = '/v1/safety-stock';
const write = { method: 'PUT', roles: ['admin'], idempotencyKey: 'none', ifMatch: 'none' } as const;

export const safetyContracts = defineContracts({
  listSafetyStock: {
    method: 'GET',
    path,
    operationId: 'listSafetyStock',
    roles: everybody,
    query: PageQuery.extend({ sku: Sku.optional() }),
    problems: ['invalid_cursor'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
  putSafetyStock: {
    ...write,
    path,
    operationId: 'putSafetyStock',
    body: SafetyStockBody,
    problems: ['unknown_location', 'unknown_storefront'],
  },
  deleteSafetyStock: {
    ...write,
    method: 'DELETE',
    path,
    operationId: 'deleteSafetyStock',
    query: SafetyStockQuery,
    problems: ['safety_stock_not_found'],
  },
  putCategory: {
    ...write,
    path: '/v1/inventory/{sku}/category',
    operationId: 'putSkuCategory',
    params: skuPath,
    body: CategoryBody,
    problems: ['sku_not_found'],
  },
  putCategories: {
    ...write,
    path: '/v1/sku-categories',
    operationId: 'putSkuCategories',
    body: CategoriesBody,
    problems: ['unknown_sku'],
  },
});
