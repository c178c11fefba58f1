import {
  type Answering,
  type AnsweringDeps,
  answerExecuted,
  metaOf,
  rejectionProblem,
} from '../../../shared/api/order-answers.ts';
import { representCreditMemo } from '../../../shared/api/represent-credit-memo.ts';
import type { CreditRequest } from '../../../shared/domain/commands.ts';
import { creditMemo } from '../../../shared/domain/decide/credit-memo.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { paymentOf } from '../../../shared/domain/payments.ts';
import { settlement } from '../../../shared/domain/settlement.ts';
import type { LegalEntities } from '../../../shared/ports/legal-entities.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { etagOf } from '../../../shared/runtime/request-headers.ts';
import { execute } from '../../../shared/use-cases/execute.ts';
import { executeNumbered } from '../../../shared/use-cases/issue-number.ts';
import type { creditMemoContracts } from './contract.ts';
import type { CreditMemoBody } from './requests.ts';

export interface CreditMemoDeps extends AnsweringDeps {
  sellers: LegalEntities;
}

type RequestOf<Name extends keyof typeof creditMemoContracts> = ApiRequest<(typeof creditMemoContracts)[Name]>;

async function existing(deps: CreditMemoDeps, id: Order['id']): Promise<Order> {
  const order = await deps.orders.load(id);
  if (!order) throw new ProblemError('order_not_found');
  return order;
}

/** Answered with the credit memo; what it gives back is given back by `settle-order`, within moments. */
export async function postCreditMemo(deps: CreditMemoDeps, request: RequestOf<'postCreditMemo'>): Promise<Answer> {
  const order = await existing(deps, request.params.id);
  const credit = creditOf(request.body);
  const answering: Answering = { deps, request, status: 201, represent: posted };
  const executed = await executeNumbered(
    deps,
    order,
    'creditMemo',
    (issued, parties) => [{ type: 'postCreditMemo', ...credit, issued, parties }],
    metaOf(request, answering.status),
  );
  return answerExecuted(answering, executed);
}

/** The last one: an answer is given from the order as it was when the memo was posted. */
function posted(order: Order): Answer {
  const memo = order.creditMemos.at(-1);
  if (!memo) throw new Error(`${order.id} has no credit memo`);
  return {
    status: 201,
    headers: { etag: etagOf(order.version), location: `/v1/orders/${order.id}/credit-memos/${memo.id}` },
    body: representCreditMemo(order, memo),
  };
}

/** What would be credited, and what would go back where. Nothing is written. */
export async function previewCreditMemo(
  deps: CreditMemoDeps,
  request: RequestOf<'previewCreditMemo'>,
): Promise<Answer> {
  const order = await existing(deps, request.params.id);
  if (order.canceling) throw new ProblemError('invalid_transition', 'The order is being canceled.');
  const memo = creditMemo(order, creditOf(request.body), { actor: request.actor, policy: deps.policy });
  if ('ok' in memo) throw rejectionProblem(memo.rejection);
  const unnumbered = { number: '', series: '', legalEntityId: '', issueDate: '', issuedAt: '' };
  const { refunds, unplaced } = settlement({
    ...order,
    creditMemos: [...order.creditMemos, { ...memo, ...unnumbered }],
  });
  const { id: _, ...body } = representCreditMemo(order, memo);
  return {
    status: 200,
    headers: { etag: etagOf(order.version) },
    body: {
      creditMemo: body,
      refunds: refunds.map(({ paymentId, captureId, amount, to }) => ({
        paymentId,
        method: to ?? paymentOf(order, paymentId).method,
        captureId,
        amount,
      })),
      refunded: refunds.reduce((sum, { amount }) => sum + amount, 0),
      unplaced,
    },
  };
}

export async function recordRefund(deps: CreditMemoDeps, request: RequestOf<'recordRefund'>): Promise<Answer> {
  const answering = { deps, request, status: 200 };
  const command = { type: 'recordRefund', ...request.body } as const;
  return answerExecuted(answering, await execute(deps, request.params.id, [command], metaOf(request, 200)));
}

/** As the domain takes it: what was not said is not there. */
function creditOf({ lines, force, ...body }: CreditMemoBody): CreditRequest {
  return {
    ...body,
    lines: lines.map(({ lineId, quantity, amount }) =>
      quantity === undefined ? { lineId, amount: amount ?? 0 } : { lineId, quantity },
    ),
    ...(force && { force }),
  };
}
