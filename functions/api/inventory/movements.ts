import { SupplyId } from '../../../shared/domain/stock/supply.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { StockDeps } from '../../../shared/use-cases/stock/execute-stock.ts';
import { answerStock } from './stock-answers.ts';
import type { stockContracts } from './stock-contract.ts';
import { representMovement } from './stock-representation.ts';

type RequestOf<Name extends keyof typeof stockContracts> = ApiRequest<(typeof stockContracts)[Name]>;

const made = { status: 201, represent: representMovement } as const;

export const adjustStock = (deps: StockDeps, request: RequestOf<'adjustStock'>): Promise<Answer> =>
  answerStock(deps, request, { type: 'adjust', ...request.params, ...request.body }, made);

export function receiveStock(deps: StockDeps, request: RequestOf<'receiveStock'>): Promise<Answer> {
  const { supplyId, ...body } = request.body;
  const supply = SupplyId.optional().safeParse(supplyId);
  if (!supply.success) throw new ProblemError('supply_not_found');
  return answerStock(deps, request, { type: 'receive', ...request.params, ...body, supplyId: supply.data }, made);
}

export const countStock = (deps: StockDeps, request: RequestOf<'countStock'>): Promise<Answer> =>
  answerStock(deps, request, { type: 'count', ...request.params, ...request.body }, made);

export const moveStock = (deps: StockDeps, request: RequestOf<'moveStock'>): Promise<Answer> =>
  answerStock(deps, request, { type: 'move', ...request.params, ...request.body }, made);
