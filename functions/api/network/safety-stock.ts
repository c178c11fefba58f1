import { pageByKey } from '../../../shared/api/listing-by-id.ts';
import { safetyStockKey } from '../../../shared/domain/network/safety-stock.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { NetworkDeps } from './network.ts';
import type { safetyContracts } from './safety-contract.ts';

type RequestOf<Name extends keyof typeof safetyContracts> = ApiRequest<(typeof safetyContracts)[Name]>;

/** Of one SKU: the rules that name it. Else those that name none: of categories, locations, storefronts and the one of everything. */
export async function listSafetyStock(deps: NetworkDeps, request: RequestOf<'listSafetyStock'>): Promise<Answer> {
  const { sku } = request.query;
  const rules = sku ? (await deps.network.sku(sku)).safety : (await deps.network.network()).safety;
  return pageByKey(deps, request, { route: 'safety-stock', filters: { sku }, keyOf: safetyStockKey }, rules);
}

export async function putSafetyStock({ network }: NetworkDeps, { body }: RequestOf<'putSafetyStock'>): Promise<Answer> {
  const saved = await network.putSafetyStock(body);
  switch (saved.outcome) {
    case 'saved':
      return { status: 200, body };
    case 'unknown_location':
      throw pointing('unknown_location', '/locationId', saved.locationId);
    case 'unknown_storefront':
      throw pointing('unknown_storefront', '/storefrontId', saved.storefrontId);
  }
}

export async function deleteSafetyStock(
  { network }: NetworkDeps,
  { query }: RequestOf<'deleteSafetyStock'>,
): Promise<Answer> {
  if (!(await network.deleteSafetyStock(query))) throw new ProblemError('safety_stock_not_found');
  return { status: 204 };
}

/** What is kept back of a category is kept back of the SKU from the next request on. */
export async function putCategory(
  { network }: NetworkDeps,
  { params: { sku }, body: { category } }: RequestOf<'putCategory'>,
): Promise<Answer> {
  const unknown = await network.putCategories([{ sku, category: category ?? undefined }]);
  if (unknown.length > 0) throw new ProblemError('sku_not_found');
  return { status: 200, body: { sku, category } };
}

/** Of many SKUs, all at once: readers of the network are told of one change, not of each. */
export async function putCategories({ network }: NetworkDeps, { body }: RequestOf<'putCategories'>): Promise<Answer> {
  const unknown = await network.putCategories(
    body.skus.map(({ sku, category }) => ({ sku, category: category ?? undefined })),
  );
  if (unknown.length === 0) return { status: 200, body: { skus: body.skus } };
  const detail = 'This SKU has never had stock anywhere.';
  const errors = unknown.map((index) => ({ pointer: `/skus/${index}/sku`, code: 'unknown_sku', detail }));
  throw new ProblemError('unknown_sku', undefined, { errors });
}

const pointing = (code: 'unknown_location' | 'unknown_storefront', pointer: string, detail: string): ProblemError =>
  new ProblemError(code, undefined, { errors: [{ pointer, code, detail }] });
