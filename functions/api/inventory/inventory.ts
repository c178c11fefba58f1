import type { Location } from '../../../shared/domain/location.ts';
import { emptyBucket } from '../../../shared/domain/stock.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { StockDeps } from '../../../shared/use-cases/stock/execute-stock.ts';
import type { inventoryContracts } from './contract.ts';
import { answerStock } from './stock-answers.ts';
import { representBucket, representSku } from './stock-representation.ts';
import type { StockApiDeps } from './transfers.ts';

type RequestOf<Name extends keyof typeof inventoryContracts> = ApiRequest<(typeof inventoryContracts)[Name]>;

export interface InventoryDeps extends StockDeps {
  inventory: Inventory;
  system: System;
}

export async function putLocation(
  { inventory, system }: InventoryDeps,
  { params, body }: RequestOf<'putLocation'>,
): Promise<Answer> {
  const location: Location = { id: params.id, ...body, updatedAt: isoNow(system) };
  await inventory.putLocation(location);
  return { status: 200, body: location };
}

export async function getSku({ stockQueries }: StockApiDeps, { params }: RequestOf<'getSku'>): Promise<Answer> {
  const found = await stockQueries.sku(params.sku);
  if (found.buckets.length === 0) throw new ProblemError('sku_not_found');
  return { status: 200, body: representSku(found) };
}

/** A count of now, without a key: sent again, it says the same and changes nothing. */
export function putStock(deps: InventoryDeps, { params, body, ...request }: RequestOf<'putStock'>): Promise<Answer> {
  return answerStock(
    deps,
    { ...request, idempotency: undefined },
    { type: 'count', ...params, counted: body.onHand, onMissing: 'refuse', onlyDifference: true },
    {
      status: 200,
      represent: ({ buckets: [bucket] }) =>
        representBucket(bucket ?? emptyBucket(params.sku, params.locationId, isoNow(deps.system))),
    },
  );
}
