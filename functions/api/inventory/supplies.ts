import { pageAnswer } from '../../../shared/api/listing.ts';
import { SupplyId } from '../../../shared/domain/stock/supply.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { StockDone } from '../../../shared/use-cases/stock/execute-stock.ts';
import { answerStock } from './stock-answers.ts';
import type { stockContracts } from './stock-contract.ts';
import { representSupply } from './stock-representation.ts';
import type { StockApiDeps } from './transfers.ts';

type RequestOf<Name extends keyof typeof stockContracts> = ApiRequest<(typeof stockContracts)[Name]>;

const represent = ({ supplies: [supply] }: StockDone) => {
  if (!supply) throw new Error('a command on a supply has one');
  return representSupply(supply);
};

export function createSupply(deps: StockApiDeps, request: RequestOf<'createSupply'>): Promise<Answer> {
  const supplyId = SupplyId.parse(`sup_${deps.system.ulid()}`);
  return answerStock(
    deps,
    request,
    { type: 'expect', supplyId, ...request.body },
    { status: 201, represent, location: ({ id }) => `/v1/supplies/${id}` },
  );
}

export const putSupply = (deps: StockApiDeps, request: RequestOf<'putSupply'>): Promise<Answer> =>
  answerStock(
    deps,
    request,
    { type: 'changeSupply', supplyId: request.params.id, ...request.body },
    { status: 200, represent },
  );

export const cancelSupply = (deps: StockApiDeps, request: RequestOf<'cancelSupply'>): Promise<Answer> =>
  answerStock(
    deps,
    request,
    { type: 'cancelSupply', supplyId: request.params.id, ...request.body },
    { status: 200, represent },
  );

export async function getSupply({ stock }: StockApiDeps, { params }: RequestOf<'getSupply'>): Promise<Answer> {
  const [supply] = await stock.supplies([params.id]);
  if (!supply) throw new ProblemError('supply_not_found');
  return { status: 200, body: representSupply(supply) };
}

export function listSupplies(deps: StockApiDeps, request: RequestOf<'listSupplies'>): Promise<Answer> {
  const { limit, cursor, sku, location, status } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'supplies', filters: { sku, location, status }, limit, cursor },
    (page) => deps.stockQueries.listSupplies({ sku, locationId: location, status }, page),
    representSupply,
  );
}
