import { pageAnswer } from '../../../shared/api/listing.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import type { StockLevels } from '../../../shared/ports/stock-store.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { stockContracts } from './stock-contract.ts';
import { representLedgerLine, representSku } from './stock-representation.ts';
import type { StockApiDeps } from './transfers.ts';

type RequestOf<Name extends keyof typeof stockContracts> = ApiRequest<(typeof stockContracts)[Name]>;

export function listSkus(deps: StockApiDeps, request: RequestOf<'listSkus'>): Promise<Answer> {
  const { limit, cursor, location, level } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'skus', filters: { location, level }, limit, cursor },
    (page) => deps.stockQueries.skus({ locationId: location, level }, page),
    representSku,
  );
}

export async function listLedger(
  deps: StockApiDeps & { inventory: Pick<Inventory, 'knownSkus'> },
  request: RequestOf<'listLedger'>,
): Promise<Answer> {
  const { sku } = request.params;
  const { limit, cursor, location, from, to } = request.query;
  if (!(await deps.inventory.knownSkus([sku])).has(sku)) throw new ProblemError('sku_not_found');
  return pageAnswer(
    deps,
    { ...request, route: 'ledger', filters: { location, from, to }, limit, cursor },
    (page) => deps.stockQueries.ledger({ sku, locationId: location, from, to }, page),
    representLedgerLine,
  );
}

export async function putThreshold(
  { levels }: { levels: StockLevels },
  { params: { sku }, body: { lowAt } }: RequestOf<'putThreshold'>,
): Promise<Answer> {
  if (!(await levels.setThreshold(sku, lowAt ?? undefined))) throw new ProblemError('sku_not_found');
  return { status: 200, body: { sku, lowAt } };
}
