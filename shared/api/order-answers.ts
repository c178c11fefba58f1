import type { OrderEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { Fulfillment, Order } from '../domain/order.ts';
import type { Rejection } from '../domain/rejection.ts';
import type { IdempotencyRecord, OrderStore } from '../ports/order-store.ts';
import { type Answer, retryAfter } from '../runtime/answer.ts';
import type { RouteContract } from '../runtime/contract.ts';
import { ProblemError, problemAnswer, problemType } from '../runtime/problem.ts';
import { problemCodes } from '../runtime/problem-codes.ts';
import type { ApiRequest, Idempotency } from '../runtime/request.ts';
import { etagOf } from '../runtime/request-headers.ts';
import type { CommandMeta, ExecuteDeps, Executed } from '../use-cases/execute.ts';
import { representFulfillment, representOrder } from './representation.ts';

/** Answers are given again from events. */
export interface AnsweringDeps extends ExecuteDeps {
  orders: OrderStore;
}

export const orderAnswer = (deps: ExecuteDeps, order: Order, status = 200): Answer => ({
  status,
  headers: { etag: etagOf(order.version), ...(status === 201 && { location: `/v1/orders/${order.id}` }) },
  body: representOrder(order, deps.policy),
});

export const fulfillmentAnswer = (order: Order, fulfillment: Fulfillment): Answer => ({
  status: 200,
  headers: { etag: etagOf(order.version) },
  body: representFulfillment(order, fulfillment),
});

type KeyedRequest = Pick<
  ApiRequest<RouteContract>,
  'origin' | 'path' | 'requestId' | 'idempotency' | 'expectedVersion'
> & { actor: CommandMeta['actor'] };

/** Who and why, for the events that a request causes. */
export const metaOf = (request: KeyedRequest, status: number, fulfillmentId?: string): CommandMeta => ({
  actor: request.actor,
  correlationId: request.requestId,
  causationId: request.requestId,
  expectedVersion: request.expectedVersion,
  idempotency: request.idempotency && { ...request.idempotency, status, ...(fulfillmentId && { fulfillmentId }) },
});

/** A request that is answered with an order, or with one of its fulfillments. */
export interface Answering {
  deps: AnsweringDeps;
  request: KeyedRequest;
  /** Of the answer when the command was carried out. */
  status: number;
  fulfillmentId?: string;
  /** Answers with something else of the order. */
  represent?: (order: Order) => Answer;
}

/** Turns what became of a command into an answer, and keeps it for the Idempotency-Key if the command's own transaction did not. */
export async function answerExecuted(answering: Answering, executed: Executed): Promise<Answer> {
  switch (executed.outcome) {
    case 'done':
      if (executed.events.length === 0) await keepDone(answering, executed.order);
      return doneAnswer(answering, executed.order);
    case 'replay':
      return replayAnswer(answering, executed.record);
    case 'rejected':
      return refuse(answering, rejectionProblem(executed.rejection));
    case 'stale':
      if (!executed.order) throw new ProblemError('order_not_found');
      throw new ProblemError('version_mismatch', `The order has version ${executed.order.version} now.`, {
        headers: { etag: etagOf(executed.order.version) },
      });
    case 'stock_short':
      return refuse(answering, new ProblemError('stock_short'));
    case 'number_taken':
    case 'cart_hold_changed':
      throw new ProblemError('store_busy', undefined, { headers: retryAfter(1) });
    case 'duplicate_external_id': {
      const detail = `The channel has an order with this external id: ${executed.orderId}.`;
      const extensions = { existingOrderId: executed.orderId };
      return refuse(answering, new ProblemError('duplicate_external_id', detail, { extensions }));
    }
  }
}

function doneAnswer(
  { deps, status, fulfillmentId, represent }: Pick<Answering, 'deps' | 'status' | 'fulfillmentId' | 'represent'>,
  order: Order,
): Answer {
  if (represent) return represent(order);
  if (fulfillmentId === undefined) return orderAnswer(deps, order, status);
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  if (!fulfillment) throw new ProblemError('fulfillment_not_found');
  return fulfillmentAnswer(order, fulfillment);
}

/**
 * A refusal that depends on the state of things is kept for the key and comes back byte for byte: a client that retries must not be told
 * something else. What only says that the request was not understood, not allowed or not found is decided anew each time.
 */
export async function refuse(answering: Answering, problem: ProblemError): Promise<Answer> {
  const { deps, request } = answering;
  const { idempotency } = request;
  const { status } = problemCodes[problem.code];
  if (!idempotency || (status !== 409 && status !== 422)) throw problem;
  // The key may have its answer already: the order has moved on since.
  const record = await deps.orders.idempotencyRecord(idempotency.owner, idempotency.key);
  if (record) return replayAnswer(answering, record);
  const answer = problemAnswer(problem, request);
  await deps.orders.keepIdempotencyRecord(recordOf(deps, idempotency, status, { problem: answer.text ?? '' }));
  return answer;
}

const keepDone = async ({ deps, request, status, fulfillmentId }: Answering, order: Order): Promise<void> => {
  if (!request.idempotency) return;
  const answer = { orderId: order.id, version: order.version, ...(fulfillmentId && { fulfillmentId }) };
  await deps.orders.keepIdempotencyRecord(recordOf(deps, request.idempotency, status, answer));
};

const sevenDays = 7 * 24 * 3600;

const recordOf = (
  { system }: ExecuteDeps,
  idempotency: Idempotency,
  status: number,
  answer: IdempotencyRecord['answer'],
): IdempotencyRecord => ({
  ...idempotency,
  status,
  answer,
  expiresAt: Math.floor(system.now() / 1000) + sevenDays,
});

/** The answer that a key got before, in the same bytes: the order folded from its events up to the version it had then. */
export async function replayAnswer(
  { deps, request, represent }: Pick<Answering, 'deps' | 'request' | 'represent'>,
  { answer, status, requestHash }: IdempotencyRecord,
): Promise<Answer> {
  if (requestHash !== request.idempotency?.requestHash) throw new ProblemError('idempotency_key_reused');
  const replayed = { 'idempotent-replayed': 'true' };
  if ('problem' in answer) {
    return { status, headers: { ...replayed, 'content-type': problemType }, text: answer.problem };
  }
  if ('resource' in answer) throw new Error('the key belongs to something that is no order');
  const { orderId, version, fulfillmentId } = answer;
  const order = orderAt(await deps.orders.events(orderId), version);
  const again = doneAnswer(
    { deps, status, ...(represent && { represent }), ...(fulfillmentId && { fulfillmentId }) },
    order,
  );
  return { ...again, headers: { ...again.headers, ...replayed } };
}

/** The order as it was after the command that made `version`; a cancellation in several transactions is one command. */
function orderAt(events: readonly OrderEvent[], version: number): Order {
  let order: Order | undefined;
  for (const event of events) {
    if (order && event.version > Math.max(version, order.version) && !order.canceling) break;
    order = evolve(order, event);
  }
  if (!order) throw new Error('an order has events');
  return order;
}

export const rejectionProblem = ({ code, message, possible, pointer }: Rejection): ProblemError =>
  new ProblemError(code, message, {
    extensions: possible ? { possible } : {},
    ...(pointer !== undefined && { errors: [{ pointer, code, detail: message }] }),
  });
