import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { SupplyId } from '../../../shared/domain/stock/supply.ts';
import { TransferId } from '../../../shared/domain/stock/transfer.ts';
import type { StockQueries } from '../../../shared/ports/stock-store.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { StockDeps, StockDone } from '../../../shared/use-cases/stock/execute-stock.ts';
import { answerStock } from './stock-answers.ts';
import type { stockContracts } from './stock-contract.ts';
import { representTransfer } from './stock-representation.ts';

type RequestOf<Name extends keyof typeof stockContracts> = ApiRequest<(typeof stockContracts)[Name]>;

export interface StockApiDeps extends StockDeps, ListingDeps {
  stockQueries: StockQueries;
}

const represent = ({ transfer }: StockDone) => {
  if (!transfer) throw new Error('a command on a transfer has one');
  return representTransfer(transfer);
};

export function createTransfer(deps: StockApiDeps, request: RequestOf<'createTransfer'>): Promise<Answer> {
  const { lines, ...body } = request.body;
  const command = {
    type: 'transfer' as const,
    transferId: TransferId.parse(`trf_${deps.system.ulid()}`),
    ...body,
    lines: lines.map((line) => ({ ...line, supplyId: SupplyId.parse(`sup_${deps.system.ulid()}`) })),
  };
  return answerStock(deps, request, command, { status: 201, represent, location: ({ id }) => `/v1/transfers/${id}` });
}

export const receiveTransfer = (deps: StockApiDeps, request: RequestOf<'receiveTransfer'>): Promise<Answer> =>
  answerStock(
    deps,
    request,
    { type: 'receiveTransfer', transferId: request.params.id, ...request.body },
    { status: 200, represent },
  );

export const cancelTransfer = (deps: StockApiDeps, request: RequestOf<'cancelTransfer'>): Promise<Answer> =>
  answerStock(
    deps,
    request,
    { type: 'cancelTransfer', transferId: request.params.id, ...request.body },
    { status: 200, represent },
  );

export async function getTransfer({ stock }: StockApiDeps, { params }: RequestOf<'getTransfer'>): Promise<Answer> {
  const transfer = await stock.transfer(params.id);
  if (!transfer) throw new ProblemError('transfer_not_found');
  return { status: 200, body: representTransfer(transfer) };
}

export function listTransfers(deps: StockApiDeps, request: RequestOf<'listTransfers'>): Promise<Answer> {
  const { limit, cursor, status, location } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'transfers', filters: { status, location }, limit, cursor },
    (page) => deps.stockQueries.transfers({ status, locationId: location }, page),
    representTransfer,
  );
}
