import {
  type Answering,
  type AnsweringDeps,
  answerExecuted,
  metaOf,
  orderAnswer,
  refuse,
} from '../../../shared/api/order-answers.ts';
import type { Command } from '../../../shared/domain/commands.ts';
import { remainderRows } from '../../../shared/domain/decide/cancel-remainder.ts';
import { bucketsPerCommand } from '../../../shared/domain/decide/release-stock.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import type { Order } from '../../../shared/domain/order.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { mustSucceed } from '../../../shared/use-cases/outcome.ts';
import type { orderContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof orderContracts> = ApiRequest<(typeof orderContracts)[Name]>;

async function change(
  deps: AnsweringDeps,
  request: Answering['request'],
  orderId: OrderId,
  commands: Command[] | ((order: Order | undefined) => Command[]),
): Promise<Answer> {
  const answering = { deps, request, status: 200 };
  return answerExecuted(answering, await execute(deps, orderId, commands, metaOf(request, answering.status)));
}

/** A large order is canceled in several transactions. A retry with the same key finishes what a crash left in between. */
export async function cancelOrder(deps: AnsweringDeps, request: RequestOf<'cancelOrder'>): Promise<Answer> {
  const { id } = request.params;
  const command: Command = { type: 'cancel', reason: request.body.reason };
  const meta = metaOf(request, 200);
  const first = await execute(deps, id, [command], meta);
  let order =
    first.outcome === 'done' ? first.order : first.outcome === 'replay' ? await deps.orders.load(id) : undefined;
  if (!order?.canceling) return answerExecuted({ deps, request, status: 200 }, first);
  if (first.outcome === 'replay' && !first.isSame) throw new ProblemError('idempotency_key_reused');
  const { actor, correlationId, causationId } = meta;
  while (order.canceling) {
    order = mustSucceed(await execute(deps, id, [command], { actor, correlationId, causationId, known: order })).order;
  }
  return orderAnswer(deps, order);
}

export const captureOrder = (deps: AnsweringDeps, request: RequestOf<'captureOrder'>): Promise<Answer> =>
  change(deps, request, request.params.id, [{ type: 'requestCapture', amount: request.body.amount }]);

/** A large remainder takes several transactions. Only the last one keeps the answer for the key: a retry after a crash finishes what is left. */
export async function cancelRemainder(deps: AnsweringDeps, request: RequestOf<'cancelRemainder'>): Promise<Answer> {
  const { id } = request.params;
  const command: Command = { type: 'cancelRemainder', reason: request.body.reason };
  const meta = metaOf(request, 200);
  const { actor, correlationId, causationId } = meta;
  let known = await deps.orders.load(id);
  let { expectedVersion } = meta;
  while (known && remainderRows(known) > bucketsPerCommand) {
    const part = await execute(deps, id, [command], { actor, correlationId, causationId, known, expectedVersion });
    if (part.outcome !== 'done') return answerExecuted({ deps, request, status: 200 }, part);
    known = part.order;
    expectedVersion = undefined;
  }
  const last = await execute(deps, id, [command], { ...meta, known, expectedVersion });
  return answerExecuted({ deps, request, status: 200 }, last);
}

export async function retryOrder(deps: AnsweringDeps, request: RequestOf<'retryOrder'>): Promise<Answer> {
  const answering = { deps, request, status: 200 };
  const resolveAll = (order: Order | undefined): Command[] =>
    (order?.exceptions ?? [])
      .filter(({ status }) => status === 'OPEN')
      .map(({ id }) => ({ type: 'resolveException', exceptionId: id, retry: true }));
  const executed = await execute(deps, request.params.id, resolveAll, metaOf(request, answering.status));
  if (executed.outcome === 'done' && executed.events.length === 0) {
    return refuse(answering, new ProblemError('nothing_to_retry'));
  }
  return answerExecuted(answering, executed);
}

export const confirmReceipt = (deps: AnsweringDeps, request: RequestOf<'confirmReceipt'>): Promise<Answer> =>
  change(deps, request, request.params.id, [{ type: 'confirmReceipt' }]);

export const openChargeback = (deps: AnsweringDeps, request: RequestOf<'openChargeback'>): Promise<Answer> =>
  change(deps, request, request.params.id, [{ type: 'openChargeback', ...request.body }]);

export const closeChargeback = (deps: AnsweringDeps, request: RequestOf<'closeChargeback'>): Promise<Answer> => {
  const { id, chargebackId } = request.params;
  return change(deps, request, id, [{ type: 'closeChargeback', chargebackId, ...request.body }]);
};

export const placeHold = (deps: AnsweringDeps, request: RequestOf<'placeHold'>): Promise<Answer> =>
  change(deps, request, request.params.id, [{ type: 'hold', ...request.body }]);

export const releaseHold = (deps: AnsweringDeps, request: RequestOf<'releaseHold'>): Promise<Answer> =>
  change(deps, request, request.params.id, [{ type: 'releaseHold', handle: request.params.handle }]);
